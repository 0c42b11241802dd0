import KipCore

/// What the rules of conditions must know of a job, as it stands on disk.
public struct JobFacts: Sendable, Equatable {
    /// Where it is.
    public var state: JobState
    /// Where it waits.
    public var lane: Lane
    /// Not before.
    public var runAt: Timestamp
    /// No attempt begins after this.
    public var lastStart: Timestamp?
    /// A person has to release it first.
    public var isHeld: Bool
    /// Jobs that must end before it may run.
    public var waitsFor: Int
    /// What one of them means that does not end well.
    public var onParentFailed: OnParentFailed
    /// Of all jobs with this key only `concurrency` run at once.
    public var concurrencyKey: String?
    /// 1 or more.
    public var concurrency: Int
    /// Its unique key.
    public var uniqueKey: String?
    /// How long that stands for it.
    public var uniqueScope: UniqueScope
    /// Its payload is wiped at a good end.
    public var redacts: Bool
    /// It was wiped.
    public var isRedacted: Bool

    /// Facts.
    public init(
        state: JobState, lane: Lane, runAt: Timestamp, lastStart: Timestamp?, isHeld: Bool, waitsFor: Int,
        onParentFailed: OnParentFailed, concurrencyKey: String?, concurrency: Int, uniqueKey: String?,
        uniqueScope: UniqueScope, redacts: Bool,
        isRedacted: Bool
    ) {
        self.state = state
        self.lane = lane
        self.runAt = runAt
        self.lastStart = lastStart
        self.isHeld = isHeld
        self.waitsFor = waitsFor
        self.onParentFailed = onParentFailed
        self.concurrencyKey = concurrencyKey
        self.concurrency = concurrency
        self.uniqueKey = uniqueKey
        self.uniqueScope = uniqueScope
        self.redacts = redacts
        self.isRedacted = isRedacted
    }
}

/// How a job stands to one that came after it.
public enum ParentStanding: Int, Sendable {
    /// It has not ended: the child waits for it.
    case open = 0
    /// The child does not wait for it any more.
    case met = 1
    /// It did not end well, and the child was cancelled for that.
    case failed = 2
}

/// What the children of a job are still to be told.
public enum PostponedChange: Int, Sendable {
    /// It has ended.
    case end = 0
    /// A person has woken it: those that were cancelled because of it wait again.
    case waking = 1
}

/// The rows on which the rules of conditions work. The rules stand once (`ConditionRules`), for SQLite and for the model
/// that the simulation runs on.
public protocol ConditionTable {
    /// A job; nil = there is none.
    mutating func facts(of id: JobID) throws -> JobFacts?
    /// Puts a job that waits where it belongs.
    mutating func place(_ id: JobID, _ state: JobState) throws
    /// Ends a job that waits because its parent did.
    mutating func cancel(_ id: JobID, becauseOf parent: JobID, _ state: JobState, at now: Timestamp) throws
    /// A cancelled job waits again, in that state. A time that was counted from a clock that was ahead counts no more.
    mutating func reopen(_ id: JobID, _ state: JobState, at now: Timestamp) throws
    /// Jobs with a concurrency key that are available or run.
    mutating func places(takenOf key: String) throws -> Int
    /// The first job that waits for nothing but a place of its concurrency key.
    mutating func firstBlocked(by key: String) throws -> JobID?
    /// The first jobs that came after a job, to which it stands so, by their ids.
    mutating func children(of parent: JobID, _ standing: ParentStanding, limit: Int) throws -> [JobID]
    /// Jobs that the present batch may still tell of another's end or waking: a job may have any number of children.
    var stepsLeft: Int { get set }
    /// Parents that the present batch may still look at for jobs that are woken: a job may have thousands of them.
    var parentsLeft: Int { get set }
    /// Marks that not all children of a job have been told, on disk, so that a later batch goes on.
    mutating func postpone(_ change: PostponedChange, of id: JobID) throws
    /// One of these marks; nil = there is none.
    mutating func firstPostponed() throws -> (id: JobID, change: PostponedChange)?
    /// Takes such a mark away.
    mutating func removePostponed(_ change: PostponedChange, of id: JobID) throws
    /// The jobs that a job came after, and how they stand to it.
    mutating func parents(of child: JobID) throws -> [(id: JobID, standing: ParentStanding)]
    /// Whether a job was cancelled because one that it came after did not end well.
    mutating func hasFailedParent(_ child: JobID) throws -> Bool
    /// How a parent stands to a child from now on.
    mutating func note(_ parent: JobID, of child: JobID, _ standing: ParentStanding) throws
    /// How many jobs a job waits for from now on.
    mutating func note(_ child: JobID, waitsFor count: Int) throws
    /// A unique key is nobody's any more, if it was this job's.
    mutating func free(_ key: String, of id: JobID) throws
    /// Takes a unique key for a job again; one for a period is taken for a new one.
    /// - Returns: whether it has it now.
    mutating func take(_ key: String, for id: JobID, _ scope: UniqueScope, at now: Timestamp) throws -> Bool
    /// Wipes the payload of a job.
    mutating func redact(_ id: JobID) throws
}

/// What a batch set free besides what was asked of it.
public struct Freed: Sendable, Equatable {
    /// Lanes in which a job is available that was not.
    public var lanes: Set<Lane> = []
    /// When the next of these jobs is due, or too late; nil = that is true of none.
    public var due: Timestamp?
    /// Jobs that were waiting for a worker and yielded their unique key to another.
    public var withdrawn: [LaneJob] = []

    /// Jobs that came after others are to be told of those in later batches: `Mutation.tellDependents`.
    public var isUnfinished = false

    /// Nothing.
    public init() {}

    /// Nothing was set free.
    public var isEmpty: Bool { lanes.isEmpty && due == nil && withdrawn.isEmpty && !isUnfinished }

    mutating func note(_ state: JobState, _ facts: JobFacts) {
        if state == .available { lanes.insert(facts.lane) }
        if state == .scheduled { due = min(due ?? facts.runAt, facts.runAt) }
        // It may not have waited before: it was cancelled, or in doubt.
        if let last = facts.lastStart { due = min(due ?? last, last) }
    }
}
