import KipBroker
import KipCore
import KipStore

/// The contract of `JobStore` in a few lines, for a disk that a simulation can crash. A test holds it against SQLite.
public struct ModelStore: Sendable {
    /// A job as it stands on disk.
    public struct Row: Sendable, Equatable {
        /// What is known to who hands it out; its `attempt` is the last that was handed out.
        public var job: WaitingJob
        /// Where it waits.
        public var lane: Lane
        /// How it stands.
        public var state: JobState
        /// Not before.
        public var runAt: Timestamp
        /// Who holds it.
        public var worker: String?
        /// The job with the time that it waits since.
        var waiting: WaitingJob {
            var job = job
            job.runAt = runAt
            return job
        }
        /// At most one job for a key.
        public var uniqueKey: String?
        /// What it gave back.
        public var result: [UInt8] = []
        /// Attempts whose end is written.
        public var ended: Set<Int> = []
        /// How often it came to an end; a revival takes one off.
        public var ends = 0
    }

    /// All jobs.
    public internal(set) var rows = JobTable()
    private var keys: [String: JobID] = [:]
    private var stored: [StoredSchedule] = []
    /// The effects by key.
    public internal(set) var effects: [String: Effect] = [:]
    /// The jobs of each nominal time.
    public private(set) var firings: [String: JobID] = [:]
    /// A mutant's faults.
    var forgetsKeys = false
    var forgetsIntents = false
    var forgetsLosses = false

    /// An empty store.
    public init() {}

    /// Writes a batch.
    public mutating func apply(_ batch: [Mutation]) -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        var skipped = 0
        for mutation in batch {
            if skipped > 0 {
                skipped -= 1
                if mutation.hasOutcome { outcomes.append(.skipped) }
            } else if case .claim(let claims, let covered) = mutation {
                let outcome = claim(claims)
                if case .keyTaken = outcome { skipped = covered }
                outcomes.append(outcome)
            } else {
                write(mutation, &outcomes)
            }
        }
        return outcomes
    }

    private mutating func write(_ mutation: Mutation, _ outcomes: inout [WriteOutcome]) {
        switch mutation {
        case .insert(let draft, let now, let worker): outcomes.append(insert(draft, at: now, worker))
        case .lease(let id, let attempt, let worker):
            guard rows[id]?.state == .available || rows[id]?.state == .scheduled else { return }
            rows[id]?.state = .running
            rows[id]?.job.attempt = attempt
            rows[id]?.worker = worker
        case .finish(let finish):
            guard runs(finish.id, finish.attempt) else { return }
            rows[finish.id]?.state = finish.state
            rows[finish.id]?.job.setbacks.failures = finish.setbacks.failures
            rows[finish.id]?.result = finish.result
            end(finish.id, finish.attempt)
            rows[finish.id]?.ends += 1
        case .again(let again):
            guard runs(again.id, again.attempt) else { return }
            rows[again.id]?.state = again.runAt > again.at ? .scheduled : .available
            rows[again.id]?.job.setbacks = again.setbacks
            if forgetsLosses { rows[again.id]?.job.setbacks.losses = 0 }
            rows[again.id]?.runAt = again.runAt
            rows[again.id]?.worker = nil
            end(again.id, again.attempt)
        case .park(let park): outcomes.append(.settled(freed: write(park)))
        case .cancel(let id, _, _): outcomes.append(cancel(id))
        case .revive(let id, let now, _): outcomes.append(revive(id, at: now))
        case .claim: break
        case .beginEffect(let intent): outcomes.append(.standing(begin(intent)))
        case .settleEffect(let word): outcomes.append(settle(word))
        case .applySchedules(let schedules): apply(schedules)
        case .fireSchedule(let name, let nominal, let next, let draft, let now):
            for index in stored.indices where stored[index].name == name {
                stored[index].next = next
                stored[index].lastNominal = nominal
            }
            outcomes.append(fire("\(name)/\(nominal.milliseconds)", draft, at: now))
        }
    }

    private func claim(_ claims: [KeyClaim]) -> WriteOutcome {
        for (position, claim) in claims.enumerated() {
            guard !forgetsKeys, let holder = keys[claim.key], let row = rows[holder] else { continue }
            if Fingerprint.of(kind: row.lane.kind, payload: row.job.payload) != claim.fingerprint {
                return .keyTaken(position: position, by: holder)
            }
        }
        return .claimed
    }

    private mutating func fire(_ nominal: String, _ draft: JobDraft, at now: Timestamp) -> WriteOutcome {
        if let job = firings[nominal] { return .existing(job) }
        let outcome = insert(draft, at: now, nil)
        firings[nominal] = if case .existing(let holder) = outcome { holder } else { draft.id }
        return outcome
    }

    func runs(_ id: JobID, _ attempt: Int) -> Bool {
        rows[id]?.state == .running && rows[id]?.job.attempt == attempt
    }

    mutating func end(_ id: JobID, _ attempt: Int) {
        rows[id]?.ended.insert(attempt)
    }

    private mutating func insert(_ draft: JobDraft, at now: Timestamp, _ worker: String?) -> WriteOutcome {
        if !forgetsKeys, let key = draft.uniqueKey, let holder = keys[key] { return .existing(holder) }
        if rows[draft.id] != nil { return .existing(draft.id) }
        if let key = draft.uniqueKey { keys[key] = draft.id }
        var job = WaitingJob(draft, createdAt: now)
        job.attempt = worker == nil ? 0 : 1
        rows[draft.id] = Row(
            job: job, lane: Lane(queue: draft.queue, kind: draft.kind),
            state: worker != nil ? .running : draft.runAt > now ? .scheduled : .available, runAt: draft.runAt,
            worker: worker, uniqueKey: draft.uniqueKey)
        return .created
    }

    private mutating func cancel(_ id: JobID) -> WriteOutcome {
        guard let row = rows[id], !row.state.isTerminal else { return .unchanged }
        rows[id]?.state = .cancelled
        doubtEffects(of: id)
        rows[id]?.ends += 1
        return .changed(row.lane)
    }

    private mutating func revive(_ id: JobID, at now: Timestamp) -> WriteOutcome {
        guard let row = rows[id], row.state.isTerminal || row.state == .quarantined, row.state != .succeeded else {
            return .unchanged
        }
        let state = openEffects(of: id).isEmpty ? JobState.available : .uncertain
        rows[id]?.state = state
        rows[id]?.job.setbacks = Setbacks()
        rows[id]?.runAt = now
        rows[id]?.worker = nil
        if row.state.isTerminal { rows[id]?.ends -= 1 }
        return .changed(row.lane)
    }

    private mutating func apply(_ schedules: [StoredSchedule]) {
        stored = schedules.map { schedule in
            var kept = schedule
            if let present = stored.first(where: { $0.name == schedule.name }) {
                kept.lastNominal = present.lastNominal
            }
            return kept
        }.sorted { $0.name < $1.name }
    }

    /// As `JobStore.available`.
    public func available(lane: Lane, limit: Int, bytes: Int) -> Waiting {
        let jobs = rows.inState(.available).filter { $0.lane == lane }.map(\.waiting)
            .sorted { ($1.priority, $0.id) < ($0.priority, $1.id) }
        return Waiting(Array(jobs.prefix(limit)), isAll: jobs.count < limit)
    }

    /// As `JobStore.lanes`.
    public func lanes() -> [Lane] {
        Set(rows.inState(.available).map(\.lane)).sorted {
            ($0.queue, $0.kind) < ($1.queue, $1.kind)
        }
    }

    /// As `JobStore.running`.
    public func running() -> [RunningJob] {
        rows.inState(.running)
            .map { RunningJob(job: $0.waiting, lane: $0.lane, worker: $0.worker ?? "") }
            .sorted { $0.job.id < $1.job.id }
    }

    /// As `JobStore.promote`.
    public mutating func promote(upTo now: Timestamp, limit: Int) -> Promotion {
        let due = rows.inState(.scheduled).filter { $0.runAt <= now }
            .sorted { ($0.runAt, $0.job.id) < ($1.runAt, $1.job.id) }.prefix(limit)
        for row in due { rows[row.job.id]?.state = .available }
        let lanes = Set(due.map(\.lane)).sorted { ($0.queue, $0.kind) < ($1.queue, $1.kind) }
        return Promotion(lanes: lanes, next: rows.inState(.scheduled).map(\.runAt).min())
    }

    /// As `JobStore.schedules`.
    public func schedules() -> [StoredSchedule] { stored }
}
