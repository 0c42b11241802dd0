/// What a job asks for beside a worker: when it is too late, whom it waits for, what may not run beside it, and what is kept
/// of it. Most jobs ask for nothing of the kind, and pay nothing for it.
public struct JobConditions: Sendable, Equatable {
    /// No attempt begins after this; the job ends as expired.
    public var expiresAt: Timestamp?
    /// No attempt goes on after this; a job that waits then ends as expired.
    public var deadline: Timestamp?
    /// A person releases it before it may run.
    public var hold = false
    /// Jobs that must end before it may run.
    public var after: [JobID] = []
    /// What one of them means that does not end well.
    public var onParentFailed = OnParentFailed.cancel
    /// Of all jobs with this key only `concurrency` run at once.
    public var concurrencyKey: String?
    /// 1 or more.
    public var concurrency = 1
    /// How long its unique key stands for it.
    public var uniqueScope = UniqueScope.forever
    /// Its payload is wiped when it has succeeded, was cancelled or is expired.
    public var redacts = false
    /// How long the job and its result are kept after its end, in milliseconds; 0 = as long as the broker keeps jobs.
    public var keepMilliseconds: Int64 = 0
    /// What travels beside the payload: `WireHeaders`, serialized; empty = nothing.
    public var headers: [UInt8] = []

    /// No conditions.
    public init() {}

    /// It waits for nothing but a worker when it is written.
    public var isReady: Bool { !hold && after.isEmpty && concurrencyKey == nil }

    /// When it is too late to begin an attempt.
    public var lastStart: Timestamp? {
        guard let deadline else { return expiresAt }
        return min(expiresAt ?? deadline, deadline)
    }
}

/// What the end of a job means to one that came after it, where it did not end well: dead, cancelled or expired.
public enum OnParentFailed: Int, Sendable, Codable, CaseIterable {
    /// That one is cancelled, too, and so on. When a person wakes the parent, those wait again.
    case cancel = 0
    /// It runs nevertheless.
    case `continue` = 1
}

/// How long a unique key stands for its job.
public enum UniqueScope: Sendable, Equatable, Hashable {
    /// Also when the job is long gone.
    case forever
    /// Until the job has ended.
    case untilDone
    /// For so many milliseconds from when it was taken.
    case period(milliseconds: Int64)
}

/// The part of a job's conditions that its attempts need.
public struct JobTerms: Sendable, Equatable {
    /// No attempt begins after this.
    public var lastStart: Timestamp?
    /// No attempt goes on after this.
    public var deadline: Timestamp?
    /// What travels beside the payload: `WireHeaders`, serialized; empty = nothing.
    public var headers: [UInt8]

    /// Terms; nil where there are none.
    public init?(lastStart: Timestamp?, deadline: Timestamp?, headers: [UInt8]) {
        if lastStart == nil, deadline == nil, headers.isEmpty { return nil }
        self.lastStart = lastStart
        self.deadline = deadline
        self.headers = headers
    }

    /// The terms of conditions; nil where there are none.
    public init?(_ conditions: JobConditions) {
        self.init(lastStart: conditions.lastStart, deadline: conditions.deadline, headers: conditions.headers)
    }

    /// Whether it is too late to begin.
    public func isLate(at now: Timestamp) -> Bool { lastStart.map { $0 <= now } ?? false }
}
