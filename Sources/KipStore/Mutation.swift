import KipCore

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
    /// The schedules of the file, and no others.
    case applySchedules([StoredSchedule])
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
    /// So many jobs of a queue with a rate begin; what began before `since` counts no more.
    case start(queue: String, at: Timestamp, jobs: Int, since: Timestamp)
    /// What a handler says of its progress.
    indirect case progress(ProgressNote)
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
            .prune:
            true
        case .lease, .finish, .again, .applySchedules, .storeSchedule, .control, .start, .progress, .noteTrigger:
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

    /// A schedule.
    public init(name: String, definition: String, next: Timestamp?, lastNominal: Timestamp?) {
        self.name = name
        self.definition = definition
        self.next = next
        self.lastNominal = lastNominal
    }
}
