import KipCore

/// Where the broker keeps everything that it has promised. One thread at a time calls a store.
///
/// A store applies a batch whole or not at all, and `apply` returns after the batch is on disk.
public protocol JobStore: QuestionStore {
    /// Writes a batch in one transaction and makes it durable before it returns.
    /// - Returns: an outcome for each mutation that has one, and what came free.
    /// - Throws: `StoreError`; then nothing of the batch was written, but for `.unknown`.
    func apply(_ batch: [Mutation]) throws(StoreError) -> Applied

    /// The waiting jobs of a lane that come first, by priority, then age: at most so many, and not many more bytes of
    /// payload than `bytes`.
    func available(lane: Lane, limit: Int, bytes: Int) throws(StoreError) -> Waiting

    /// The lanes in which a job waits.
    func lanes() throws(StoreError) -> [Lane]

    /// The jobs that were handed out when the broker stopped.
    func running() throws(StoreError) -> [RunningJob]

    /// Makes scheduled jobs whose time has come available.
    /// - Returns: the lanes that got a job, the jobs for which it is too late, and when the next one is due.
    func promote(upTo now: Timestamp, limit: Int) throws(StoreError) -> Promotion

    /// Whether jobs that came after others are still to be told of their ends (`Mutation.tellDependents`).
    func hasUntoldDependents() throws(StoreError) -> Bool

    /// The effects that were begun and have neither receipt nor refusal.
    func openEffects() throws(StoreError) -> [OpenEffect]

    /// What operators have said of queues and kinds.
    func controls() throws(StoreError) -> [Control]

    /// The starts that are counted against rates.
    func starts() throws(StoreError) -> [QueueStarts]

    /// The latest time up to a moment that each schedule has fired for; a schedule that has fired for none is left out.
    func lastFirings(upTo now: Timestamp) throws(StoreError) -> [String: Timestamp]

    /// The latest reading of the wall clock that was noted; nil = none.
    func latestClock() throws(StoreError) -> Timestamp?

    /// What workers have said of their kinds.
    func kinds() throws(StoreError) -> [StoredKind]

    /// Which key owns which worker's id.
    func workerOwners() throws(StoreError) -> [WorkerOwner]

    /// All schedules.
    func schedules() throws(StoreError) -> [StoredSchedule]

    /// Does what can wait until those who wait have been answered.
    /// - Parameter all: nobody waits, or somebody is about to read beside the store: what `apply` was told is for all to see
    ///   when this returns.
    /// - Throws: `StoreError`; nothing is lost then.
    func merge(all: Bool) throws(StoreError)

    /// What another thread looks at about once a second; nil = there is nothing to look at.
    var watch: StoreWatch? { get }

    /// Whether there is anything to merge.
    var hasRecent: Bool { get }

    /// What an operator should know though nothing was refused; nil = all is well.
    var trouble: String? { get }

    /// Why nothing may be confirmed any more before another process has opened the store anew; nil = all is well. Batches
    /// are refused from then on.
    var mustEnd: StoreError? { get }

    /// Closes it; nothing is asked of it after that.
    func close()
}

extension JobStore {
    /// What is written is for all to see at once.
    public func merge(all: Bool) throws(StoreError) {}

    /// Nothing is wrong with the disk.
    public var mustEnd: StoreError? { nil }

    /// Nothing is to be merged.
    public var hasRecent: Bool { false }

    /// It has no files that could be removed.
    public var watch: StoreWatch? { nil }
}

/// Where questions are answered. One thread at a time asks.
public protocol QuestionStore: AnyObject, Sendable {
    /// Answers an operator's question.
    /// - Throws: `StoreError`.
    func answer(_ question: Question) throws(StoreError) -> Answer
}

/// A queue and a kind: the jobs that wait for the same workers.
public struct Lane: Hashable, Comparable, Sendable {
    /// The queue's name.
    public var queue: String
    /// The kind's name.
    public var kind: String

    /// A lane.
    public init(queue: String, kind: String) {
        self.queue = queue
        self.kind = kind
    }

    /// By queue, then by kind.
    public static func < (left: Lane, right: Lane) -> Bool { (left.queue, left.kind) < (right.queue, right.kind) }
}

/// A job and where it waits.
public struct LaneJob: Sendable, Equatable {
    /// Which job.
    public var id: JobID
    /// Its queue and kind.
    public var lane: Lane

    /// A job of a lane.
    public init(id: JobID, lane: Lane) {
        self.id = id
        self.lane = lane
    }
}

/// The first waiting jobs of a lane.
public struct Waiting: Sendable, Equatable {
    /// The jobs, the first first.
    public var jobs: [WaitingJob]
    /// There are no others.
    public var isAll: Bool

    /// Jobs of a lane.
    public init(_ jobs: [WaitingJob], isAll: Bool) {
        self.jobs = jobs
        self.isAll = isAll
    }
}

/// What the broker must know of a job to hand it out and to judge its result.
public struct WaitingJob: Sendable, Equatable {
    /// Who it is.
    public var id: JobID
    /// Higher first.
    public var priority: Int
    /// How often it was handed out: the fence of the next attempt is one more.
    public var attempt: Int
    /// What went wrong with it so far.
    public var setbacks: Setbacks
    /// Failures that make it a dead letter.
    public var maxAttempts: Int
    /// For one attempt, in milliseconds; 0 = none.
    public var timeoutMilliseconds: Int64
    /// The waits between attempts.
    public var retry: RetryPolicy
    /// What the loss of its worker means.
    public var onWorkerLost: OnWorkerLost
    /// When it was confirmed.
    public var createdAt: Timestamp
    /// What its attempts must keep to; nil = nothing.
    public var terms: JobTerms? {
        get { boxedTerms?.value }
        set { boxedTerms = newValue.map(Boxed.init) }
    }
    private var boxedTerms: Boxed<JobTerms>?
    /// Opaque to the queue.
    public var payload: [UInt8]
    /// Since when it may run.
    public var runAt: Timestamp

    /// A waiting job.
    /// - Parameter runAt: since when it may run; default since it was confirmed.
    public init(
        id: JobID, priority: Int, attempt: Int, setbacks: Setbacks, maxAttempts: Int, timeoutMilliseconds: Int64,
        retry: RetryPolicy, onWorkerLost: OnWorkerLost, createdAt: Timestamp, terms: JobTerms? = nil, payload: [UInt8],
        runAt: Timestamp? = nil
    ) {
        self.runAt = runAt ?? createdAt
        self.id = id
        self.priority = priority
        self.attempt = attempt
        self.setbacks = setbacks
        self.maxAttempts = maxAttempts
        self.timeoutMilliseconds = timeoutMilliseconds
        self.retry = retry
        self.onWorkerLost = onWorkerLost
        self.createdAt = createdAt
        boxedTerms = terms.map(Boxed.init)
        self.payload = payload
    }

    /// A job that was just written.
    public init(_ draft: JobDraft, createdAt: Timestamp) {
        self.init(
            id: draft.id, priority: draft.priority, attempt: 0, setbacks: Setbacks(), maxAttempts: draft.maxAttempts,
            timeoutMilliseconds: draft.timeoutMilliseconds, retry: draft.retry, onWorkerLost: draft.onWorkerLost,
            createdAt: createdAt, terms: draft.conditions.flatMap { JobTerms($0) }, payload: draft.payload,
            runAt: draft.runAt)
    }

    /// How it runs apart from others, because a worker was lost with it and it may be the cause; nil = it does not.
    public var isolation: Isolation? {
        switch setbacks.losses {
        case ..<1: nil
        case 1: .group
        default: .alone
        }
    }

    /// A worker was lost with it.
    public var needsIsolation: Bool { setbacks.losses > 0 }
}

/// How a job that was lost with its worker is tried again. It follows from the count of its losses, which is on disk, so a
/// broker that starts again goes on where it was.
public enum Isolation: Sendable {
    /// After the first loss: together with others that were lost once, on one worker.
    case group
    /// After the second: in a worker that holds nothing else.
    case alone
}

/// A job that a worker held when the broker stopped.
public struct RunningJob: Sendable {
    /// The job, its `attempt` being the one that runs.
    public var job: WaitingJob
    /// Where it waited.
    public var lane: Lane
    /// The worker's id.
    public var worker: String

    /// A running job.
    public init(job: WaitingJob, lane: Lane, worker: String) {
        self.job = job
        self.lane = lane
        self.worker = worker
    }
}

/// What became of a mutation that asks something of what is there.
public enum WriteOutcome: Sendable, Equatable {
    /// The inserted job is new, and waits for its time or a worker.
    case created
    /// The inserted job is new, and waits for something else, or was cancelled with its parent.
    case deferred
    /// There was a job of this id or unique key: nothing was written.
    case existing(JobID)
    /// There is a job of this id that has another kind or payload: nothing was written, nor what a claim covers.
    case idTaken(JobID)
    /// The job of this lane was cancelled or revived.
    case changed(Lane)
    /// The job was not in a state that allows it.
    case unchanged
    /// The batch has no room left for this job: nothing was written of it, a later batch can.
    case postponed
    /// All keys are free, or belong to the same jobs.
    case claimed
    /// The claim of this place has a key that another job has for something else: what the claim covers was not written.
    /// The job is nil where the claim's owner may not see it.
    case keyTaken(position: Int, by: JobID?)
    /// A claim names a parent that is not there: what it covers was not written.
    case parentMissing(JobID)
    /// A claim finds a queue too long: what it covers was not written.
    case queueFull(queue: String, most: Int)
    /// It is covered by a claim that failed.
    case skipped
    /// This job, which the schedule fired before, has not ended: the schedule did not fire.
    case overlaps(JobID)
    /// The schedule fired, and the job waits for a person: after a restore that nothing proved, the time may have fired before.
    case quarantined(JobID)
    /// How an effect's key stands now.
    case standing(EffectStanding)
    /// An effect's key belongs to an effect of that job that is begun or in doubt; its lane is nil where the job is gone.
    case effectInDoubt(job: JobID, lane: Lane?)
    /// An effect's intent is on disk, but not yet in the journal outside of the database: nobody may act on it.
    case unmirrored
    /// What became of an effect, or of an attempt that a person decides about, is written.
    case settled
    /// Jobs that came after others have been told of their ends; false = some are left.
    case dependentsTold(isAll: Bool)
    /// Waits are counted anew, all or a page of them, after which the same mutation goes on with the others. The latest time
    /// up to that moment that each schedule has fired for; nil = it was not asked.
    case waitsCorrected(lastFirings: [String: Timestamp]?, isAll: Bool)
    /// So many jobs were taken away; nil = there are no others to look at.
    case pruned(jobs: Int, next: JobID?)
}

/// What a batch came to.
public struct Applied: Sendable, Equatable {
    /// One for each mutation that has one (`Mutation.hasOutcome`), in order.
    public var outcomes: [WriteOutcome]
    /// What else has become ready.
    public var freed: Freed

    /// What a batch came to.
    public init(outcomes: [WriteOutcome], freed: Freed = Freed()) {
        self.outcomes = outcomes
        self.freed = freed
    }
}

/// What `promote` did.
public struct Promotion: Sendable, Equatable {
    /// Lanes that got a job.
    public var lanes: [Lane]
    /// When the next job is due, or too late; nil = there is none.
    public var next: Timestamp?
    /// Jobs that wait and for which it is too late.
    public var late: [JobID]

    /// A promotion.
    public init(lanes: [Lane], next: Timestamp?, late: [JobID] = []) {
        self.lanes = lanes
        self.next = next
        self.late = late
    }
}
