import KipCore

/// What became of an enqueued job.
public struct EnqueuedJob: Sendable, Hashable, Codable {
    /// Its id, or the id of the job that was there already.
    public let id: JobID
    /// False where there was a job of this id or unique key: nothing was written.
    public let isNew: Bool

    static func list(_ message: WireMessage, count: Int) -> Result<[EnqueuedJob], KipClientError> {
        guard let enqueued = message.enqueued, enqueued.count == count else { return .failure(.unexpectedAnswer) }
        return .success(enqueued.map { EnqueuedJob(id: $0.id, isNew: $0.outcome == .created) })
    }
}

/// A job to be enqueued whose kind is known by name only, as the command line has it.
public struct JobRequest: Sendable {
    /// The job on the wire.
    public var wire: WireNewJob {
        get { form.wire }
        set { form = NewJobForm(newValue) }
    }
    /// As it is, until somebody looks at it or changes it.
    package var form: NewJobForm
    /// Its payload, opaque to the queue.
    public var payload: [UInt8]

    /// A request; its id is made here, so that sending it again does no harm.
    public init(kind: String, payload: [UInt8], options: JobOptions = JobOptions(), id: JobID = JobID()) {
        form = options.form(id: id, kind: kind)
        self.payload = payload
    }
}

/// A job as lists show it. Times are milliseconds since 1970; nil = not yet.
public struct JobRecord: Sendable, Codable, Equatable {
    /// Who it is.
    public let id: JobID
    /// Which handler runs it.
    public let kind: String
    /// Where it waits.
    public let queue: String
    /// The name of its state.
    public let state: String
    /// Higher first.
    public let priority: Int
    /// How often it was handed out.
    public let attempt: Int
    /// How often it failed.
    public let failures: Int
    /// Workers that were lost with it.
    public let losses: Int
    /// Times that it was given back unfinished.
    public let interruptions: Int
    /// Failures that make it a dead letter.
    public let maxAttempts: Int
    /// Its unique key.
    public let uniqueKey: String?
    /// When it was confirmed.
    public let createdAt: Int64
    /// Not before.
    public let runAt: Int64
    /// When it ended.
    public let finishedAt: Int64?
    /// The worker that has it, or had it last.
    public let worker: String?
    /// Why its last attempt failed.
    public let error: String?
    /// How long one attempt may take, in milliseconds; nil = as long as it likes.
    public let timeout: Int64?
    /// No attempt begins after this.
    public let expiresAt: Int64?
    /// No attempt goes on after this.
    public let deadline: Int64?
    /// Of all jobs with this key only so many run at once.
    public let concurrencyKey: String?
    /// Jobs that must end before it may run.
    public let waitsFor: Int
    /// How far its handler is, from 0 to 1.
    public let progress: Double?
    /// The same in words.
    public let progressText: String?
    /// The person who let it run.
    public let releasedBy: String?
    /// When.
    public let releasedAt: Int64?
    /// Its payload was wiped.
    public let redacted: Bool

    init?(_ wire: WireJob) {
        guard let id = JobID(wire.id) else { return nil }
        self.id = id
        kind = wire.kind
        queue = wire.queue
        state = JobState(wire: wire.state)?.name ?? "unknown"
        priority = Int(wire.priority)
        attempt = Int(wire.attempt)
        failures = Int(wire.failures)
        losses = Int(wire.losses)
        interruptions = Int(wire.interruptions)
        maxAttempts = Int(wire.maxAttempts)
        uniqueKey = wire.uniqueKey.isEmpty ? nil : wire.uniqueKey
        createdAt = wire.createdAtMs
        runAt = wire.runAtMs
        finishedAt = wire.finishedAtMs == 0 ? nil : wire.finishedAtMs
        worker = wire.worker.isEmpty ? nil : wire.worker
        error = wire.error.isEmpty ? nil : wire.error
        timeout = wire.timeoutMs == 0 ? nil : wire.timeoutMs
        expiresAt = wire.expiresAtMs == 0 ? nil : wire.expiresAtMs
        deadline = wire.deadlineMs == 0 ? nil : wire.deadlineMs
        concurrencyKey = wire.concurrencyKey.isEmpty ? nil : wire.concurrencyKey
        waitsFor = Int(wire.waitsFor)
        progress = wire.progress < 0 ? nil : wire.progress
        progressText = wire.progressText.isEmpty ? nil : wire.progressText
        releasedBy = wire.releasedBy.isEmpty ? nil : wire.releasedBy
        releasedAt = wire.releasedAtMs == 0 ? nil : wire.releasedAtMs
        redacted = wire.redacted
    }
}

/// A job with all that is known of it.
public struct JobDetail: Sendable, Codable {
    /// An attempt that did not succeed.
    public struct Attempt: Sendable, Codable, Equatable {
        /// Its number, from 1.
        public let attempt: Int
        /// Who ran it.
        public let worker: String
        /// When it ended, in milliseconds since 1970.
        public let endedAt: Int64
        /// `failed`, `given back`, `interrupted` or `worker lost`.
        public let outcome: String
        /// Why.
        public let error: String

        init(_ wire: WireAttempt) {
            attempt = Int(wire.attempt)
            worker = wire.worker
            endedAt = wire.endedAtMs
            outcome = wire.outcome
            error = wire.error
        }
    }

    /// A line that a handler logged.
    public struct LogLine: Sendable, Codable, Equatable {
        /// In which attempt.
        public let attempt: Int
        /// When, in milliseconds since 1970.
        public let at: Int64
        /// What.
        public let text: String
    }

    /// The job.
    public let job: JobRecord
    /// What the handler gets.
    public let payload: [UInt8]
    /// What the handler gave back.
    public let result: [UInt8]
    /// The attempts that did not succeed.
    public let attempts: [Attempt]
    /// What its handlers logged, the newest 1,000 lines.
    public let log: [LogLine]
}

/// A queue's counts.
public struct QueueRecord: Sendable, Codable {
    /// Its name.
    public let name: String
    /// Jobs whose time has not come.
    public let scheduled: Int
    /// Jobs that wait for a worker.
    public let available: Int
    /// Jobs in workers' hands.
    public let running: Int
    /// Jobs that ended well.
    public let succeeded: Int
    /// Dead letters.
    public let dead: Int
    /// Cancelled jobs.
    public let cancelled: Int
    /// Jobs with an effect in doubt.
    public let uncertain: Int
    /// Jobs that a person has to release.
    public let quarantined: Int
    /// Jobs that wait for their release by a person.
    public let held: Int
    /// Jobs that wait for other jobs.
    public let blocked: Int
    /// Jobs that it was too late for.
    public let expired: Int
    /// When the job that waits longest was confirmed, in milliseconds since 1970.
    public let oldestAvailable: Int64?
}

extension QueueRecord {
    /// A queue that has had no job.
    package init(empty name: String) {
        self.init(
            name: name, scheduled: 0, available: 0, running: 0, succeeded: 0, dead: 0, cancelled: 0, uncertain: 0,
            quarantined: 0, held: 0, blocked: 0, expired: 0, oldestAvailable: nil)
    }
}

/// A worker as the broker sees it.
public struct WorkerRecord: Sendable, Codable {
    /// Its id.
    public let id: String
    /// The name that it gave itself.
    public let name: String
    /// The kinds that it declared.
    public let kinds: [String]
    /// The queues that it serves.
    public let queues: [String]
    /// Jobs that it takes at once.
    public let credit: Int
    /// Jobs that it holds.
    public let holding: Int
    /// When it was heard last, in milliseconds since 1970.
    public let lastSeen: Int64
    /// It takes no more jobs.
    public let draining: Bool
    /// Its connection is there.
    public let reachable: Bool
    /// Jobs that it runs at once; 0 = it did not say.
    public let places: Int

    /// Of what it holds, how many it runs.
    public var running: Int { places == 0 ? holding : min(holding, places) }
    /// Of what it holds, how many wait in it.
    public var waiting: Int { holding - running }
}

/// A schedule and where it stands. Times are milliseconds since 1970.
public struct ScheduleRecord: Sendable, Codable {
    /// Its name.
    public var name: String
    /// Five fields, or six with seconds first; empty where there is a rule.
    public var cron: String
    /// A rule of working days; empty where there is a cron expression.
    public var rule: String
    /// A name of the IANA time zone database.
    public var timeZone: String
    /// The kind of its jobs.
    public var kind: String
    /// JSON with `{{date}}` and `{{time}}`.
    public var payload: String
    /// Where its jobs wait; empty = as their kind says, else `default`.
    public var queue: String
    /// The priority of its jobs; 0 = as their kind says, else 0.
    public var priority: Int
    /// `once`, `all` or `skip`.
    public var catchUp: String
    /// It does not fire.
    public var paused: Bool
    /// Its jobs run up to so many milliseconds after their nominal times, each at its own time.
    public var jitterMilliseconds: Int64
    /// What happens where the job before has not ended: `allow` or `skip`.
    public var overlap: String
    /// What else its jobs ask for.
    public var options: JobDefaults
    /// Whose set it belongs to; `apply` says it.
    public internal(set) var owner: String
    /// When it fires next.
    public var nextAt: Int64?
    /// The nominal time that it fired for last.
    public var lastNominal: Int64?

    /// A schedule to be applied.
    public init(
        name: String, cron: String, timeZone: String, kind: String, payload: String, queue: String, priority: Int,
        catchUp: String, paused: Bool, rule: String = "", jitterMilliseconds: Int64 = 0, overlap: String = "allow",
        options: JobDefaults = JobDefaults()
    ) {
        self.options = options
        owner = ""
        self.name = name
        self.cron = cron
        self.rule = rule
        self.timeZone = timeZone
        self.kind = kind
        self.payload = payload
        self.queue = queue
        self.priority = priority
        self.catchUp = catchUp
        self.paused = paused
        self.jitterMilliseconds = jitterMilliseconds
        self.overlap = overlap
    }

    init(_ wire: WireSchedule) {
        self.init(
            name: wire.name, cron: wire.cron, timeZone: wire.timeZone, kind: wire.kind, payload: wire.payload,
            queue: wire.queue, priority: Int(wire.priority), catchUp: wire.catchUp, paused: wire.paused,
            rule: wire.rule, jitterMilliseconds: wire.jitterMs, overlap: wire.overlap.isEmpty ? "allow" : wire.overlap,
            options: wire.hasOptions
                ? (try? JobDefaults(wire: wire.options, label: wire.name)) ?? JobDefaults() : JobDefaults())
        owner = wire.owner
        nextAt = wire.nextAtMs == 0 ? nil : wire.nextAtMs
        lastNominal = wire.lastNominalMs == 0 ? nil : wire.lastNominalMs
    }

    var wire: WireSchedule {
        var wire = WireSchedule()
        wire.name = name
        wire.cron = cron
        wire.timeZone = timeZone
        wire.kind = kind
        wire.payload = payload
        wire.queue = queue
        wire.priority = Int32(clamping: priority)
        wire.catchUp = catchUp
        wire.paused = paused
        wire.rule = rule
        wire.jitterMs = jitterMilliseconds
        wire.overlap = overlap
        if options != JobDefaults() { wire.options = options.wire }
        return wire
    }
}
