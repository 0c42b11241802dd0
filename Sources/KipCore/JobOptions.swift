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
    /// At most one job for a key, for ever. Default none.
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
    /// - Parameter conflict: what it comes to where another payload has the key.
    public func unique(_ key: String, onConflict conflict: KeyConflict = .refuse) -> JobOptions {
        var options = self
        options.uniqueKey = key
        options.keyConflict = conflict
        return options
    }

    /// The job that these options and a kind make on the wire.
    public func wire(id: JobID, kind: String) -> WireNewJob {
        var job = WireNewJob()
        job.id = id.description
        job.kind = kind
        if queue != "default" { job.queue = queue }
        job.priority = Int32(clamping: priority)
        job.delayMs = delay?.milliseconds ?? 0
        job.runAtMs = runAt?.milliseconds ?? 0
        job.uniqueKey = uniqueKey ?? ""
        if maxAttempts != Limits.maxAttempts { job.maxAttempts = Int32(clamping: maxAttempts) }
        job.timeoutMs = timeout?.milliseconds ?? 0
        if retry != .standard { job.backoff = retry.wire }
        job.keyConflict = keyConflict == .keepExisting ? .keepExisting : .refuse
        job.onWorkerLost = onWorkerLost == .quarantine ? .quarantine : .retry
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
