import KipCore

/// Why what was counted from a later reading of the wall clock is counted anew.
public enum CorrectionOccasion: Sendable {
    /// The clock was put back: an earlier correction that has not come to its end is void.
    case setBack
    /// A broker has started, and its clock is earlier than the last reading that was noted.
    case start
    /// A page of the correction has left others.
    case nextPage
}

/// One change that the broker asks of its store.
public enum Mutation: Sendable {
    /// A new job, unless its id or its unique key is there already; in the hands of a worker from the beginning where
    /// one is named.
    case insert(JobDraft, at: Timestamp, worker: String? = nil)
    /// The job was handed to a worker.
    case lease(JobID, attempt: Int, worker: String)
    /// The job ended.
    case finish(Finish)
    /// The job waits again, from a time on.
    indirect case again(Again)
    /// The job waits for a person. One that is to be `uncertain` and has no open effect waits for a worker instead: its
    /// outcome says so.
    indirect case park(Park)
    /// A person cancels a job that has not ended.
    case cancel(JobID, at: Timestamp, by: String = "")
    /// A person wakes an ended or quarantined job: its setbacks are forgotten, its attempt number goes on. One whose effect
    /// is in doubt is `uncertain` then: it runs when that is decided.
    case revive(JobID, at: Timestamp, by: String = "")
    /// The schedules of an owner, and no others of that owner.
    case applySchedules([StoredSchedule], owner: String = "")
    /// A schedule's job, its line in the ledger of firings and the schedule's next time, together. A nominal time that
    /// stands in the ledger fires no more; where `skipsOverlap` is set, neither does one before whose time the last job of
    /// the ledger has not ended.
    indirect case fireSchedule(
        name: String, nominal: Timestamp, next: Timestamp?, JobDraft, at: Timestamp, skipsOverlap: Bool = false)
    /// Somebody triggered a schedule by hand, and this job was made; nothing where it was not.
    case noteTrigger(schedule: String, JobID, at: Timestamp, by: String)
    /// What one schedule says, and when it fires next; nothing where there is none of its name.
    indirect case storeSchedule(StoredSchedule)
    /// A person lets a held job run.
    case release(JobID, at: Timestamp, by: String)
    /// It is too late for a job that waits.
    case expire(JobID, at: Timestamp)
    /// What jobs that are about to be written need: keys, parents, room. Where one is not to be had, the next mutations,
    /// so many, are skipped.
    indirect case claim(Claim, covers: Int)
    /// An operator has said something of a queue or a kind.
    indirect case control(Control)
    /// What the workers of kinds say of them, instead of what they said before.
    case setKinds([StoredKind])
    /// So many jobs of a queue with a rate begin; what began before `since` counts no more.
    case start(queue: String, at: Timestamp, jobs: Int, since: Timestamp)
    /// What the wall clock shows, for `JobStore.latestClock`.
    case noteClock(Timestamp)
    /// The wall clock was put back to this moment. Jobs that wait, and whose wait began later than it, wait as long from now on
    /// as they should have waited then; unique keys for a period stand no longer than that from now on. It looks at `limit`
    /// of them and remembers how far it has come: after the last of them the reading is noted, as `noteClock` does.
    case correctWaits(at: Timestamp, limit: Int, CorrectionOccasion)
    /// Jobs that came after others are told of their ends, as far as earlier batches have left that (`Freed.isUnfinished`).
    case tellDependents(at: Timestamp)
    /// What a handler says of its progress.
    indirect case progress(ProgressNote)
    /// Whose a worker's id is.
    indirect case recordWorkerOwner(WorkerOwner)
    /// These worker ids are nobody's any more.
    case removeWorkerOwners([String])
    /// Ended jobs are taken away.
    indirect case prune(Pruning)
    /// A handler is about to act on the world.
    indirect case beginEffect(EffectIntent)
    /// What became of an effect.
    indirect case settleEffect(EffectWord)

    /// Whether `JobStore.apply` gives an outcome for it.
    public var hasOutcome: Bool {
        switch self {
        case .insert, .cancel, .revive, .park, .fireSchedule, .claim, .beginEffect, .settleEffect, .release, .expire,
            .prune, .correctWaits, .tellDependents:
            true
        case .noteClock, .lease, .finish, .again, .applySchedules, .storeSchedule, .control, .start,
            .progress, .noteTrigger, .setKinds, .recordWorkerOwner, .removeWorkerOwners:
            false
        }
    }

    /// How a job ended.
    public struct Finish: Sendable {
        /// Which job.
        public var id: JobID
        /// Which attempt.
        public var attempt: Int
        /// A terminal state.
        public var state: JobState
        /// What went wrong, this attempt included.
        public var setbacks: Setbacks
        /// What it gave back.
        public var result: [UInt8]
        /// Why it failed; empty where it did not.
        public var error: String
        /// Who ran it.
        public var worker: String
        /// When.
        public var at: Timestamp

        /// An end.
        public init(
            id: JobID, attempt: Int, state: JobState, setbacks: Setbacks, result: [UInt8] = [], error: String = "",
            worker: String, at: Timestamp
        ) {
            self.id = id
            self.attempt = attempt
            self.state = state
            self.setbacks = setbacks
            self.result = result
            self.error = error
            self.worker = worker
            self.at = at
        }
    }

    /// Why and from when a job waits again.
    public struct Again: Sendable {
        /// Which job.
        public var id: JobID
        /// The attempt that ended.
        public var attempt: Int
        /// What went wrong so far.
        public var setbacks: Setbacks
        /// Not before.
        public var runAt: Timestamp
        /// Why the attempt ended; empty where it was given back.
        public var error: String
        /// What the attempts list calls it: `failed`, `given back`, `worker lost`.
        public var outcome: String
        /// Who ran it.
        public var worker: String
        /// When.
        public var at: Timestamp

        /// A return to the queue.
        public init(
            id: JobID, attempt: Int, setbacks: Setbacks, runAt: Timestamp, error: String, outcome: String,
            worker: String,
            at: Timestamp
        ) {
            self.id = id
            self.attempt = attempt
            self.setbacks = setbacks
            self.runAt = runAt
            self.error = error
            self.outcome = outcome
            self.worker = worker
            self.at = at
        }
    }

    /// Why a job waits for a person.
    public struct Park: Sendable {
        /// Which job.
        public var id: JobID
        /// The attempt that ended.
        public var attempt: Int
        /// `uncertain` or `quarantined`.
        public var state: JobState
        /// What went wrong so far.
        public var setbacks: Setbacks
        /// Why.
        public var error: String
        /// What the attempts list calls it.
        public var outcome: String
        /// Who ran it.
        public var worker: String
        /// When.
        public var at: Timestamp

        /// A job that waits for a person.
        public init(
            id: JobID, attempt: Int, state: JobState, setbacks: Setbacks, error: String, outcome: String,
            worker: String, at: Timestamp
        ) {
            self.id = id
            self.attempt = attempt
            self.state = state
            self.setbacks = setbacks
            self.error = error
            self.outcome = outcome
            self.worker = worker
            self.at = at
        }
    }
}

/// A schedule as the store keeps it. What its text means is the broker's business.
public struct StoredSchedule: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its definition, as JSON.
    public var definition: String
    /// When it fires next; nil = never.
    public var next: Timestamp?
    /// The nominal time that it fired for last.
    public var lastNominal: Timestamp?
    /// Whose set it belongs to. Default the unnamed one.
    public var owner: String

    /// A schedule.
    public init(name: String, definition: String, next: Timestamp?, lastNominal: Timestamp?, owner: String = "") {
        self.owner = owner
        self.name = name
        self.definition = definition
        self.next = next
        self.lastNominal = lastNominal
    }
}

/// What the workers of a kind say of it, as the store keeps it.
public struct StoredKind: Sendable, Equatable {
    /// The kind.
    public var name: String
    /// `WireKindOptions`, serialized; empty = nothing is said any more.
    public var options: [UInt8]
    /// When it was said.
    public var at: Timestamp
    /// The name of the worker that said it.
    public var by: String

    /// A kind.
    public init(name: String, options: [UInt8], at: Timestamp, by: String) {
        self.name = name
        self.options = options
        self.at = at
        self.by = by
    }
}
