import KipCore
import KipStore

@testable import KipBroker

/// The core with a store of its own in memory of the test: each batch is on disk as soon as `settle` says so.
struct CoreHarness {
    var core: BrokerCore
    var now = Timestamp(milliseconds: 1_000_000)
    /// Goes with the wall clock, unless a test sets that.
    var steady = SteadyTime(milliseconds: 5_000)
    var moment: Moment { Moment(wall: now, steady: steady) }
    var effects: [String: EffectStanding] = [:]
    var sent: [(WireMessage, Peer)] = []
    var held: [[Mutation]] = []
    var ids: Set<JobID> = []
    var keys: [String: JobID] = [:]

    init(settings: BrokerSettings = BrokerSettings(), recovered: Recovered = Recovered()) {
        // What is pruned by the clock has tests of its own, and so has the clock on disk.
        var (settings, recovered) = (settings, recovered)
        recovered.latestClock = now
        settings.prunes = false
        core = BrokerCore(
            settings: settings, recovered: recovered, seed: 1,
            at: Moment(wall: now, steady: SteadyTime(milliseconds: 5_000)))
    }

    static func peer(_ name: String) -> Peer {
        Peer(routingID: Array(name.utf8), delimited: false, encoding: .protobuf)
    }

    /// Says something to the core and lets the disk take what it asks for.
    mutating func say(_ body: WireHeader.OneOf_Body, from peer: Peer, payloads: [[UInt8]] = []) {
        handle(.message(WireMessage(body, request: 1, payloads: payloads), from: peer))
        settle()
    }

    mutating func handle(_ event: Event) {
        var effects: [Effect] = []
        core.handle(event, at: moment, into: &effects)
        core.dispatch(into: &effects)
        take(effects)
    }

    /// Commits until there is nothing more to write.
    mutating func settle() {
        while let batch = core.takeBatch() { handle(.committed(Applied(outcomes: outcomes(of: batch)))) }
    }

    mutating func outcomes(of batch: [Mutation]) -> [WriteOutcome] {
        batch.compactMap { mutation in
            switch mutation {
            case .insert(let draft, _, _), .fireSchedule(_, _, _, let draft, _, _): insert(draft)
            case .cancel, .revive, .release, .expire: .changed(Lane(queue: "default", kind: "k"))
            case .claim: .claimed
            case .park: .settled
            case .beginEffect(let intent): .standing(effects[intent.key] ?? .begun)
            case .settleEffect: .settled
            case .prune: .pruned(jobs: 0, next: nil)
            case .tellDependents: .dependentsTold(isAll: true)
            case .correctWaits: .waitsCorrected(lastFirings: [:], isAll: true)
            default: nil
            }
        }
    }

    private mutating func insert(_ draft: JobDraft) -> WriteOutcome {
        if let key = draft.uniqueKey {
            if let holder = keys[key] { return .existing(holder) }
            keys[key] = draft.id
        }
        return ids.insert(draft.id).inserted ? .created : .existing(draft.id)
    }

    /// Lets time pass, and the moment in which a worker that was silent for a lease may still be heard.
    mutating func pass(milliseconds: Int64) {
        for step in [milliseconds, Limits.overdueMilliseconds] {
            now = now.advanced(byMilliseconds: step)
            steady = steady.advanced(byMilliseconds: step)
            handle(.timer)
            settle()
        }
    }

    /// Nothing is heard for a lease, and for the moment after it; what this makes the core write is not yet written.
    mutating func beSilent() {
        for step in [15_001, Limits.overdueMilliseconds] {
            steady = steady.advanced(byMilliseconds: step)
            handle(.timer)
        }
    }

    private mutating func take(_ effects: [Effect]) {
        for case .send(let message, let peer) in effects { sent.append((message, peer)) }
    }

    mutating func takeSent() -> [WireMessage] {
        defer { sent = [] }
        return sent.map(\.0)
    }

    /// A worker that says hello and is welcomed.
    mutating func worker(_ name: String, credit: Int32 = 10, holding: [WireHeld] = []) -> (id: String, session: UInt64)
    {
        worker(JobID().description, name, credit: credit, holding: holding)
    }

    mutating func worker(
        _ id: String, _ name: String, credit: Int32 = 10, holding: [WireHeld] = []
    ) -> (id: String, session: UInt64) {
        var hello = WireHello()
        hello.workerID = id
        hello.kinds = ["k"]
        hello.credit = credit
        hello.holding = holding
        say(.hello(hello), from: Self.peer(name))
        for case .welcome(let welcome) in sent.map(\.0.header.body) { return (id, welcome.session) }
        return (id, 0)
    }

    /// A worker says that it lives, and how many jobs it wants; 0 = as many as before.
    mutating func beat(_ worker: (id: String, session: UInt64), _ name: String, credit: Int32 = 0) {
        var heartbeat = WireHeartbeat()
        heartbeat.workerID = worker.id
        heartbeat.session = worker.session
        heartbeat.credit = credit
        say(.heartbeat(heartbeat), from: Self.peer(name))
    }

    mutating func enqueue(_ count: Int = 1, edit: (inout WireNewJob) -> Void = { _ in }) {
        enqueueWithoutCommit(count, edit: edit)
        settle()
    }

    /// The jobs wait for the disk.
    mutating func enqueueWithoutCommit(_ count: Int = 1, edit: (inout WireNewJob) -> Void = { _ in }) {
        var enqueue = WireEnqueue()
        enqueue.jobs = (0..<count).map { _ in
            var job = WireNewJob()
            job.id = JobID().description
            job.kind = "k"
            edit(&job)
            return job
        }
        handle(.message(WireMessage(.enqueue(enqueue), request: 1), from: Self.peer("producer")))
    }

    mutating func finish(
        _ job: WireLeasedJob, by worker: (id: String, session: UInt64), _ name: String,
        _ outcome: WireResult.Outcome = .succeeded
    ) {
        say(.results(Self.results(of: job, by: worker, outcome)), from: Self.peer(name))
    }

    /// What a worker says of the end of an attempt.
    static func results(
        of job: WireLeasedJob, by worker: (id: String, session: UInt64), _ outcome: WireResult.Outcome = .succeeded,
        error: String = ""
    ) -> WireResults {
        var result = WireResult()
        result.id = job.id
        result.attempt = job.attempt
        result.outcome = outcome
        result.error = error
        var results = WireResults()
        results.workerID = worker.id
        results.session = worker.session
        results.results = [result]
        return results
    }
}

extension [WireMessage] {
    var work: [WireLeasedJob] {
        flatMap { message -> [WireLeasedJob] in
            if case .work(let work) = message.header.body { work.jobs } else { [] }
        }
    }

    var recorded: [WireRecordedResult] {
        flatMap { message -> [WireRecordedResult] in
            if case .recorded(let recorded) = message.header.body { recorded.results } else { [] }
        }
    }

    var enqueued: [WireEnqueuedJob] {
        flatMap { message -> [WireEnqueuedJob] in
            if case .enqueued(let enqueued) = message.header.body { enqueued.jobs } else { [] }
        }
    }

    var refusals: [String] {
        compactMap { message in
            if case .error(let refused) = message.header.body { refused.code } else { nil }
        }
    }
}
