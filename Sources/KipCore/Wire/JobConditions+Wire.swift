import SwiftProtobuf

extension JobConditions {
    /// The conditions of a job of an enqueue message; nil where it has none.
    /// - Throws: `Refusal` that names the job and the field.
    init?(_ job: some NewJobWords, of id: JobID, label: JobLabel, now: Timestamp) throws(Refusal) {
        guard let wire = job.givenConditions else { return nil }
        self.init()
        expiresAt = try Self.moment(wire.expiresAtMs, "expiresAt", label, now)
        deadline = try Self.moment(wire.deadlineMs, "deadline", label, now)
        hold = wire.hold
        after = try Self.parents(wire, of: id, label)
        if case .UNRECOGNIZED(let value) = wire.onParentFailed {
            throw Refusal(.invalid, "\(label): onParentFailed is \(value), not CANCEL or CONTINUE")
        }
        onParentFailed = OnParentFailed(rawValue: wire.onParentFailed.rawValue) ?? .cancel
        if !wire.concurrencyKey.isEmpty {
            guard (0...Limits.concurrency).contains(Int(wire.concurrency)) else {
                throw Refusal(.invalid, "\(label): the concurrency must be from 1 to \(Limits.concurrency)")
            }
            concurrencyKey = try JobDraft.checked(key: wire.concurrencyKey, "concurrency key", label)
            concurrency = max(1, Int(wire.concurrency))
        } else if wire.concurrency != 0 {
            throw Refusal(.invalid, "\(label): a concurrency needs a concurrencyKey")
        }
        uniqueScope = try Self.scope(wire, hasKey: !job.uniqueKey.isEmpty, label)
        redacts = wire.redact
        if wire.keepMs < 0 || wire.keepMs > Limits.farthestMilliseconds {
            throw Refusal(.invalid, "\(label): keep must be from 0 to ten years (times are in milliseconds)")
        }
        keepMilliseconds = wire.keepMs
        if wire.hasHeaders { headers = try Self.headers(wire.headers, label) }
        if self == JobConditions() { return nil }
    }

    private static func moment(
        _ milliseconds: Int64, _ field: String, _ label: JobLabel, _ now: Timestamp
    ) throws(Refusal) -> Timestamp? {
        if milliseconds == 0 { return nil }
        let moment = Timestamp(milliseconds: milliseconds)
        if milliseconds < 0 || moment > now.advanced(byMilliseconds: Limits.farthestMilliseconds) {
            throw Refusal(
                .invalid, "\(label): \(field) is before 1970 or more than ten years away (times are in milliseconds)")
        }
        return moment
    }

    private static func parents(_ wire: WireConditions, of own: JobID, _ label: JobLabel) throws(Refusal) -> [JobID] {
        if wire.after.count > Limits.parentsPerMessage {
            throw Refusal(
                .tooLarge, "\(label) comes after \(wire.after.count) jobs, the limit is \(Limits.parentsPerMessage)")
        }
        var ids: [JobID] = []
        var known: Set<JobID> = []
        for text in wire.after {
            guard let id = JobID(text) else {
                throw Refusal(.invalid, "\(label): “\(text.clipped(toBytes: 60))” in after is not a job id (a UUID)")
            }
            if id == own { throw Refusal(.invalid, "\(label) would come after itself") }
            if known.insert(id).inserted { ids.append(id) }
        }
        return ids
    }

    private static func scope(_ wire: WireConditions, hasKey: Bool, _ label: JobLabel) throws(Refusal) -> UniqueScope {
        if wire.uniquePeriodMs != 0 {
            if !hasKey { throw Refusal(.invalid, "\(label): a unique period needs a unique key") }
            guard (1...Limits.farthestMilliseconds).contains(wire.uniquePeriodMs) else {
                throw Refusal(.invalid, "\(label): the unique period is negative or over ten years (in milliseconds)")
            }
            return .period(milliseconds: wire.uniquePeriodMs)
        }
        switch wire.uniqueScope {
        case .forever: return .forever
        case .untilDone: return .untilDone
        case .UNRECOGNIZED(let value):
            throw Refusal(.invalid, "\(label): uniqueScope is \(value), not FOREVER or UNTIL_DONE")
        }
    }

    private static func headers(_ headers: WireHeaders, _ label: JobLabel) throws(Refusal) -> [UInt8] {
        let bytes = headers.values.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if bytes > Limits.headerBytes {
            throw Refusal(.tooLarge, "\(label): its headers have \(bytes) bytes, the limit is \(Limits.headerBytes)")
        }
        var values: [String: String] = [:]
        for (name, value) in headers.values {
            values[try JobDraft.checked(key: name, "name of a header", label)] = value
        }
        return WireHeaders.bytes(values)
    }
}

extension JobConditions {
    /// The conditions on the wire.
    var wire: WireConditions {
        var wire = WireConditions()
        wire.expiresAtMs = expiresAt?.milliseconds ?? 0
        wire.deadlineMs = deadline?.milliseconds ?? 0
        wire.hold = hold
        wire.after = after.map(\.description)
        wire.onParentFailed = onParentFailed == .continue ? .continue : .cancel
        wire.concurrencyKey = concurrencyKey ?? ""
        wire.concurrency = concurrencyKey == nil ? 0 : Int32(clamping: concurrency)
        switch uniqueScope {
        case .forever: break
        case .untilDone: wire.uniqueScope = .untilDone
        case .period(let milliseconds): wire.uniquePeriodMs = milliseconds
        }
        wire.redact = redacts
        wire.keepMs = keepMilliseconds
        if !headers.isEmpty { wire.headers = WireHeaders(bytes: headers) }
        return wire
    }
}

extension WireHeaders {
    /// Headers as the store keeps them.
    public static func bytes(_ values: [String: String]) -> [UInt8] {
        if values.isEmpty { return [] }
        var headers = WireHeaders()
        headers.values = values
        return (try? headers.serializedBytes()) ?? []
    }

    /// Headers that a store kept; bytes that are none are no headers.
    public init(bytes: [UInt8]) {
        self = (try? WireHeaders(serializedBytes: bytes)) ?? WireHeaders()
    }
}
