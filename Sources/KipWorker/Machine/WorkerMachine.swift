import KipCore

/// The worker's side of KIP/1 as a value: hello, heartbeats, jobs in, results and effects out. It has no socket, no clock
/// and no thread, so that the simulation runs the very machine that workers run.
package struct WorkerMachine: Sendable {
    /// How long the broker may take to store the last results of a worker that leaves, in milliseconds.
    private static let farewell: Int64 = 5_000
    static let greetAgainAfter: Int64 = 2_000
    /// What a broker with a full disk or too much work is given before it is asked again.
    static let askAgainAfter: Int64 = 500

    /// What happens to a worker.
    package enum Event: Sendable {
        /// The broker says something.
        case message(WireMessage)
        /// The socket did not take this.
        case unsent(WireMessage)
        /// Handlers ended.
        case finished([FinishedWork])
        /// A handler wants to begin an effect, or has settled it.
        case asked(EffectAsk)
        /// A handler says how far it is.
        case progressed(ProgressReport)
        /// A handler wants to know what its job came after.
        case read(ParentsRead)
        /// A reconciler has looked.
        case reconciled(EffectInDoubt, EffectSettlement?)
        /// It is time to leave in good order. The broker can say so, too (`Drain`).
        case drain
        /// The worker wants to hold so many jobs from now on.
        case credit(Int)
        /// Time passed.
        case tick
    }

    /// What a worker's machine wants done.
    package enum Action: Sendable {
        case send(WireMessage)
        /// Start these as soon as there is room.
        case run([LeasedWork])
        /// Stop a job; what it says counts no more.
        case stop(JobID)
        /// Start nothing more, and give back what has not started.
        case close
        /// Give back what still runs.
        case interrupt
        /// A handler's question is answered.
        case answer(EffectAnswer, to: UInt64)
        /// What a handler's job came after; nil = the job is in other hands.
        case parents(ParentsAnswer?, to: UInt64)
        /// Look into the world.
        case reconcile(EffectInDoubt)
        case note(Note)
        /// The machine has ended.
        case leave(WorkerError?)
    }

    /// What an operator should know.
    package enum Note: Sendable {
        case welcomed(session: UInt64)
        case unreachable
        case refused(String)
        case stale(JobID)
        case draining(holding: Int)
        case left(unrecorded: Int)
    }

    enum Phase {
        case serving
        /// Running handlers may finish until then.
        case draining(until: SteadyTime)
        /// Results are on their way to the broker's disk.
        case leaving(until: SteadyTime)
        case gone
    }

    let hello: WireHello
    /// The broker heeds what the worker says of its credit later.
    package internal(set) var mayChangeCredit = false
    /// How many jobs the worker wants to hold.
    package internal(set) var credit: Int
    /// What the broker was told last.
    var saidCredit = 0
    private let drainTimeout: Int64
    private(set) var phase = Phase.serving
    /// It takes jobs, as far as it goes itself.
    package var isServing: Bool { if case .serving = phase { true } else { false } }
    /// nil = the broker has not welcomed this worker, or forgot it.
    package internal(set) var session: UInt64?
    var greetAt: SteadyTime
    /// The number of the last hello: only its welcome counts.
    var greeting: UInt64 = 0
    var heartbeat: Int64 = 3_000
    var lease: Int64 = 15_000
    var nextHeartbeat: SteadyTime
    var lastHeard: SteadyTime
    var saidUnreachable = false
    /// Jobs that are not recorded: attempt by id.
    package internal(set) var held: [JobID: Int32] = [:]
    /// Results that the broker has not said to be stored.
    var unrecorded: [JobID: FinishedWork] = [:]
    /// Results that are on their way, by the number of their message.
    var underway: [UInt64: [JobID]] = [:]
    /// Effects that the broker has not answered.
    var asks: [UInt64: EffectAsk] = [:]
    /// Those that are on their way, by the number of their message.
    var askedBy: [UInt64: UInt64] = [:]
    var askAgainAt: SteadyTime?
    /// What handlers want to know of the jobs that theirs came after.
    var reads: [UInt64: ParentsRead] = [:]
    /// Those that are on their way, by the number of their message.
    var readBy: [UInt64: UInt64] = [:]
    /// What handlers have begun and not settled: a second begin in the same attempt is no repetition of the first.
    var begun: [JobID: Set<String>] = [:]
    /// What handlers said of their progress while the broker was away.
    var unsaid: [JobID: ProgressReport] = [:]
    var nextMessage: UInt64 = 0

    /// A worker that is about to greet.
    /// - Parameter drainTimeout: how long running handlers may finish at the end, in milliseconds.
    package init(hello: WireHello, drainTimeout: Int64, at now: SteadyTime) {
        self.hello = hello
        credit = Int(hello.credit)
        self.drainTimeout = drainTimeout
        greetAt = now
        nextHeartbeat = now
        lastHeard = now
    }

    /// Takes in one event.
    package mutating func handle(_ event: Event, at now: SteadyTime, into actions: inout [Action]) {
        if case .gone = phase { return }
        switch event {
        case .message(let message):
            lastHeard = now
            take(message, at: now, &actions)
        case .unsent(let message): unsent(message, at: now, &actions)
        case .finished(let works): finished(works, &actions)
        case .asked(let ask): take(ask, &actions)
        case .progressed(let report): take(report, &actions)
        case .read(let read): take(read, &actions)
        case .reconciled(let effect, let settlement): tell(effect, settlement, &actions)
        case .drain: drain(at: now, &actions)
        case .credit(let credit): change(credit: credit, at: now, &actions)
        case .tick:
            keepInTouch(at: now, &actions)
            leave(at: now, &actions)
        }
    }

    /// Milliseconds until time itself is an event.
    package func wait(at now: SteadyTime) -> Int64 {
        var next = session == nil ? greetAt : nextHeartbeat
        if let askAgainAt { next = min(next, askAgainAt) }
        switch phase {
        case .serving, .gone: break
        case .draining(let until), .leaving(let until): next = min(next, until, now.advanced(byMilliseconds: 100))
        }
        return max(0, next.milliseconds(since: now))
    }

    /// More is said with the next heartbeat, much less at once: before what goes back to the broker.
    private mutating func change(credit: Int, at now: SteadyTime, _ actions: inout [Action]) {
        self.credit = min(max(0, credit), Limits.credit)
        let isMuchLess = self.credit < saidCredit - saidCredit / 8
        if session != nil, mayChangeCredit, isMuchLess { beat(at: now, &actions) }
    }

    // MARK: Leaving

    mutating func drain(at now: SteadyTime, _ actions: inout [Action]) {
        guard isServing else { return }
        phase = .draining(until: now.advanced(byMilliseconds: drainTimeout))
        actions.append(.note(.draining(holding: held.count)))
        if session != nil { beat(at: now, &actions) }
        actions.append(.close)
    }

    private mutating func leave(at now: SteadyTime, _ actions: inout [Action]) {
        switch phase {
        case .serving, .gone: return
        case .draining(let until):
            // What is held and has no result still waits or runs.
            guard held.count == unrecorded.count || now >= until else { return }
            phase = .leaving(until: now.advanced(byMilliseconds: Self.farewell))
            actions.append(.interrupt)
        case .leaving(let until):
            guard (held.isEmpty && asks.isEmpty) || now >= until else { return }
            sayGoodbye(&actions)
            end(nil, &actions)
        }
    }

    /// Also where no welcome has come: the hello may have arrived, and what the broker hands out since would wait for the
    /// end of a lease, and count this worker as lost.
    private func sayGoodbye(_ actions: inout [Action]) {
        var goodbye = WireGoodbye()
        goodbye.workerID = hello.workerID
        goodbye.session = session ?? 0
        actions.append(.send(WireMessage(.goodbye(goodbye))))
    }

    /// Nothing is done or said from here on.
    mutating func end(_ error: WorkerError?, _ actions: inout [Action]) {
        for number in asks.keys.sorted() { actions.append(.answer(.void, to: number)) }
        asks = [:]
        voidReads(of: nil, &actions)
        actions.append(.note(.left(unrecorded: held.count)))
        actions.append(.leave(error))
        phase = .gone
    }
}
