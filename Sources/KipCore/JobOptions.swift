/// How a job waits, runs and is tried again. Stands beside the job's type, and can be given anew with each job.
public struct JobOptions: Sendable, Equatable {
    /// Where it waits. Default `default`.
    public var queue: String
    /// Higher first, -1,000 to 1,000. Default 0.
    public var priority: Int
    /// How long it waits before it may run. Default none.
    public var delay: Duration?
    /// When it may run; not together with a delay. Default at once.
    public var runAt: Timestamp?
    /// At most one job for a key, as long as `conditions.uniqueScope` says. Default none.
    public var uniqueKey: String?
    /// Failures that make it a dead letter. Default 20.
    public var maxAttempts: Int
    /// For one attempt. Default none.
    public var timeout: Duration?
    /// The waits between attempts. Default `RetryPolicy.standard`.
    public var retry: RetryPolicy
    /// What it comes to where another payload has the key. Default `refuse`.
    public var keyConflict: KeyConflict
    /// What the loss of its worker means. Default `retry`.
    public var onWorkerLost: OnWorkerLost
    /// What else it asks for: `hold`, `after`, `expiresAt`, a concurrency key and more. Default nothing.
    public var conditions = JobConditions()
    /// The job is not begun any more when so long has passed since it was enqueued; not together with
    /// `conditions.expiresAt`. Default never.
    public var expires: Duration?
    /// The whole job, all its attempts and waits, may take so long from when it was enqueued; not together with
    /// `conditions.deadline`. Default no limit.
    public var within: Duration?

    /// Options with their defaults.
    public init(
        queue: String = "default", priority: Int = 0, delay: Duration? = nil, runAt: Timestamp? = nil,
        uniqueKey: String? = nil, maxAttempts: Int = Limits.maxAttempts, timeout: Duration? = nil,
        retry: RetryPolicy = .standard, keyConflict: KeyConflict = .refuse, onWorkerLost: OnWorkerLost = .retry
    ) {
        self.queue = queue
        self.priority = priority
        self.delay = delay
        self.runAt = runAt
        self.uniqueKey = uniqueKey
        self.maxAttempts = maxAttempts
        self.timeout = timeout
        self.retry = retry
        self.keyConflict = keyConflict
        self.onWorkerLost = onWorkerLost
    }

    /// The same options with a unique key.
    /// - Parameter scope: how long the key stands for the job.
    /// - Parameter conflict: what it comes to where another payload has the key.
    public func unique(
        _ key: String, _ scope: UniqueScope = .forever, onConflict conflict: KeyConflict = .refuse
    ) -> JobOptions {
        var options = self
        options.conditions.uniqueScope = scope
        options.uniqueKey = key
        options.keyConflict = conflict
        return options
    }

    /// The same options for a job that comes after others.
    /// - Parameter failed: what one of them means that does not end well.
    public func after(_ parents: [JobID], onParentFailed failed: OnParentFailed = .cancel) -> JobOptions {
        var options = self
        options.conditions.after = parents
        options.conditions.onParentFailed = failed
        return options
    }

    /// The same options for a job that waits for its release by a person (`kip jobs release`).
    public func held() -> JobOptions {
        var options = self
        options.conditions.hold = true
        return options
    }

    /// The same options for a job of which only so many run at once for a key: one letter at a time for each recipient.
    public func limited(_ key: String, to concurrency: Int = 1) -> JobOptions {
        var options = self
        options.conditions.concurrencyKey = key
        options.conditions.concurrency = concurrency
        return options
    }

    /// The job that these options and a kind make on the wire.
    /// - Parameter now: the moment from which `expires` and `within` count.
    public func wire(id: JobID, kind: String, at now: Timestamp = .now()) -> WireNewJob {
        form(id: id, kind: kind, at: now).wire
    }

    /// As `wire(id:kind:at:)`.
    package func form(id: JobID, kind: String, at now: Timestamp = .now()) -> NewJobForm {
        let plain = plain(id: id, kind: kind)
        let isPlain = retry == .standard && expires == nil && within == nil && conditions == JobConditions()
        if isPlain { return .plain(plain) }
        var job = plain.wire
        if retry != .standard { job.backoff = retry.wire }
        var conditions = conditions
        if let expires { conditions.expiresAt = now.advanced(byMilliseconds: expires.milliseconds) }
        if let within { conditions.deadline = now.advanced(byMilliseconds: within.milliseconds) }
        if conditions != JobConditions() { job.conditions = conditions.wire }
        return .whole(job)
    }

    private func plain(id: JobID, kind: String) -> PlainNewJob {
        var job = PlainNewJob()
        job.id = id
        job.kind = kind
        if queue != "default" { job.queue = queue }
        if priority != 0 { job.priority = Int32(clamping: priority) }
        if let delay { job.delayMs = delay.milliseconds }
        if let runAt { job.runAtMs = runAt.milliseconds }
        if let uniqueKey { job.uniqueKey = uniqueKey }
        if maxAttempts != Limits.maxAttempts { job.maxAttempts = Int32(clamping: maxAttempts) }
        if let timeout { job.timeoutMs = timeout.milliseconds }
        if keyConflict != .refuse { job.keyConflict = .init(rawValue: keyConflict.rawValue) ?? .refuse }
        if onWorkerLost == .quarantine { job.onWorkerLost = .quarantine }
        return job
    }
}

extension Duration {
    /// Whole milliseconds; a duration that has more than `Int64` holds is its end.
    public var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, beyond) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return beyond ? (seconds < 0 ? .min : .max) : sum
    }
}
