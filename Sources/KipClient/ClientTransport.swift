import KipCore
import Synchronization
import ZeroMQ

/// The client's thread: it owns the DEALER socket, sends what callers put into its mailbox, and resumes them when the
/// answer comes. Single enqueues that gather while it works leave in one message.
final class ClientTransport: Sendable {
    typealias Answer = Result<WireMessage, KipClientError>

    /// A question in the mailbox.
    struct Ask: Sendable {
        var body: WireHeader.OneOf_Body
        var payloads: [[UInt8]]
        /// Asking twice does no harm: it may be sent again where no answer comes.
        var repeatable: Bool
        var deadline: ContinuousClock.Instant
        var answer: @Sendable (Answer) -> Void
    }

    /// A single job in the mailbox.
    struct SingleJob: Sendable {
        var wire: WireNewJob
        var payload: [UInt8]
        var deadline: ContinuousClock.Instant
        /// It was in a message that was refused: it goes alone now, so that no other job suffers for it, nor it for them.
        var isAlone = false
        var answer: CheckedContinuation<Result<EnqueuedJob, KipClientError>, Never>
    }

    struct Mailbox {
        var asks: [Ask] = []
        var jobs: [SingleJob] = []
        var closed = false
    }

    /// Single jobs that share a message.
    static let jobsPerMessage = 250
    private static let resendAfter = Duration.seconds(2)

    let endpoint: String
    let timeout: Duration
    private let waker: Waker
    private let mailbox = Mutex(Mailbox())

    init(endpoint: String, credentials path: String?, timeout: Duration) throws(KipClientError) {
        self.endpoint = endpoint
        self.timeout = timeout
        var credentials: CurveCredentials?
        do throws(CredentialsError) {
            credentials = if let path { try CurveCredentials(path: path) } else { nil }
        } catch {
            throw .transport("\(error)")
        }
        do throws(ZeroMQError) {
            waker = try Waker()
            let socket = try Socket.dealer(
                connectedTo: endpoint, linger: 0, credentials: credentials, in: try Context())
            SocketThread.start(name: "kip-client", owning: socket) { [self] socket in run(socket) }
        } catch {
            throw .transport("cannot use the endpoint “\(endpoint)”: \(error)")
        }
    }

    func put(_ ask: Ask) {
        let wasEmpty = mailbox.withLock { box -> Bool? in
            if box.closed { return nil }
            let isFirst = box.asks.isEmpty && box.jobs.isEmpty
            box.asks.append(ask)
            return isFirst
        }
        guard let wasEmpty else { return ask.answer(.failure(.closed)) }
        if wasEmpty { waker.wake() }
    }

    func put(_ job: SingleJob) {
        let wasEmpty = mailbox.withLock { box -> Bool? in
            if box.closed { return nil }
            let isFirst = box.asks.isEmpty && box.jobs.isEmpty
            box.jobs.append(job)
            return isFirst
        }
        guard let wasEmpty else { return job.answer.resume(returning: .failure(.closed)) }
        if wasEmpty { waker.wake() }
    }

    func close() {
        mailbox.withLock { $0.closed = true }
        waker.wake()
    }

    // MARK: The thread

    private struct Pending {
        var ask: Ask
        /// It has left; before that, sending is no repetition.
        var isSent: Bool
        var resendAt: ContinuousClock.Instant
    }

    private func run(_ socket: consuming Socket) {
        var pending: [UInt64: Pending] = [:]
        var nextRequest: UInt64 = 0
        var nextCheck = ContinuousClock.now
        var poller = Poller()
        let messages = poller.add(socket)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        while true {
            guard (try? poller.wait(milliseconds: 50)) != nil else { break }
            waker.drain()
            let (box, closed) = takeMail()
            for ask in box {
                nextRequest += 1
                let sent = send(ask, nextRequest, socket)
                let resendAt = ContinuousClock.now + (sent ? Self.resendAfter : .milliseconds(50))
                pending[nextRequest] = Pending(ask: ask, isSent: sent, resendAt: resendAt)
            }
            if poller.isReadable(messages) { receive(socket, &pending) }
            if closed { break }
            let now = ContinuousClock.now
            if now >= nextCheck {
                nextCheck = now + .milliseconds(50)
                review(&pending, socket, now)
            }
        }
        for entry in pending.values { entry.ask.answer(.failure(.closed)) }
    }

    private func takeMail() -> (asks: [Ask], closed: Bool) {
        let box = mailbox.withLock { box -> Mailbox in
            let taken = box
            box = Mailbox(closed: box.closed)
            return taken
        }
        return (box.asks + merged(box.jobs), box.closed)
    }

    private func merged(_ jobs: [SingleJob]) -> [Ask] {
        let shared = jobs.filter { !$0.isAlone }
        let groups = MessageSize.groups(shared.map(\.payload.count), most: Self.jobsPerMessage).map {
            Array(shared[$0])
        }
        return (groups + jobs.filter(\.isAlone).map { [$0] }).map { group in
            var enqueue = WireEnqueue()
            enqueue.jobs = group.map(\.wire)
            return Ask(
                body: .enqueue(enqueue), payloads: group.map(\.payload), repeatable: true,
                deadline: group[0].deadline
            ) { self.share($0, among: group) }
        }
    }

    private func share(_ answer: Answer, among group: [SingleJob]) {
        if group.count > 1, case .failure(.refused(let code, _)) = answer, Self.isFault(code) {
            for var job in group {
                job.isAlone = true
                put(job)
            }
            return
        }
        let results = answer.flatMap { EnqueuedJob.list($0, count: group.count) }
        switch results {
        case .success(let jobs):
            for (job, single) in zip(jobs, group) { single.answer.resume(returning: .success(job)) }
        case .failure(let error): for single in group { single.answer.resume(returning: .failure(error)) }
        }
    }

    /// A refusal that one job of a message brings on all.
    private static func isFault(_ code: String) -> Bool {
        [Refusal.Code.invalid, .tooLarge, .malformed, .keyTaken].contains { $0.rawValue == code }
    }

    private func send(_ ask: Ask, _ request: UInt64, _ socket: borrowing Socket) -> Bool {
        let message = WireMessage(ask.body, request: request, payloads: ask.payloads)
        guard let frames = try? WireCodec.encode(message, as: .protobuf) else { return false }
        return (try? socket.send(frames: frames, wait: false)) != nil
    }

    private func receive(_ socket: borrowing Socket, _ pending: inout [UInt64: Pending]) {
        while let frames = try? socket.receiveFrames(wait: false, limit: Limits.framesPerMessage) {
            guard let (message, _) = try? WireCodec.decode(frames),
                let entry = pending.removeValue(forKey: message.header.request)
            else { continue }
            if case .error(let refused) = message.header.body {
                entry.ask.answer(.failure(.refused(code: refused.code, message: refused.message)))
            } else {
                entry.ask.answer(.success(message))
            }
        }
    }

    private func review(
        _ pending: inout [UInt64: Pending], _ socket: borrowing Socket, _ now: ContinuousClock.Instant
    ) {
        for (request, entry) in pending {
            if entry.ask.deadline <= now {
                pending[request] = nil
                let seconds = Double(timeout.milliseconds) / 1000
                entry.ask.answer(.failure(.unreachable(endpoint: endpoint, seconds: seconds)))
            } else if entry.resendAt <= now, entry.ask.repeatable || !entry.isSent {
                let sent = send(entry.ask, request, socket)
                if sent { pending[request]?.isSent = true }
                pending[request]?.resendAt = now + (sent ? Self.resendAfter : .milliseconds(50))
            }
        }
    }
}
