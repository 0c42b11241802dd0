import Foundation
import Logging
import Synchronization

/// What a handler knows of the job that it runs, and how it makes further jobs.
public final class JobContext: Sendable {
    /// A job made by a handler: it becomes real in the transaction that records the handler's success.
    public struct Child: Sendable {
        /// The job on the wire.
        public let wire: WireNewJob
        /// Its payload.
        public let payload: [UInt8]

        package init(wire: WireNewJob, payload: [UInt8]) {
            self.wire = wire
            self.payload = payload
        }
    }

    /// The job's id.
    public let id: JobID
    /// Its kind.
    public let kind: String
    /// Where it waited.
    public let queue: String
    /// How often it has been handed out, this time included.
    public let attempt: Int
    /// How often it has failed before.
    public let failures: Int
    /// When its producer got the confirmation.
    public let enqueuedAt: Timestamp
    /// What travels with the job beside its payload, such as `traceparent` (W3C Trace Context).
    public let headers: [String: String]
    /// A logger that knows the job's id, kind and attempt.
    public var logger: Logger {
        // Made when it is asked for: most attempts have nothing to say.
        var logger = plainLogger
        logger[metadataKey: "job"] = "\(id)"
        logger[metadataKey: "kind"] = "\(kind)"
        logger[metadataKey: "attempt"] = "\(attempt)"
        for (key, value) in metadata { logger[metadataKey: key] = value }
        return logger
    }

    private let plainLogger: Logger
    /// What else it knows.
    private let metadata: Logger.Metadata
    /// Where its effects on the world are written down.
    let ledger: any EffectLedger
    let desk: any JobDesk
    private let clock: @Sendable () -> Timestamp

    /// The middleware through which its children leave.
    let outgoing: EnqueueChain
    private let children: ChildList
    /// Made by the first call of `once`: most attempts have none.
    private let ownTurns = Mutex<EffectTurns?>(nil)
    /// The context of which this is a copy with more in its logger; nil = it is none.
    private let original: JobContext?

    /// A context, as the worker makes it; tests make their own.
    public init(
        id: JobID = JobID(), kind: String, queue: String = "default", attempt: Int = 1, failures: Int = 0,
        enqueuedAt: Timestamp = .now(), headers: [String: String] = [:], logger: Logger,
        ledger: any EffectLedger = MemoryEffectLedger(), desk: any JobDesk = SilentDesk(),
        outgoing: EnqueueChain = EnqueueChain(), clock: @escaping @Sendable () -> Timestamp = { .now() }
    ) {
        original = nil
        self.clock = clock
        self.outgoing = outgoing
        children = ChildList()
        self.headers = headers
        self.desk = desk
        self.id = id
        self.kind = kind
        self.queue = queue
        self.attempt = attempt
        self.failures = failures
        self.enqueuedAt = enqueuedAt
        plainLogger = logger
        metadata = [:]
        self.ledger = ledger
    }

    /// The same attempt with more in its logger, for what is further in.
    public func logging(_ metadata: Logger.Metadata) -> JobContext {
        JobContext(self, logging: metadata)
    }

    private init(_ context: JobContext, logging metadata: Logger.Metadata) {
        plainLogger = context.plainLogger
        self.metadata = context.metadata.merging(metadata) { $1 }
        (id, kind, queue, headers) = (context.id, context.kind, context.queue, context.headers)
        (attempt, failures, enqueuedAt) = (context.attempt, context.failures, context.enqueuedAt)
        (ledger, desk, outgoing, children) = (context.ledger, context.desk, context.outgoing, context.children)
        clock = context.clock
        original = context.original ?? context
    }

    private var turns: EffectTurns {
        ownTurns.withLock { turns in
            let present = turns ?? EffectTurns()
            turns = present
            return present
        }
    }

    /// Runs a body in the turn of an effect's key: one call of this attempt at a time.
    func inTurn<Result>(of key: String, _ body: () async throws -> Result) async throws -> Result {
        // The ledger refuses it: its effect is under way.
        if EffectTurns.entered.contains(key) { return try await body() }
        let turns = (original ?? self).turns
        try await turns.enter(key)
        defer { turns.leave(key) }
        return try await EffectTurns.$entered.withValue(EffectTurns.entered.union([key]), operation: body)
    }

    /// Makes a further job. It becomes real together with this job's success, and not without it. A handler may make
    /// 10,000 of them with 32 MiB of payload in all; one that needs more enqueues in steps.
    /// - Parameter options: instead of the kind's own.
    /// - Returns: its id.
    /// - Throws: `EncodingError`, what a middleware throws, or `Refusal` where the broker would refuse the job.
    @discardableResult
    public func enqueue<J: Job>(_ job: J, options: JobOptions? = nil) throws -> JobID {
        let id = JobID()
        var payload = try job.encodePayload()
        var wire = (options ?? J.options).wire(id: id, kind: J.kind, at: clock())
        if let options, options != J.options { wire.ignoresKindOptions = true }
        try outgoing.prepare(&wire, &payload)
        try children.add(Child(wire: wire, payload: payload), at: clock())
        return id
    }

    /// The jobs that the handler made, as they leave.
    public var enqueued: [Child] { children.list }
}

/// The jobs that a handler made.
private final class ChildList: Sendable {
    private let children = Mutex<(list: [JobContext.Child], bytes: Int)>(([], 0))

    var list: [JobContext.Child] { children.withLock { $0.list } }

    func add(_ child: JobContext.Child, at now: Timestamp) throws(Refusal) {
        try children.withLock { children throws(Refusal) in
            _ = try JobDraft(
                wire: child.wire, payload: child.payload, position: children.list.count + 1, now: now)
            let bytes = children.bytes + child.payload.count
            guard children.list.count < Limits.jobsPerMessage, bytes <= Limits.childrenBytes else {
                throw Refusal(
                    .tooLarge,
                    "a handler may make \(Limits.jobsPerMessage) jobs with \(Limits.childrenBytes) bytes of payload; let "
                        + "a child go on from here")
            }
            children.list.append(child)
            children.bytes = bytes
        }
    }
}
