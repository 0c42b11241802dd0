/// A job on its way to a broker, as middleware sees it.
public struct OutgoingJob: Sendable {
    /// Its id.
    public let id: JobID
    /// Which handler runs it.
    public let kind: String
    /// Where it will wait.
    public let queue: String
    /// At most one job for a key; nil = it has none.
    public let uniqueKey: String?
    /// What travels beside the payload; at most 4,096 bytes of names and values.
    public var headers: [String: String]
    /// What its handler gets, unless a `PayloadTransform` changes it there.
    public var payload: [UInt8]

    /// A job; middleware gets it made, tests make their own.
    public init(
        id: JobID = JobID(), kind: String, queue: String = "default", uniqueKey: String? = nil,
        headers: [String: String] = [:], payload: [UInt8]
    ) {
        self.id = id
        self.kind = kind
        self.queue = queue
        self.uniqueKey = uniqueKey
        self.headers = headers
        self.payload = payload
    }
}

/// Sees every job before it is sent: what `KipClient` enqueues, what handlers make with `JobContext.enqueue`, and what a test
/// gives to an `InlineQueue`. It may add headers, which the handler finds in `JobContext.headers`, or replace the payload.
///
/// ```swift
/// struct Origin: EnqueueMiddleware {
///     func prepare(_ job: inout OutgoingJob) {
///         job.headers["origin"] = "desk-3"
///     }
/// }
/// let client = try KipClient(middleware: [Origin()])
/// ```
///
/// It runs in the task that enqueues, so that task-local values are those of the caller, and does no I/O.
public protocol EnqueueMiddleware: Sendable {
    /// Looks at a job, or changes it.
    /// - Throws: whatever keeps the job from being enqueued.
    func prepare(_ job: inout OutgoingJob) throws
}

/// Changes what payloads and results look like outside of producers and handlers: on the wire, in the broker, on its disk.
/// It replaces the payload when a job is enqueued (`prepare`), gives it back before the handler's kind decodes it, and does
/// the same with results. Producer and worker have the same one.
public protocol PayloadTransform: EnqueueMiddleware {
    /// The payload as the producer gave it.
    /// - Throws: `JobSignal.discard` where no further attempt can help, `PayloadInTheClear` where it is one that no handler may
    ///   get, `UnknownPayloadKey` where another worker may be able to; any other error is a failure of the attempt.
    func open(payload: [UInt8], of id: JobID, kind: String) throws -> [UInt8]
    /// A result as it leaves the worker.
    func seal(result: [UInt8], of id: JobID, kind: String) throws -> [UInt8]
    /// A result as the handler gave it.
    /// - Throws: as for payloads.
    func open(result: [UInt8], of id: JobID) throws -> [UInt8]
}

/// What a transform cannot open because it lacks the key, and what one that has the key can.
public struct UnknownPayloadKey: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which key.
    public let key: String

    /// A key that is not there.
    public init(_ key: String) {
        self.key = key
    }

    /// What happened and what to do.
    public var description: String {
        "it is sealed with the key “\(key)”, which is not here; lay that key's file beside the others"
    }
}

/// A payload that should be sealed, and is not. No handler gets it; whoever looks at the job may see it.
public struct PayloadInTheClear: Error, Sendable, Equatable, CustomStringConvertible {
    /// Of which kind.
    public let kind: String

    /// A payload of a kind.
    public init(kind: String) {
        self.kind = kind
    }

    /// What happened.
    public var description: String { "the payload of kind “\(kind)” is in the clear, and must be encrypted" }
}
