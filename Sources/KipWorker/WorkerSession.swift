import KipCore
import Logging
import ZeroMQ

/// The worker's side of KIP/1, on its own thread: hello, heartbeats, jobs in, results out. A busy handler never keeps
/// it from saying that the worker lives.
struct WorkerSession: ~Copyable {
    /// How long the broker may take to store the last results of a worker that leaves.
    private static let farewell = Duration.seconds(5)
    private static let greetAgainAfter = Duration.seconds(2)

    private enum Phase {
        case serving
        /// Running handlers may finish until then.
        case draining(until: ContinuousClock.Instant)
        /// Results are on their way to the broker's disk.
        case leaving(until: ContinuousClock.Instant)
    }

    private let socket: Socket
    private let hello: WireHello
    private let runner: JobRunner
    private let mailbox: ResultMailbox
    private let waker: Waker
    private let drainTimeout: Duration
    private let endpoint: String
    private let logger: Logger

    private var phase = Phase.serving
    /// nil = the broker has not welcomed this worker, or forgot it.
    private var session: UInt64?
    private var greetAt = ContinuousClock.now
    /// The number of the last hello: only its welcome counts.
    private var greeting: UInt64 = 0
    private var heartbeat = Duration.seconds(3)
    private var lease = Duration.seconds(15)
    private var nextHeartbeat = ContinuousClock.now
    private var lastHeard = ContinuousClock.now
    private var saidUnreachable = false
    /// Jobs that are not recorded: attempt by id.
    private var held: [JobID: Int32] = [:]
    /// Results that the broker has not said to be stored.
    private var unrecorded: [JobID: FinishedWork] = [:]
    /// Results that are on their way, by the number of their message.
    private var underway: [UInt64: [JobID]] = [:]
    private var nextMessage: UInt64 = 0
    private var fatal: WorkerError?

    init(
        socket: consuming Socket, hello: WireHello, runner: JobRunner, mailbox: ResultMailbox, waker: Waker,
        drainTimeout: Duration, endpoint: String, logger: Logger
    ) {
        self.socket = socket
        self.hello = hello
        self.runner = runner
        self.mailbox = mailbox
        self.waker = waker
        self.drainTimeout = drainTimeout
        self.endpoint = endpoint
        self.logger = logger
    }

    /// Works until it is told to drain, and has.
    /// - Returns: why it cannot go on; nil where it left in good order.
    mutating func run(shouldDrain: () -> Bool) -> (any Error)? {
        var poller = Poller()
        let messages = poller.add(socket)
        _ = poller.add(fileDescriptor: waker.fileDescriptor)
        while true {
            do throws(ZeroMQError) {
                _ = try poller.wait(milliseconds: sleep())
                waker.drain()
                if poller.isReadable(messages) { try receive() }
            } catch {
                runner.interrupt()
                return error
            }
            sendResults()
            keepInTouch()
            if shouldDrain() { drain() }
            if let fatal { return fatal }
            if hasLeft() { return nil }
        }
    }

    private func sleep() -> Int {
        let now = ContinuousClock.now
        var next = session == nil ? greetAt : nextHeartbeat
        switch phase {
        case .serving: break
        case .draining(let until), .leaving(let until): next = min(next, until, now + .milliseconds(100))
        }
        return max(0, Int((next - now).milliseconds) + 1)
    }

    // MARK: Heartbeats

    private mutating func keepInTouch() {
        let now = ContinuousClock.now
        if session != nil, now - lastHeard > lease {
            session = nil
            greetAt = now
        }
        if session == nil {
            if now >= greetAt { greet(now) }
        } else if now >= nextHeartbeat {
            beat(now)
        }
    }

    private mutating func greet(_ now: ContinuousClock.Instant) {
        var hello = hello
        hello.holding = held.map { id, attempt in
            var word = WireHeld()
            word.id = id.description
            word.attempt = attempt
            return word
        }
        nextMessage += 1
        greeting = nextMessage
        let sent = send(.hello(hello), request: greeting)
        if !sent, !saidUnreachable {
            saidUnreachable = true
            logger.warning("the broker is not reachable; trying on", metadata: ["endpoint": "\(endpoint)"])
        }
        greetAt = now + (sent ? Self.greetAgainAfter : .milliseconds(100))
    }

    private mutating func beat(_ now: ContinuousClock.Instant) {
        var heartbeat = WireHeartbeat()
        heartbeat.workerID = hello.workerID
        heartbeat.session = session ?? 0
        heartbeat.holding = held.keys.map(\.description)
        if case .serving = phase {} else { heartbeat.draining = true }
        _ = send(.heartbeat(heartbeat))
        nextHeartbeat = now + self.heartbeat
    }

    // MARK: Messages

    private mutating func receive() throws(ZeroMQError) {
        while let frames = try socket.receiveFrames(wait: false, limit: Limits.framesPerMessage) {
            guard let (message, _) = try? WireCodec.decode(frames) else { continue }
            lastHeard = .now
            take(message)
        }
    }

    private mutating func take(_ message: WireMessage) {
        switch message.header.body {
        // The welcome to an earlier hello is void: the broker has taken back what it handed out since, as the later
        // hello did not name it. To take up its session would run a job that others have.
        case .welcome(let welcome): if message.header.request == greeting { take(welcome) }
        case .work(let work): take(work, message.payloads)
        case .recorded(let recorded):
            underway[message.header.request] = nil
            take(recorded)
        case .revoked(let revoked): for job in revoked.jobs { drop(job) }
        case .error(let refused): take(refused, underway.removeValue(forKey: message.header.request) ?? [])
        default: break
        }
    }

    private mutating func take(_ welcome: WireWelcome) {
        session = welcome.session
        underway = [:]
        heartbeat = .milliseconds(max(50, Int64(welcome.heartbeatSeconds * 1000)))
        lease = .milliseconds(max(200, Int64(welcome.leaseSeconds * 1000)))
        nextHeartbeat = .now + heartbeat
        saidUnreachable = false
        logger.info("the broker welcomed this worker", metadata: ["session": "\(welcome.session)"])
        for job in welcome.refused { drop(job) }
        send(Array(unrecorded.values))
        if case .serving = phase {} else { beat(.now) }
    }

    private mutating func take(_ work: WireWork, _ payloads: [[UInt8]]) {
        guard work.session == session else { return }
        var accepted: [LeasedWork] = []
        for (index, wire) in work.jobs.enumerated() where index < payloads.count {
            guard let job = LeasedWork(wire, payload: payloads[index]) else { continue }
            if let attempt = held[job.id] {
                if attempt >= job.attempt { continue }
                // The broker took the older attempt back: nobody waits for its result.
                forget(job.id)
            }
            held[job.id] = job.attempt
            accepted.append(job)
        }
        runner.accept(accepted)
    }

    private mutating func take(_ recorded: WireRecorded) {
        for result in recorded.results {
            guard let id = JobID(result.id), held[id] == result.attempt else { continue }
            held[id] = nil
            unrecorded[id] = nil
            if result.status == .stale {
                logger.warning(
                    "a result came too late and was not used: the job is in other hands", metadata: ["job": "\(id)"])
            }
        }
    }

    private mutating func drop(_ job: WireHeld) {
        if let id = JobID(job.id), held[id] == job.attempt { forget(id) }
    }

    private mutating func forget(_ id: JobID) {
        held[id] = nil
        unrecorded[id] = nil
        runner.drop(id)
    }

    /// - Parameter ids: the jobs whose results were refused; empty for another message.
    private mutating func take(_ refused: WireRefused, _ ids: [JobID]) {
        if refused.code == Refusal.Code.unknownSession.rawValue {
            session = nil
            greetAt = .now
        } else if session == nil {
            runner.interrupt()
            fatal = .refused(refused.message)
        } else {
            logger.error("the broker refused a message", metadata: ["reason": "\(refused.message)"])
            replace(ids, refused)
        }
    }

    /// Results that the broker will never take must not be kept for ever: one of a group is sought by sending each
    /// alone, and that one becomes a dead letter that says why.
    private mutating func replace(_ ids: [JobID], _ refused: WireRefused) {
        let works = ids.compactMap { unrecorded[$0] }
        if works.count > 1 {
            for work in works { send(message: [work]) }
        } else if let work = works.first {
            let letter = FinishedWork(refused: work, refused.message)
            unrecorded[work.id] = letter
            send(message: [letter])
        }
    }

    // MARK: Results

    private mutating func sendResults() {
        var fresh: [FinishedWork] = []
        for work in mailbox.takeAll() where held[work.id] == work.wire.attempt {
            unrecorded[work.id] = work
            fresh.append(work)
        }
        if !fresh.isEmpty { send(fresh) }
    }

    /// Sends results, or keeps them for the next session.
    private mutating func send(_ finished: [FinishedWork]) {
        var group = ResultGroup()
        for work in finished {
            if !group.hasRoom(for: work) {
                send(message: group.works)
                group = ResultGroup()
            }
            group.add(work)
        }
        if !group.works.isEmpty { send(message: group.works) }
    }

    private mutating func send(message works: [FinishedWork]) {
        guard let session else { return }
        var results = WireResults()
        results.workerID = hello.workerID
        results.session = session
        results.results = works.map(\.wire)
        nextMessage += 1
        if send(.results(results), request: nextMessage, payloads: works.flatMap(\.payloads)) {
            underway[nextMessage] = works.map(\.id)
        } else {
            self.session = nil
            greetAt = .now + .milliseconds(100)
        }
    }

    private func send(_ body: WireHeader.OneOf_Body, request: UInt64 = 0, payloads: [[UInt8]] = []) -> Bool {
        let message = WireMessage(body, request: request, payloads: payloads)
        guard let frames = try? WireCodec.encode(message, as: .protobuf) else { return false }
        return (try? socket.send(frames: frames, wait: false)) != nil
    }

    // MARK: Leaving

    private mutating func drain() {
        guard case .serving = phase else { return }
        phase = .draining(until: .now + drainTimeout)
        logger.info("draining", metadata: ["holding": "\(held.count)"])
        if session != nil { beat(.now) }
        runner.close()
    }

    private mutating func hasLeft() -> Bool {
        let now = ContinuousClock.now
        switch phase {
        case .serving: return false
        case .draining(let until):
            if runner.isIdle || now >= until {
                runner.interrupt()
                phase = .leaving(until: now + Self.farewell)
            }
            return false
        case .leaving(let until):
            sendResults()
            guard held.isEmpty || now >= until else { return false }
            if let session {
                var goodbye = WireGoodbye()
                goodbye.workerID = hello.workerID
                goodbye.session = session
                _ = send(.goodbye(goodbye))
            }
            logger.info("left", metadata: ["unrecorded": "\(held.count)"])
            return true
        }
    }
}
