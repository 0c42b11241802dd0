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
    case again(Again)
    /// An operator cancels a job that does not run.
    case cancel(JobID, at: Timestamp)
    /// An operator wakes an ended job: its failures are forgotten, its attempt number goes on.
    case revive(JobID, at: Timestamp)
    /// The schedules of the file, and no others.
    case applySchedules([StoredSchedule])
    /// A schedule's job and the schedule's next time, together.
    case fireSchedule(name: String, nominal: Timestamp, next: Timestamp?, JobDraft, at: Timestamp)

    /// How a job ended.
    public struct Finish: Sendable {
        /// Which job.
        public var id: JobID
        /// Which attempt.
        public var attempt: Int
        /// A terminal state.
        public var state: JobState
        /// Failures, this one included.
        public var failures: Int
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
            id: JobID, attempt: Int, state: JobState, failures: Int, result: [UInt8] = [], error: String = "",
            worker: String, at: Timestamp
        ) {
            self.id = id
            self.attempt = attempt
            self.state = state
            self.failures = failures
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
        /// Failures so far.
        public var failures: Int
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
            id: JobID, attempt: Int, failures: Int, runAt: Timestamp, error: String, outcome: String, worker: String,
            at: Timestamp
        ) {
            self.id = id
            self.attempt = attempt
            self.failures = failures
            self.runAt = runAt
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
