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
        /// When attempts of it ended and decisions about it were made: a wait begins with one of these, or with the job.
        public var moments: [Timestamp] = []
        /// How often it came to an end; a revival takes one off.
        public var ends = 0
        /// It came to an end once, whatever was done with it since.
        public var hasEnded = false
        /// When it came to its end; nil = it has not, or was woken since.
        public var endedAt: Timestamp?
        /// What it asked for.
        public var conditions = JobConditions()
        /// A person has not released it yet.
        public var isHeld = false
        /// Parents that it waits for.
        public var waitsFor = 0
        /// Its parents, and how they stand to it.
        public var parents: [Parent] = []
        /// Its payload was wiped.
        public var isRedacted = false
    }

    /// A job that another came after.
    public struct Parent: Sendable, Equatable {
        /// Which job.
        public var id: JobID
        /// How it stands.
        public var standing: ParentStanding
    }

    /// Who has a unique key.
    struct KeyHolder: Sendable {
        var job: JobID
        var fingerprint: Int64
        var until: Timestamp?
    }

    /// What a batch has come to so far.
    struct Writing {
        var outcomes: [WriteOutcome] = []
        var freed = Freed()
        var aliases: [JobID: JobID] = [:]
    }

    /// All jobs.
    public internal(set) var rows = JobTable()
    var keys: [String: KeyHolder] = [:]
    /// Jobs that came after a job.
    var families: [JobID: Set<JobID>] = [:]
    /// Jobs with a concurrency key.
    var placed: [String: Set<JobID>] = [:]
    /// What operators have said.
    public private(set) var said: [Control] = []
    var begun: [QueueStarts] = []
    private var owners: [String: WorkerOwner] = [:]
    private var stored: [StoredSchedule] = []
    private var knownKinds: [StoredKind] = []
    /// The effects by key.
    public internal(set) var effects: [String: Effect] = [:]
    /// The jobs of each nominal time.
    public private(set) var firings: [String: JobID] = [:]
    /// Until when nothing proves whether the times of schedules have fired, after a restore.
    var unprovenUntil: Timestamp?
    /// Jobs of such times: a person decides about them.
    private(set) var unprovenFirings: Set<JobID> = []
    /// The nominal times of each schedule, and their jobs.
    private var firedTimes: [String: [Timestamp: JobID]] = [:]
    var clock: Timestamp?
    /// How far a correction of times has come; nil = none is under way.
    var correction: ClockCursor?
    /// Jobs whose children are still to be told of them, each in its turn.
    var untold: [(id: JobID, change: PostponedChange)] = []
    /// Children that the present batch may still tell.
    public var stepsLeft = 0
    /// The same of a whole batch: so few that small families need several.
    var stepsPerBatch = 2
    /// Parents that the present batch may still look at for jobs that are woken.
    public var parentsLeft = 0
    /// The same of a whole batch.
    var parentsPerBatch = 2
    /// What the last batch has taken away, and whether something that had not ended came after it then.
    var takenAway: [(row: Row, isRead: Bool)] = []
    /// The journal entries of the last batch.
    var entries: [JournalEntry] = []
    /// A mutant's faults.
    var forgetsKeys = false
    var forgetsIntents = false
    var forgetsLosses = false
    var forgetsParents = false
    var forgetsPlaces = false
    var forgetsHolds = false
    var forgetsRooms = false
    var keepsDoneKeys = false
    var letsNobodyIn = false
    var reopensNobody = false
    var prunesTooMuch = false
    var forgetsDependents = false

    /// An empty store.
    public init() {}

    /// Writes a batch.
    public mutating func apply(_ batch: [Mutation]) -> Applied {
        var writing = Writing()
        var skipped = 0
        takenAway = []
        entries = []
        stepsLeft = stepsPerBatch
        parentsLeft = parentsPerBatch
        for mutation in batch {
            if skipped > 0 {
                skipped -= 1
                if mutation.hasOutcome { writing.outcomes.append(.skipped) }
            } else if case .claim(let claim, let covered) = mutation {
                let outcome = check(claim)
                if outcome != .claimed { skipped = covered }
                writing.outcomes.append(outcome)
            } else {
                write(mutation, &writing)
            }
        }
        return Applied(outcomes: writing.outcomes, freed: writing.freed)
    }

    private mutating func write(_ mutation: Mutation, _ writing: inout Writing) {
        switch mutation {
        case .insert(let draft, let now, let worker): writing.outcomes.append(insert(draft, at: now, worker, &writing))
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
            noteEnd(of: finish.id, at: finish.at)
            ended(finish.id, at: finish.at, &writing.freed)
        case .again(let again): write(again, &writing.freed)
        case .park(let park):
            write(park, &writing.freed)
            writing.outcomes.append(.settled)
        case .cancel(let id, let now, _): writing.outcomes.append(cancel(id, at: now, &writing.freed))
        case .revive(let id, let now, _): writing.outcomes.append(revive(id, at: now, &writing.freed))
        case .release(let id, let now, _): writing.outcomes.append(release(id, at: now, &writing.freed))
        case .expire(let id, let now): writing.outcomes.append(expire(id, at: now, &writing.freed))
        case .beginEffect(let intent): writing.outcomes.append(begin(intent))
        case .settleEffect(let word): writing.outcomes.append(settle(word, &writing.freed))
        case .applySchedules(let schedules, let owner): apply(schedules, of: owner)
        case .setKinds(let kinds): set(kinds)
        case .storeSchedule(let schedule):
            for index in stored.indices where stored[index].name == schedule.name {
                stored[index].definition = schedule.definition
                stored[index].next = schedule.next
            }
        case .fireSchedule(let name, let nominal, let next, let draft, let now, let skipsOverlap):
            let outcome = fire(name, nominal, draft, at: now, skipsOverlap: skipsOverlap, &writing)
            writing.outcomes.append(outcome)
            for index in stored.indices where stored[index].name == name {
                stored[index].next = next
                stored[index].lastNominal = nominal
                if case .overlaps = outcome {
                    stored[index].lastNominal = lastFiring(of: name, before: nominal)?.nominal
                }
            }
        case .control(let control):
            said.removeAll { $0.scope == control.scope && $0.name == control.name }
            said.append(control)
            said.sort { ($0.scope.rawValue, $0.name) < ($1.scope.rawValue, $1.name) }
        case .start(let queue, let now, let jobs, let since): noteStart(queue, now, jobs, since)
        case .noteClock(let now):
            clock = now
            correction = nil
        case .correctWaits(let now, let limit, let occasion):
            let isAll = correctWaits(at: now, limit: limit, occasion)
            let lastFirings = occasion == .nextPage ? nil : lastFirings(upTo: now)
            writing.outcomes.append(.waitsCorrected(lastFirings: lastFirings, isAll: isAll))
        case .tellDependents(let now): writing.outcomes.append(tellDependents(at: now, &writing.freed))
        case .recordWorkerOwner(let owner): owners[owner.worker] = owner
        case .removeWorkerOwners(let workers): for worker in workers { owners[worker] = nil }
        case .claim, .progress, .noteTrigger: break
        case .prune(let pruning): writing.outcomes.append(prune(pruning))
        }
    }

    private mutating func write(_ again: Mutation.Again, _ freed: inout Freed) {
        guard runs(again.id, again.attempt) else { return }
        rows[again.id]?.state = again.runAt > again.at ? .scheduled : .available
        rows[again.id]?.job.setbacks = again.setbacks
        if forgetsLosses { rows[again.id]?.job.setbacks.losses = 0 }
        rows[again.id]?.runAt = again.runAt
        rows[again.id]?.worker = nil
        rows[again.id]?.moments.append(again.at)
        end(again.id, again.attempt)
        if again.runAt > again.at { left(again.id, at: again.at, &freed) }
    }

    mutating func noteStart(_ queue: String, _ now: Timestamp, _ jobs: Int, _ since: Timestamp) {
        begun.removeAll { $0.queue == queue && $0.at < since }
        if let place = begun.firstIndex(where: { $0.queue == queue && $0.at == now }) {
            begun[place].jobs += jobs
        } else if now >= since {
            begun.append(QueueStarts(queue: queue, at: now, jobs: jobs))
            begun.sort { ($0.queue, $0.at) < ($1.queue, $1.at) }
        }
    }

    /// As `JobStore.controls`.
    public func controls() -> [Control] { said }

    /// As `JobStore.workerOwners`.
    public func workerOwners() -> [WorkerOwner] { owners.values.sorted { $0.worker < $1.worker } }

    /// As `JobStore.starts`.
    public func starts() -> [QueueStarts] { begun }

    private mutating func fire(
        _ name: String, _ nominal: Timestamp, _ draft: JobDraft, at now: Timestamp, skipsOverlap: Bool,
        _ writing: inout Writing
    ) -> WriteOutcome {
        let line = "\(name)/\(nominal.milliseconds)"
        if let job = firings[line] { return .existing(job) }
        if skipsOverlap, let last = lastFiring(of: name, before: nominal), rows[last.job]?.state.isTerminal == false {
            return .overlaps(last.job)
        }
        let outcome = insert(draft, at: now, nil, &writing)
        let job = if case .existing(let holder) = outcome { holder } else { draft.id }
        firings[line] = job
        firedTimes[name, default: [:]][nominal] = job
        if case .existing = outcome { return outcome }
        guard let unprovenUntil, nominal <= unprovenUntil else { return outcome }
        rows[job]?.state = .quarantined
        left(job, at: now, &writing.freed)
        unprovenFirings.insert(job)
        return .quarantined(job)
    }

    private func lastFiring(of name: String, before nominal: Timestamp) -> (nominal: Timestamp, job: JobID)? {
        let earlier = (firedTimes[name] ?? [:]).filter { $0.key < nominal }
        return earlier.max { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// As `JobStore.lastFirings`.
    public func lastFirings(upTo now: Timestamp) -> [String: Timestamp] {
        var last: [String: Timestamp] = [:]
        for schedule in stored {
            last[schedule.name] = lastFiring(of: schedule.name, before: now.advanced(byMilliseconds: 1))?.nominal
        }
        return last
    }

    /// As `JobStore.latestClock`.
    public func latestClock() -> Timestamp? { clock }

    func runs(_ id: JobID, _ attempt: Int) -> Bool {
        rows[id]?.state == .running && rows[id]?.job.attempt == attempt
    }

    mutating func noteEnd(of id: JobID, at now: Timestamp) {
        rows[id]?.ends += 1
        rows[id]?.hasEnded = true
        rows[id]?.endedAt = now
    }

    mutating func end(_ id: JobID, _ attempt: Int) {
        rows[id]?.ended.insert(attempt)
    }

    private mutating func set(_ kinds: [StoredKind]) {
        for kind in kinds {
            knownKinds.removeAll { $0.name == kind.name }
            if !kind.options.isEmpty { knownKinds.append(kind) }
        }
        knownKinds.sort { $0.name < $1.name }
    }

    /// As `JobStore.kinds`.
    public func kinds() -> [StoredKind] { knownKinds }

    private mutating func apply(_ schedules: [StoredSchedule], of owner: String) {
        let names = Set(schedules.map(\.name))
        let others = stored.filter { $0.owner != owner && !names.contains($0.name) }
        stored = schedules.map { schedule in
            var kept = schedule
            kept.owner = owner
            if let present = stored.first(where: { $0.name == schedule.name }) {
                kept.lastNominal = present.lastNominal
            }
            return kept
        }
        stored = (stored + others).sorted { $0.name < $1.name }
    }

    /// As `JobStore.available`.
    public func available(lane: Lane, limit: Int, bytes: Int) -> Waiting {
        let jobs = rows.inState(.available).filter { $0.lane == lane }.map(\.waiting)
            .sorted { ($1.priority, $0.id) < ($0.priority, $1.id) }
        return Waiting(Array(jobs.prefix(limit)), isAll: jobs.count < limit)
    }

    /// As `JobStore.lanes`.
    public func lanes() -> [Lane] {
        Set(rows.inState(.available).map(\.lane)).sorted()
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
        var freed = Freed()
        for row in due {
            if row.conditions.concurrencyKey != nil {
                arrive(row.job.id, at: now, &freed)
            } else {
                rows[row.job.id]?.state = .available
                freed.lanes.insert(row.lane)
            }
        }
        let lanes = freed.lanes.sorted()
        let late = late(at: now, limit)
        let nexts = [
            rows.inState(.scheduled).map(\.runAt).min(), nextLate(after: limit > 0 ? now : nil),
            late.count == limit && limit > 0 ? now : nil,
        ].compactMap { $0 }
        return Promotion(lanes: lanes, next: nexts.min(), late: late)
    }

    /// As `JobStore.schedules`.
    public func schedules() -> [StoredSchedule] { stored }
}
