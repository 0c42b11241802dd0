/// What is said of many jobs at once: the options of a kind, for jobs whose producer does not say, or those of a schedule.
/// Times are milliseconds; nil = nothing is said, and the queue's own default holds.
public struct JobDefaults: Sendable, Equatable, Codable {
    /// Where they wait.
    public var queue: String?
    /// Higher first.
    public var priority: Int?
    /// How long they wait before they may run.
    public var delay: Int64?
    /// Failures that make a dead letter.
    public var maxAttempts: Int?
    /// For one attempt.
    public var timeout: Int64?
    /// The waits between attempts.
    public var retry: RetryPolicy?
    /// What the loss of the worker means.
    public var onWorkerLost: OnWorkerLost?
    /// From when a job is enqueued: no attempt begins later.
    public var expires: Int64?
    /// From when a job is enqueued: no attempt goes on later.
    public var within: Int64?
    /// A person releases each before it may run.
    public var hold: Bool?
    /// Of all jobs with this key only `concurrency` run at once.
    public var concurrencyKey: String?
    /// 1 or more; nil = 1.
    public var concurrency: Int?
    /// What a parent means that does not end well.
    public var onParentFailed: OnParentFailed?
    /// The payload is wiped at the end of the job.
    public var redacts: Bool?
    /// How long the job is kept after its end.
    public var keep: Int64?
    /// Of a schedule: what the kind says does not count.
    public var ignoresKindOptions: Bool?

    /// Nothing is said.
    public init() {}

    /// What options of a Swift type say beside the queue's defaults. What belongs to a single job (its key, its parents, a
    /// moment at which it runs or ends) is left out.
    public init(_ options: JobOptions) {
        queue = options.queue == "default" ? nil : options.queue
        priority = options.priority == 0 ? nil : options.priority
        delay = options.delay?.milliseconds
        maxAttempts = options.maxAttempts == Limits.maxAttempts ? nil : options.maxAttempts
        timeout = options.timeout?.milliseconds
        retry = options.retry == .standard ? nil : options.retry
        onWorkerLost = options.onWorkerLost == .retry ? nil : options.onWorkerLost
        expires = options.expires?.milliseconds
        within = options.within?.milliseconds
        let conditions = options.conditions
        hold = conditions.hold ? true : nil
        concurrencyKey = conditions.concurrencyKey
        concurrency = conditions.concurrencyKey == nil || conditions.concurrency == 1 ? nil : conditions.concurrency
        onParentFailed = conditions.onParentFailed == .cancel ? nil : conditions.onParentFailed
        redacts = conditions.redacts ? true : nil
        keep = conditions.keepMilliseconds == 0 ? nil : conditions.keepMilliseconds
    }

    /// What is not said here is taken from others.
    public func filled(from others: JobDefaults) -> JobDefaults {
        var all = self
        all.queue = queue ?? others.queue
        all.priority = priority ?? others.priority
        all.delay = delay ?? others.delay
        all.maxAttempts = maxAttempts ?? others.maxAttempts
        all.timeout = timeout ?? others.timeout
        all.retry = retry ?? others.retry
        all.onWorkerLost = onWorkerLost ?? others.onWorkerLost
        all.expires = expires ?? others.expires
        all.within = within ?? others.within
        all.hold = hold ?? others.hold
        if concurrencyKey == nil { (all.concurrencyKey, all.concurrency) = (others.concurrencyKey, others.concurrency) }
        all.onParentFailed = onParentFailed ?? others.onParentFailed
        all.redacts = redacts ?? others.redacts
        all.keep = keep ?? others.keep
        return all
    }
}

extension JobDefaults {
    /// Conditions that say nothing of their own get what is said here.
    /// - Parameters:
    ///   - given: nil = there are none.
    ///   - now: the moment from which times count.
    func fill(_ given: JobConditions?, at now: Timestamp) -> JobConditions? {
        let saysNothing =
            expires == nil && within == nil && hold == nil && concurrencyKey == nil && onParentFailed == nil
            && redacts == nil && keep == nil
        if saysNothing { return given }
        var all = given ?? JobConditions()
        all.expiresAt = all.expiresAt ?? expires.map { now.advanced(byMilliseconds: $0) }
        all.deadline = all.deadline ?? within.map { now.advanced(byMilliseconds: $0) }
        all.hold = all.hold || hold == true
        if all.concurrencyKey == nil, let concurrencyKey {
            (all.concurrencyKey, all.concurrency) = (concurrencyKey, concurrency ?? 1)
        }
        if !all.after.isEmpty, all.onParentFailed == .cancel { all.onParentFailed = onParentFailed ?? .cancel }
        all.redacts = all.redacts || redacts == true
        if all.keepMilliseconds == 0 { all.keepMilliseconds = keep ?? 0 }
        return all == JobConditions() ? nil : all
    }
}

extension JobDraft {
    /// The job with what its kind says where its producer says nothing. In proto3 0 and nothing are one: a producer that
    /// means 0, or the queue's own default, says so (`ignoresKindOptions`).
    /// - Parameters:
    ///   - words: what the producer says.
    ///   - now: the moment from which times count.
    package func filled(from kind: JobDefaults, where words: some NewJobWords, at now: Timestamp) -> JobDraft {
        let waits = words.delayMs == 0 && words.runAtMs == 0 ? kind.delay : nil
        return JobDraft(
            id: id, kind: self.kind, queue: words.queue.isEmpty ? kind.queue ?? queue : queue,
            priority: words.priority == 0 ? kind.priority ?? 0 : priority,
            runAt: waits.map { now.advanced(byMilliseconds: $0) } ?? runAt, uniqueKey: uniqueKey,
            maxAttempts: words.maxAttempts == 0 ? kind.maxAttempts ?? maxAttempts : maxAttempts,
            timeoutMilliseconds: words.timeoutMs == 0 ? kind.timeout ?? 0 : timeoutMilliseconds,
            retry: words.givenBackoff == nil ? kind.retry ?? retry : retry, keyConflict: keyConflict,
            onWorkerLost: words.onWorkerLost == .retry ? kind.onWorkerLost ?? .retry : onWorkerLost,
            conditions: kind.fill(conditions, at: now), payload: payload)
    }

    /// A job of which nothing is said but this.
    /// - Parameters:
    ///   - runAt: not before; a delay counts from there.
    ///   - now: the moment from which all other times count.
    package init(
        id: JobID, kind: String, _ options: JobDefaults, runAt: Timestamp, uniqueKey: String?, payload: [UInt8],
        at now: Timestamp
    ) {
        self.init(
            id: id, kind: kind, queue: options.queue ?? "default", priority: options.priority ?? 0,
            runAt: options.delay.map { runAt.advanced(byMilliseconds: $0) } ?? runAt, uniqueKey: uniqueKey,
            maxAttempts: options.maxAttempts ?? Limits.maxAttempts, timeoutMilliseconds: options.timeout ?? 0,
            retry: options.retry ?? .standard, onWorkerLost: options.onWorkerLost ?? .retry,
            conditions: options.fill(nil, at: now), payload: payload)
    }
}
