/// A job as a producer asked for it, checked: what the broker writes down.
///
/// It is one word, however much it says: on its way through the broker it is passed on many times, and hardly ever changed.
public struct JobDraft: Sendable, Equatable {
    private var fields: Boxed<Fields>

    private struct Fields: Sendable, Equatable {
        var id: JobID
        var kind: String
        var queue: String
        var priority: Int
        var runAt: Timestamp
        var uniqueKey: String?
        var maxAttempts: Int
        var timeoutMilliseconds: Int64
        var retry: RetryPolicy
        var keyConflict: KeyConflict
        var onWorkerLost: OnWorkerLost
        var conditions: Boxed<JobConditions>?
        var payload: [UInt8]
    }

    /// A draft with the defaults of the queue.
    public init(
        id: JobID = JobID(), kind: String, queue: String = "default", priority: Int = 0, runAt: Timestamp,
        uniqueKey: String? = nil, maxAttempts: Int = Limits.maxAttempts, timeoutMilliseconds: Int64 = 0,
        retry: RetryPolicy = .standard, keyConflict: KeyConflict = .refuse, onWorkerLost: OnWorkerLost = .retry,
        conditions: JobConditions? = nil, payload: [UInt8] = []
    ) {
        fields = Boxed(
            Fields(
                id: id, kind: kind, queue: queue, priority: priority, runAt: runAt, uniqueKey: uniqueKey,
                maxAttempts: maxAttempts, timeoutMilliseconds: timeoutMilliseconds, retry: retry,
                keyConflict: keyConflict, onWorkerLost: onWorkerLost, conditions: conditions.map(Boxed.init),
                payload: payload))
    }

    private mutating func change(_ body: (inout Fields) -> Void) {
        var changed = fields.value
        body(&changed)
        fields = Boxed(changed)
    }
}

extension JobDraft {
    /// Who it is.
    public var id: JobID {
        get { fields.value.id }
        set { change { $0.id = newValue } }
    }
    /// Which handler runs it.
    public var kind: String {
        get { fields.value.kind }
        set { change { $0.kind = newValue } }
    }
    /// Where it waits.
    public var queue: String {
        get { fields.value.queue }
        set { change { $0.queue = newValue } }
    }
    /// Higher first.
    public var priority: Int {
        get { fields.value.priority }
        set { change { $0.priority = newValue } }
    }
    /// Not before.
    public var runAt: Timestamp {
        get { fields.value.runAt }
        set { change { $0.runAt = newValue } }
    }
    /// At most one job for a key.
    public var uniqueKey: String? {
        get { fields.value.uniqueKey }
        set { change { $0.uniqueKey = newValue } }
    }
    /// Failures that make it a dead letter.
    public var maxAttempts: Int {
        get { fields.value.maxAttempts }
        set { change { $0.maxAttempts = newValue } }
    }
    /// For one attempt, in milliseconds; 0 = none.
    public var timeoutMilliseconds: Int64 {
        get { fields.value.timeoutMilliseconds }
        set { change { $0.timeoutMilliseconds = newValue } }
    }
    /// The waits between attempts.
    public var retry: RetryPolicy {
        get { fields.value.retry }
        set { change { $0.retry = newValue } }
    }
    /// What it comes to where another payload has the key.
    public var keyConflict: KeyConflict {
        get { fields.value.keyConflict }
        set { change { $0.keyConflict = newValue } }
    }
    /// What the loss of its worker means.
    public var onWorkerLost: OnWorkerLost {
        get { fields.value.onWorkerLost }
        set { change { $0.onWorkerLost = newValue } }
    }
    /// What else it asks for; nil = nothing.
    public var conditions: JobConditions? {
        get { fields.value.conditions?.value }
        set { change { $0.conditions = newValue.map(Boxed.init) } }
    }
    /// Opaque to the queue.
    public var payload: [UInt8] {
        get { fields.value.payload }
        set { change { $0.payload = newValue } }
    }
}

extension JobDraft {
    /// It has neither unique key nor conditions.
    package var isPlain: Bool { fields.value.uniqueKey == nil && fields.value.conditions == nil }

    /// It differs from another in no more than id, payload, times, unique key and conditions.
    package func isLike(_ other: JobDraft) -> Bool {
        let (one, two) = (fields, other.fields)
        return one.value.queue == two.value.queue && one.value.kind == two.value.kind
            && one.value.priority == two.value.priority && one.value.maxAttempts == two.value.maxAttempts
            && one.value.timeoutMilliseconds == two.value.timeoutMilliseconds
            && one.value.onWorkerLost == two.value.onWorkerLost && one.value.retry == two.value.retry
    }

    /// Whether it is the same job as another of its id. (Payloads that were encrypted count by their likeness.)
    package func isSameJob(kind other: String, payload: [UInt8]) -> Bool {
        fields.value.kind == other
            && (fields.value.payload.hasSameBytes(as: payload)
                || fingerprint == Fingerprint.of(kind: other, payload: payload))
    }

    /// As `isSameJob(kind:payload:)`.
    package func isSameJob(as other: JobDraft) -> Bool { isSameJob(kind: other.kind, payload: other.payload) }

    /// Tells it from another job with the same unique key.
    public var fingerprint: Int64 { Fingerprint.of(kind: kind, payload: payload) }

    /// Reads and checks a job of an enqueue message.
    /// - Parameters:
    ///   - wire: what the header says.
    ///   - payload: its payload frame.
    ///   - position: which job of the message it is, from 1, for the error's text.
    ///   - now: the moment from which a delay counts.
    /// - Throws: `Refusal` that names the job and the field.
    public init(wire: WireNewJob, payload: [UInt8], position: Int, now: Timestamp) throws(Refusal) {
        try self.init(words: wire, payload: payload, position: position, now: now)
    }

    /// As `init(wire:payload:position:now:)`.
    package init(
        words wire: some NewJobWords, payload: [UInt8], position: Int, now: Timestamp
    ) throws(Refusal) {
        let label = JobLabel(position: position)
        let id: JobID
        do throws(NotAnID) {
            id = try wire.givenID ?? JobID()
        } catch {
            throw Refusal(.invalid, "\(label): the id is not a UUID; make a UUIDv7 or leave it out")
        }
        let kind = try Self.checked(name: wire.kind, field: "kind", label)
        let queue = wire.queue.isEmpty ? "default" : try Self.checked(name: wire.queue, field: "queue", label)
        try Self.check(payload, label)
        try Self.check(numbers: wire, label)
        try Self.check(choices: wire, label)
        self.init(
            id: id, kind: kind, queue: queue, priority: Int(wire.priority),
            runAt: try Self.runAt(wire, label, now),
            uniqueKey: wire.uniqueKey.isEmpty ? nil : try Self.checked(key: wire.uniqueKey, "unique key", label),
            maxAttempts: wire.maxAttempts == 0 ? Limits.maxAttempts : Int(wire.maxAttempts),
            timeoutMilliseconds: wire.timeoutMs,
            retry: try wire.givenBackoff.map { backoff throws(Refusal) in try RetryPolicy(checking: backoff, label) }
                ?? .standard,
            keyConflict: KeyConflict(rawValue: wire.keyConflict.rawValue) ?? .refuse,
            onWorkerLost: OnWorkerLost(rawValue: wire.onWorkerLost.rawValue) ?? .retry,
            conditions: wire.hasNoConditions ? nil : try JobConditions(wire, of: id, label: label, now: now),
            payload: payload)
    }

    static func checked(name: String, field: String, _ label: JobLabel) throws(Refusal) -> String {
        if name.isEmpty { throw Refusal(.invalid, "\(label): the \(field) is missing") }
        return try CanonicalText.checked(name, most: Limits.nameBytes, "\(label): the \(field)")
    }

    static func checked(key: String, _ field: String, _ label: JobLabel) throws(Refusal) -> String {
        try CanonicalText.checked(key, most: Limits.keyBytes, "\(label): the \(field)")
    }

    private static func check(choices wire: some NewJobWords, _ label: JobLabel) throws(Refusal) {
        if case .UNRECOGNIZED(let value) = wire.keyConflict {
            throw Refusal(
                .invalid, "\(label): keyConflict is \(value), not REFUSE, KEEP_EXISTING, REPLACE_PENDING or REJECT")
        }
        if case .UNRECOGNIZED(let value) = wire.onWorkerLost {
            throw Refusal(.invalid, "\(label): onWorkerLost is \(value), not RETRY or QUARANTINE")
        }
    }

    private static func check(_ payload: [UInt8], _ label: JobLabel) throws(Refusal) {
        if payload.count > Limits.payloadBytes {
            throw Refusal(
                .tooLarge,
                "\(label): the payload has \(payload.count) bytes, the limit is \(Limits.payloadBytes); "
                    + "put the data in a file or a database and its key in the payload")
        }
    }

    private static func check(numbers wire: some NewJobWords, _ label: JobLabel) throws(Refusal) {
        if !(-Limits.priority...Limits.priority).contains(Int(wire.priority)) {
            throw Refusal(.invalid, "\(label): the priority must be from -\(Limits.priority) to \(Limits.priority)")
        }
        if wire.maxAttempts < 0 || Int(wire.maxAttempts) > Limits.mostAttempts {
            throw Refusal(
                .invalid, "\(label): maxAttempts must be from 1 to \(Limits.mostAttempts), or 0 for the default")
        }
        if wire.timeoutMs < 0 { throw Refusal(.invalid, "\(label): the timeout is negative") }
        if wire.timeoutMs > Limits.farthestMilliseconds {
            throw Refusal(.invalid, "\(label): the timeout is over ten years (times are in milliseconds)")
        }
    }

    private static func runAt(
        _ wire: some NewJobWords, _ label: JobLabel, _ now: Timestamp
    ) throws(Refusal) -> Timestamp {
        if wire.delayMs != 0, wire.runAtMs != 0 {
            throw Refusal(.invalid, "\(label): give a delay or a time to run at, not both")
        }
        if wire.delayMs < 0 { throw Refusal(.invalid, "\(label): the delay is negative") }
        if wire.runAtMs < 0 {
            throw Refusal(.invalid, "\(label): its time is before 1970 (times are in milliseconds since then)")
        }
        let runAt =
            wire.runAtMs != 0 ? Timestamp(milliseconds: wire.runAtMs) : now.advanced(byMilliseconds: wire.delayMs)
        if runAt > now.advanced(byMilliseconds: Limits.farthestMilliseconds) {
            throw Refusal(.invalid, "\(label): its time is more than ten years away (times are in milliseconds)")
        }
        return runAt
    }
}
