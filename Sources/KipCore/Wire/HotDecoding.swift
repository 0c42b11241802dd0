/// Reads the headers of the messages that every job passes, without the generic code of the protobuf library. What it reads,
/// it reads as that would; whatever is out of the ordinary (a field that it does not know, a job with conditions) it
/// leaves to it. A test holds the two against each other.
enum HotDecoding {
    /// What a header says, and its number.
    /// - Returns: nil where the library should read it.
    static func body(_ bytes: [UInt8]) -> (HotBody, request: UInt64)? {
        bytes.withUnsafeBytes { bytes in
            var fields = ProtobufFields(bytes)
            var request: UInt64 = 0
            var body: HotBody?
            while let field = fields.next() {
                switch (field.number, field.bytes) {
                case (1, nil): request = field.value
                case (_, let some?) where body == nil:
                    body = Self.body(field.number, some)
                    if body == nil { return nil }
                default: return nil
                }
            }
            guard fields.isWhole, let body else { return nil }
            return (body, request)
        }
    }

    private static func body(_ number: Int, _ bytes: UnsafeRawBufferPointer) -> HotBody? {
        switch number {
        case 3: list(of: bytes, newJob).map { .newJobs($0) }
        case 4: list(of: bytes, enqueued).map { .enqueued($0) }
        case 7: work(bytes).map { .work($0) }
        case 9: results(bytes).map { .results($0) }
        case 10: list(of: bytes, recorded).map { .recorded($0) }
        default: nil
        }
    }

    private static func newJob(_ fields: inout ProtobufFields) -> PlainNewJob? {
        var job = PlainNewJob()
        while let field = fields.next() {
            switch field.number {
            case 1: guard let id = field.id else { return nil }; job.id = id
            case 2: guard let text = field.text else { return nil }; job.kind = text
            case 3: guard let text = field.text else { return nil }; job.queue = text
            case 7: guard let text = field.text else { return nil }; job.uniqueKey = text
            case _ where field.bytes != nil: return nil
            case 4: job.priority = field.int32
            case 5: job.delayMs = field.int64
            case 6: job.runAtMs = field.int64
            case 8: job.maxAttempts = field.int32
            case 9: job.timeoutMs = field.int64
            case 11: job.keyConflict = .init(rawValue: Int(field.int32)) ?? .refuse
            case 12: job.onWorkerLost = .init(rawValue: Int(field.int32)) ?? .retry
            default: return nil
            }
        }
        return fields.isWhole ? job : nil
    }

    private static func enqueued(_ fields: inout ProtobufFields) -> EnqueuedWords? {
        var id: JobID?
        var outcome = WireOutcome.unspecified
        while let field = fields.next() {
            switch (field.number, field.bytes) {
            case (1, .some): guard let some = field.id else { return nil }; id = some
            case (2, nil): outcome = .init(rawValue: Int(field.int32)) ?? outcome
            default: return nil
            }
        }
        guard fields.isWhole, let id else { return nil }
        return EnqueuedWords(id: id, outcome: outcome)
    }

    private static func work(_ bytes: UnsafeRawBufferPointer) -> WorkWords? {
        var work = WorkWords([], session: 0)
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            switch (field.number, field.bytes) {
            case (1, let some?):
                var inner = ProtobufFields(some)
                guard let job = leasedJob(&inner) else { return nil }
                work.jobs.append(job)
            case (2, nil): work.session = field.value
            default: return nil
            }
        }
        return fields.isWhole ? work : nil
    }

    private static func leasedJob(_ fields: inout ProtobufFields) -> LeasedWords? {
        var job = LeasedWords(id: JobID(high: 0, low: 0), kind: "", queue: "")
        var hasID = false
        while let field = fields.next() {
            switch field.number {
            case 1: guard let id = field.id else { return nil }; (job.id, hasID) = (id, true)
            case 2: guard let text = field.text else { return nil }; job.kind = text
            case 3: guard let text = field.text else { return nil }; job.queue = text
            case _ where field.bytes != nil: return nil
            case 4: job.attempt = field.int32
            case 5: job.timeoutMs = field.int64
            case 6: job.failures = field.int32
            case 7: job.enqueuedAtMs = field.int64
            case 9: job.startWithinMs = field.int64
            case 10: job.endWithinMs = field.int64
            default: return nil
            }
        }
        return fields.isWhole && hasID ? job : nil
    }

    private static func results(_ bytes: UnsafeRawBufferPointer) -> WorkerResults? {
        var results = WorkerResults([], workerID: "", session: 0)
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            switch (field.number, field.bytes) {
            case (1, .some): guard let text = field.text else { return nil }; results.workerID = text
            case (2, nil): results.session = field.value
            case (3, let some?):
                var inner = ProtobufFields(some)
                guard let result = result(&inner) else { return nil }
                results.results.append(result)
            default: return nil
            }
        }
        return fields.isWhole ? results : nil
    }

    private static func result(_ fields: inout ProtobufFields) -> ResultWords? {
        var result = ResultWords(id: JobID(high: 0, low: 0), attempt: 0, outcome: .unspecified)
        var hasID = false
        while let field = fields.next() {
            switch (field.number, field.bytes) {
            case (1, .some): guard let id = field.id else { return nil }; (result.id, hasID) = (id, true)
            case (2, nil): result.attempt = field.int32
            case (3, nil): result.outcome = .init(rawValue: Int(field.int32)) ?? .unspecified
            case (4, .some): guard let text = field.text else { return nil }; result.error = text
            case (5, nil): result.retryAfterMs = field.int64
            default: return nil
            }
        }
        return fields.isWhole && hasID ? result : nil
    }

    private static func recorded(_ fields: inout ProtobufFields) -> RecordedWords? {
        var result = RecordedWords(id: JobID(high: 0, low: 0), attempt: 0, status: .unspecified)
        var hasID = false
        while let field = fields.next() {
            switch (field.number, field.bytes) {
            case (1, .some): guard let id = field.id else { return nil }; (result.id, hasID) = (id, true)
            case (2, nil): result.attempt = field.int32
            case (3, nil): result.status = .init(rawValue: Int(field.int32)) ?? result.status
            default: return nil
            }
        }
        return fields.isWhole && hasID ? result : nil
    }

    /// A message that has nothing but field 1, again and again.
    private static func list<Item>(
        of bytes: UnsafeRawBufferPointer, _ read: (inout ProtobufFields) -> Item?
    ) -> [Item]? {
        var items: [Item] = []
        var fields = ProtobufFields(bytes)
        while let field = fields.next() {
            guard field.number == 1, let some = field.bytes else { return nil }
            var inner = ProtobufFields(some)
            guard let item = read(&inner) else { return nil }
            items.append(item)
        }
        return fields.isWhole ? items : nil
    }
}

/// The fields of a protobuf message, one after the other (protobuf.dev/programming-guides/encoding).
struct ProtobufFields {
    struct Field {
        var number: Int
        /// Of a varint.
        var value: UInt64 = 0
        /// What has a length; nil = it is a varint.
        var bytes: UnsafeRawBufferPointer?

        /// As the library has it, the lower half counts.
        var int32: Int32 { Int32(truncatingIfNeeded: value) }
        var int64: Int64 { Int64(bitPattern: value) }

        /// nil = it is not the text of a UUID.
        var id: JobID? { bytes.flatMap { JobID(text: $0) } }

        /// nil = it is no text.
        var text: String? {
            guard let bytes = bytes?.assumingMemoryBound(to: UInt8.self) else { return nil }
            // Which is sure to be valid, and the library's check is generic code.
            if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
            return String(validating: bytes, as: UTF8.self)
        }
    }

    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    /// It ended where a field ended, and had nothing that is not read here.
    private(set) var isWhole = true

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next field; nil = there is none, or none that is read here.
    mutating func next() -> Field? {
        guard isWhole, place < bytes.count else { return nil }
        guard let tag = varint(), tag >> 3 > 0, tag < 1 << 14 else { return stop() }
        switch tag & 7 {
        case 0:
            guard let value = varint() else { return stop() }
            return Field(number: Int(tag >> 3), value: value)
        case 2:
            guard let count = varint(), count <= UInt64(bytes.count - place) else { return stop() }
            let start = place
            place += Int(count)
            return Field(number: Int(tag >> 3), bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<place]))
        default: return stop()
        }
    }

    private mutating func stop() -> Field? {
        isWhole = false
        return nil
    }

    private mutating func varint() -> UInt64? { bytes.varint(at: &place) }
}

extension UnsafeRawBufferPointer {
    /// Reads a base-128 varint of protobuf.
    /// - Parameter index: where it begins; afterwards the byte behind it.
    /// - Returns: nil if it has no end, or more than ten bytes.
    @inline(__always)
    func varint(at index: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while index < count, shift < 64 {
            let byte = self[index]
            index += 1
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }
}
