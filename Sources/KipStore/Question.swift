import KipCore

/// What an operator asks of the store.
public enum Question: Sendable, Equatable {
    /// Jobs by filter, the newest first.
    case jobs(
        state: JobState?, kind: String, queue: String, limit: Int, before: JobID? = nil, matching: JobMatch = JobMatch()
    )
    /// One job with its payload, result and attempts.
    case job(JobID, visibleTo: JobVisibility? = nil)
    /// The states of these jobs; one that may not be seen is as good as not there.
    case states([JobID], visibleTo: JobVisibility? = nil)
    /// Why a job is where it is, as far as the store knows.
    case explanation(JobID)
    /// The results of the jobs that a job came after, in order, without so many of the first.
    case parents(of: JobID, from: Int)
    /// Counts for each queue.
    case queues
    /// All schedules.
    case schedules
    /// Effects by filter, the newest first; 0 = every state.
    case effects(state: WireEffectState, prefix: String, limit: Int)
    /// One effect.
    case effect(key: String)
    /// The times that a schedule fired for, the newest first.
    case firings(schedule: String, limit: Int)

    /// Ids that it names and that are looked up one by one.
    public var ids: Int { if case .states(let ids, _) = self { ids.count } else { 0 } }

    /// Its rows are named, and found by their index; others may look at every job.
    public var isLookup: Bool {
        switch self {
        case .job, .states, .explanation, .parents, .schedules, .effect, .firings: true
        case .jobs, .queues, .effects: false
        }
    }
}

/// What the store answers, in rows of the wire, so that nothing is copied into a third shape.
public enum Answer: Sendable {
    /// To `jobs`; `more` says that the limit cut the list.
    case jobs([WireJob], more: Bool)
    /// To `job`; nil = there is none of that id.
    case job(WireJob, payload: [UInt8], result: [UInt8], attempts: [WireAttempt], log: [WireLogLine])
    /// To `explanation`.
    case explanation(WireExplanation)
    /// To `parents`.
    case parents(WireParentResults, results: [[UInt8]])
    /// There is no such job.
    case noJob
    /// To `states`; nil = there is no such job.
    case states([JobState?])
    /// To `queues`.
    case queues([WireQueue])
    /// To `schedules`.
    case schedules([StoredSchedule])
    /// To `effects` and `effect`.
    case effects([WireEffect], more: Bool)
    /// To `firings`.
    case firings([WireScheduleFirings.Firing], more: Bool)
}
