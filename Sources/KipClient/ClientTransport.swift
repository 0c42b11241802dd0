import Collections
import KipCore
import ZeroMQ

/// The client's thread: it owns the DEALER socket, gives what callers put into its mailbox to the machine, and resumes
/// them when the machine has their answers.
final class ClientTransport: Sendable {
    typealias Answer = ClientMachine.Answer
    typealias Enqueued = Result<EnqueuedJob, KipClientError>

    private struct Mailbox {
        var questions: [ClientMachine.Question] = []
        var jobs: [ClientMachine.SingleJob] = []
        /// In the order of their numbers.
        var callers: [Caller] = []
        var nextCaller: UInt64 = 0
        var closed = false

        var isEmpty: Bool { questions.isEmpty && jobs.isEmpty }
    }

    /// Who waits for an answer. Each is resumed once: when it is taken out of `Callers`, or where its question is not even
    /// put into the mailbox. So nobody has to check it, which every job would pay for.
    private enum Caller {
        case asked(UnsafeContinuation<Answer, Never>)
        case enqueued(UnsafeContinuation<Enqueued, Never>)
    }

    /// Those who wait, by their numbers, which come one after the other.
    private struct Callers {
        private var first: UInt64 = 1
        private var waiting: Deque<Caller?> = []

        var all: [Caller] { waiting.compactMap { $0 } }

        mutating func add(_ callers: [Caller]) { waiting.append(contentsOf: callers.map { Optional($0) }) }

        mutating func take(_ number: UInt64) -> Caller? {
            guard number >= first, number - first < UInt64(waiting.count) else { return nil }
            let place = Int(number - first)
            let caller = waiting[place]
            waiting[place] = nil
            while let front = waiting.first, front == nil {
                waiting.removeFirst()
                first += 1
            }
            return caller
        }
    }

    /// How long the thread sleeps at most, in milliseconds: what is due is looked for so often.
    private static let longestSleep = 50

    let timeout: Duration
    private let endpoint: String
    private let machine: ClientMachine
    private let waker: Waker
    private let mailbox = Guarded(Mailbox())

    init(endpoint: String, credentials path: String?, timeout: Duration) throws(KipClientError) {
        self.timeout = timeout
        self.endpoint = endpoint
        machine = ClientMachine(endpoint: endpoint, timeout: timeout.milliseconds)
        var credentials: CurveCredentials?
        do throws(CredentialsError) {
            credentials = if let path { try CurveCredentials(path: path) } else { nil }
        } catch {
            throw .credentials("\(error)")
        }
        do throws(ZeroMQError) {
            waker = try Waker()
            let link = try Link(endpoint: endpoint, credentials: credentials, linger: 0)
            SocketThread.start(name: "kip-client", owning: link) { [self] link in run(link) }
        } catch {
            throw .transport("cannot use the endpoint “\(endpoint)”: \(error)")
        }
    }

    /// Asks the broker.
    func ask(_ message: WireMessage, repeatable: Bool) async -> Answer {
        await withUnsafeContinuation { continuation in
            let isPut = put(.asked(continuation)) { box, caller, deadline in
                box.questions.append(
                    ClientMachine.Question(caller: caller, message, repeatable: repeatable, deadline: deadline))
            }
            if !isPut { continuation.resume(returning: .failure(.closed)) }
        }
    }

    /// Enqueues one job; those that wait at the same time share a message.
    func enqueue(_ form: NewJobForm, payload: [UInt8]) async -> Enqueued {
        await withUnsafeContinuation { continuation in
            let isPut = put(.enqueued(continuation)) { box, caller, deadline in
                box.jobs.append(
                    ClientMachine.SingleJob(caller: caller, form, payload: payload, deadline: deadline))
            }
            if !isPut { continuation.resume(returning: .failure(.closed)) }
        }
    }

    /// - Returns: false where the client is closed.
    private func put(_ caller: Caller, _ write: (inout Mailbox, UInt64, SteadyTime) -> Void) -> Bool {
        let deadline = SteadyTime.now().advanced(byMilliseconds: timeout.milliseconds)
        let wasEmpty = mailbox.withLock { box -> Bool? in
            if box.closed { return nil }
            let isFirst = box.isEmpty
            box.nextCaller += 1
            box.callers.append(caller)
            write(&box, box.nextCaller, deadline)
            return isFirst
        }
        if wasEmpty == true { waker.wake() }
        return wasEmpty != nil
    }

    func close() {
        mailbox.withLock { $0.closed = true }
        waker.wake()
    }

    // MARK: The thread

    private func run(_ link: consuming Link) {
        var link = link
        var machine = machine
        var callers = Callers()
        var actions: [ClientMachine.Action] = []
        var poller = Poller()
        let messages = poller.add(link.socket)
        link.authentication.add(to: &poller)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        while (try? poller.wait(milliseconds: Self.longestSleep)) != nil {
            waker.drain()
            let box = takeMail()
            callers.add(box.callers)
            if box.closed { break }
            let now = SteadyTime.now()
            if link.update() { machine.handle(.refused(refusal(link)), at: now, into: &actions) }
            if !box.isEmpty { machine.handle(.asked(box.questions, box.jobs), at: now, into: &actions) }
            if poller.isReadable(messages) { receive(link.socket, &machine, at: now, &actions) }
            machine.handle(.tick, at: now, into: &actions)
            perform(&actions, link.socket, &machine, &callers, at: now)
        }
        end(callers.all)
    }

    private func refusal(_ link: borrowing Link) -> KipClientError? {
        link.authentication.failure.map { .notAuthenticated(endpoint: endpoint, reason: "\($0)") }
    }

    /// Nobody will be answered from here on.
    private func end(_ callers: [Caller]) {
        close()
        for caller in callers + takeMail().callers {
            switch caller {
            case .asked(let caller): caller.resume(returning: .failure(.closed))
            case .enqueued(let caller): caller.resume(returning: .failure(.closed))
            }
        }
    }

    private func takeMail() -> Mailbox {
        mailbox.withLock { box in
            let taken = box
            box = Mailbox(nextCaller: box.nextCaller, closed: box.closed)
            return taken
        }
    }

    private func receive(
        _ socket: borrowing Socket, _ machine: inout ClientMachine, at now: SteadyTime,
        _ actions: inout [ClientMachine.Action]
    ) {
        while let frames = try? socket.receiveFrames(wait: false, limit: Limits.framesPerMessage) {
            guard let (message, _) = try? WireCodec.decode(frames) else { continue }
            machine.handle(.message(message), at: now, into: &actions)
        }
    }

    private func perform(
        _ actions: inout [ClientMachine.Action], _ socket: borrowing Socket, _ machine: inout ClientMachine,
        _ callers: inout Callers, at now: SteadyTime
    ) {
        while !actions.isEmpty {
            let round = actions
            actions = []
            for action in round {
                switch action {
                case .send(let message):
                    if !send(message, socket) {
                        machine.handle(.unsent(message.request), at: now, into: &actions)
                    }
                case .answer(let answer, let number):
                    if case .asked(let caller)? = callers.take(number) {
                        caller.resume(returning: answer)
                    }
                case .enqueued(let result, let number):
                    if case .enqueued(let caller)? = callers.take(number) {
                        caller.resume(returning: result)
                    }
                }
            }
        }
    }

    private func send(_ message: WireMessage, _ socket: borrowing Socket) -> Bool {
        guard let frames = try? WireCodec.encode(message, as: .protobuf) else { return false }
        return (try? socket.send(frames: frames, wait: false)) != nil
    }
}
