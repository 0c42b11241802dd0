import KipCore
import Logging
import ZeroMQ

/// The thread of a worker: it carries what the socket, the handlers and the clock bring to the machine, and does what the
/// machine says. A busy handler never keeps it from saying that the worker lives.
struct WorkerSession: ~Copyable {
    private var link: Link
    private var machine: WorkerMachine
    private let runner: JobRunner
    private let desk: EffectDesk
    private let handlers: HandlerDesk
    private let mailbox: ResultMailbox
    private let waker: Waker
    private let endpoint: String
    private let logger: Logger
    private var actions: [WorkerMachine.Action] = []
    private var end: (isThere: Bool, error: WorkerError?) = (false, nil)

    init(
        link: consuming Link, machine: WorkerMachine, runner: JobRunner, desk: EffectDesk, handlers: HandlerDesk,
        mailbox: ResultMailbox, waker: Waker, endpoint: String, logger: Logger
    ) {
        self.handlers = handlers
        self.link = link
        self.machine = machine
        self.runner = runner
        self.desk = desk
        self.mailbox = mailbox
        self.waker = waker
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Works until it is told to drain, and has.
    /// - Returns: why it cannot go on; nil where it left in good order.
    mutating func run(shouldDrain: () -> Bool) -> (any Error)? {
        var poller = Poller()
        let messages = poller.add(link.socket)
        link.authentication.add(to: &poller)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        while true {
            do throws(ZeroMQError) {
                _ = try poller.wait(milliseconds: Int(wait(at: .now())))
                waker.drain()
                if link.update(), let failure = link.authentication.failure {
                    logger.error(
                        "the broker does not let this worker in; it tries again and again",
                        metadata: ["endpoint": "\(endpoint)", "reason": "\(failure)"])
                }
                if poller.isReadable(messages) { try receive() }
            } catch {
                runner.interrupt()
                return error
            }
            // Progress goes before results, after which nobody is interested in it. It is looked for after them: what a job said
            // right before its end is there by then.
            let finished = mailbox.takeAll()
            for report in handlers.takeReports() { take(.progressed(report)) }
            shareBuffer()
            take(.finished(finished))
            for ask in desk.takeAsks() { take(.asked(ask)) }
            for read in handlers.takeReads() { take(.read(read)) }
            for (effect, settlement) in desk.takeFindings() { take(.reconciled(effect, settlement)) }
            if shouldDrain() { take(.drain) }
            take(.tick)
            if end.isThere { return end.error }
        }
    }

    private func wait(at now: SteadyTime) -> Int64 {
        let wait = machine.wait(at: now)
        guard machine.mayChangeCredit, machine.session != nil, let patience = runner.patience(at: now) else {
            return wait
        }
        return min(wait, patience)
    }

    /// What has waited here too long goes back, for others to have, and the broker hears how many this worker wants.
    private mutating func shareBuffer() {
        // A broker of before would hand the same jobs out to this worker again.
        guard machine.mayChangeCredit, machine.session != nil else { return }
        let overdue = runner.takeOverdue(at: .now())
        take(.credit(runner.credit))
        if !overdue.isEmpty { take(.finished(overdue)) }
    }

    private mutating func receive() throws(ZeroMQError) {
        while let frames = try link.socket.receiveFrames(wait: false, limit: Limits.framesPerMessage) {
            guard let (message, _) = try? WireCodec.decode(frames) else { continue }
            take(.message(message))
        }
    }

    private mutating func take(_ event: WorkerMachine.Event) {
        machine.handle(event, at: .now(), into: &actions)
        // What cannot be sent is an event, which has actions.
        while !actions.isEmpty {
            let round = actions
            actions = []
            for action in round { perform(action) }
        }
    }

    private mutating func perform(_ action: WorkerMachine.Action) {
        switch action {
        case .send(let message):
            guard let frames = try? WireCodec.encode(message, as: .protobuf),
                (try? link.socket.send(frames: frames, wait: false)) != nil
            else { return machine.handle(.unsent(message), at: .now(), into: &actions) }
        case .run(let works): runner.accept(works)
        case .stop(let id): runner.drop(id)
        case .close: runner.close()
        case .interrupt: runner.interrupt()
        case .answer(let answer, let number): desk.answer(answer, to: number)
        case .parents(let answer, let number): handlers.answer(answer, to: number)
        case .reconcile(let effect): desk.look(for: effect)
        case .note(let note): say(note)
        case .leave(let error): end = (true, error)
        }
    }

    private func say(_ note: WorkerMachine.Note) {
        switch note {
        case .welcomed(let session):
            logger.info("the broker welcomed this worker", metadata: ["session": "\(session)"])
        case .unreachable:
            logger.warning("the broker is not reachable; trying on", metadata: ["endpoint": "\(endpoint)"])
        case .refused(let reason): logger.error("the broker refused a message", metadata: ["reason": "\(reason)"])
        case .stale(let id):
            logger.warning(
                "a result came too late and was not used: the job is in other hands", metadata: ["job": "\(id)"])
        case .draining(let holding): logger.info("draining", metadata: ["holding": "\(holding)"])
        case .left(let unrecorded): logger.info("left", metadata: ["unrecorded": "\(unrecorded)"])
        }
    }
}
