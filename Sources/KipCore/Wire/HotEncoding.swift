import SwiftProtobuf

/// Writes the headers of the messages that every job passes, byte for byte as the protobuf library would, without its generic
/// code. What is out of the ordinary (a job with conditions, a result with children) it leaves to it.
enum HotEncoding {
    /// - Returns: nil where the library should write it.
    static func bytes(of header: WireHeader) -> [UInt8]? {
        guard let body = header.body, isKnown(header) else { return nil }
        switch body {
        case .enqueue(let enqueue):
            guard isKnown(enqueue), enqueue.jobs.allSatisfy(isPlain) else { return nil }
            return message(header.request, 3, of: enqueue.jobs, size: size, write)
        case .enqueued(let enqueued):
            guard isKnown(enqueued), enqueued.jobs.allSatisfy(isKnown) else { return nil }
            return message(header.request, 4, of: enqueued.jobs, size: size, write)
        case .work(let work):
            guard isKnown(work), work.jobs.allSatisfy({ !$0.hasHeaders && isKnown($0) }) else { return nil }
            let after = ProtobufBytes.size(2, work.session)
            return message(header.request, 7, of: work.jobs, after: after, size: size, write) {
                $0.write(2, work.session)
            }
        case .results(let results):
            guard isKnown(results), results.results.allSatisfy({ $0.children.isEmpty && isKnown($0) }) else {
                return nil
            }
            return message(header.request, 9, results)
        case .recorded(let recorded):
            guard isKnown(recorded), recorded.results.allSatisfy(isKnown) else { return nil }
            return message(header.request, 10, of: recorded.results, size: size, write)
        default: return nil
        }
    }

    /// It has nothing of a later release.
    private static func isKnown(_ message: some Message) -> Bool { message.unknownFields.data.isEmpty }

    private static func isPlain(_ job: WireNewJob) -> Bool {
        !job.hasBackoff && !job.hasConditions && isKnown(job)
    }

    private static func size(_ job: WireNewJob) -> Int {
        ProtobufBytes.size(1, job.id) + ProtobufBytes.size(2, job.kind) + ProtobufBytes.size(3, job.queue)
            + ProtobufBytes.size(4, job.priority) + ProtobufBytes.size(5, job.delayMs)
            + ProtobufBytes.size(6, job.runAtMs) + ProtobufBytes.size(7, job.uniqueKey)
            + ProtobufBytes.size(8, job.maxAttempts) + ProtobufBytes.size(9, job.timeoutMs)
            + ProtobufBytes.size(11, job.keyConflict.rawValue) + ProtobufBytes.size(12, job.onWorkerLost.rawValue)
    }

    private static func write(_ job: WireNewJob, _ bytes: inout ProtobufBytes) {
        bytes.write(1, job.id)
        bytes.write(2, job.kind)
        bytes.write(3, job.queue)
        bytes.write(4, job.priority)
        bytes.write(5, job.delayMs)
        bytes.write(6, job.runAtMs)
        bytes.write(7, job.uniqueKey)
        bytes.write(8, job.maxAttempts)
        bytes.write(9, job.timeoutMs)
        bytes.write(11, job.keyConflict.rawValue)
        bytes.write(12, job.onWorkerLost.rawValue)
    }

    private static func size(_ job: WireEnqueuedJob) -> Int {
        ProtobufBytes.size(1, job.id) + ProtobufBytes.size(2, job.outcome.rawValue)
    }

    private static func write(_ job: WireEnqueuedJob, _ bytes: inout ProtobufBytes) {
        bytes.write(1, job.id)
        bytes.write(2, job.outcome.rawValue)
    }

    private static func size(_ job: WireLeasedJob) -> Int {
        ProtobufBytes.size(1, job.id) + ProtobufBytes.size(2, job.kind) + ProtobufBytes.size(3, job.queue)
            + ProtobufBytes.size(4, job.attempt) + ProtobufBytes.size(5, job.timeoutMs)
            + ProtobufBytes.size(6, job.failures) + ProtobufBytes.size(7, job.enqueuedAtMs)
            + ProtobufBytes.size(9, job.startWithinMs) + ProtobufBytes.size(10, job.endWithinMs)
    }

    private static func write(_ job: WireLeasedJob, _ bytes: inout ProtobufBytes) {
        bytes.write(1, job.id)
        bytes.write(2, job.kind)
        bytes.write(3, job.queue)
        bytes.write(4, job.attempt)
        bytes.write(5, job.timeoutMs)
        bytes.write(6, job.failures)
        bytes.write(7, job.enqueuedAtMs)
        bytes.write(9, job.startWithinMs)
        bytes.write(10, job.endWithinMs)
    }

    private static func size(_ result: WireResult) -> Int {
        ProtobufBytes.size(1, result.id) + ProtobufBytes.size(2, result.attempt)
            + ProtobufBytes.size(3, result.outcome.rawValue) + ProtobufBytes.size(4, result.error)
            + ProtobufBytes.size(5, result.retryAfterMs)
    }

    private static func write(_ result: WireResult, _ bytes: inout ProtobufBytes) {
        bytes.write(1, result.id)
        bytes.write(2, result.attempt)
        bytes.write(3, result.outcome.rawValue)
        bytes.write(4, result.error)
        bytes.write(5, result.retryAfterMs)
    }

    private static func size(_ result: WireRecordedResult) -> Int {
        ProtobufBytes.size(1, result.id) + ProtobufBytes.size(2, result.attempt)
            + ProtobufBytes.size(3, result.status.rawValue)
    }

    private static func write(_ result: WireRecordedResult, _ bytes: inout ProtobufBytes) {
        bytes.write(1, result.id)
        bytes.write(2, result.attempt)
        bytes.write(3, result.status.rawValue)
    }

    private static func message(_ request: UInt64, _ number: Int, _ results: WireResults) -> [UInt8] {
        let before = ProtobufBytes.size(1, results.workerID) + ProtobufBytes.size(2, results.session)
        return message(
            request, number, size: before + results.results.reduce(0) { $0 + ProtobufBytes.size(3, of: size($1)) }
        ) { bytes in
            bytes.write(1, results.workerID)
            bytes.write(2, results.session)
            for result in results.results {
                bytes.begin(3, of: size(result))
                write(result, &bytes)
            }
        }
    }

    /// A header whose body has a list in its field 1, and perhaps something after it.
    private static func message<Item>(
        _ request: UInt64, _ number: Int, of items: [Item], after: Int = 0, size: (Item) -> Int,
        _ write: (Item, inout ProtobufBytes) -> Void, _ writeAfter: (inout ProtobufBytes) -> Void = { _ in }
    ) -> [UInt8] {
        message(request, number, size: items.reduce(after) { $0 + ProtobufBytes.size(1, of: size($1)) }) { bytes in
            for item in items {
                bytes.begin(1, of: size(item))
                write(item, &bytes)
            }
            writeAfter(&bytes)
        }
    }

    private static func message(
        _ request: UInt64, _ number: Int, size: Int, _ write: (inout ProtobufBytes) -> Void
    ) -> [UInt8] {
        var bytes = ProtobufBytes(capacity: ProtobufBytes.size(1, request) + ProtobufBytes.size(number, of: size))
        bytes.write(1, request)
        bytes.begin(number, of: size)
        write(&bytes)
        return bytes.bytes
    }
}

/// Fields of protobuf messages, written one after the other; one that has its default is left out. Field numbers are below
/// 16, so that a tag is one byte.
struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    static func size(_ number: Int, _ value: some FixedWidthInteger) -> Int {
        value == 0 ? 0 : 1 + varintSize(UInt64(truncatingIfNeeded: value))
    }

    static func size(_ number: Int, _ text: String) -> Int { text.isEmpty ? 0 : size(number, of: text.utf8.count) }

    /// Of what has a length.
    static func size(_ number: Int, of count: Int) -> Int { 1 + varintSize(UInt64(count)) + count }

    private static func varintSize(_ value: UInt64) -> Int { max(1, (64 - value.leadingZeroBitCount + 6) / 7) }

    mutating func write(_ number: Int, _ value: some FixedWidthInteger) {
        if value == 0 { return }
        bytes.append(UInt8(number << 3))
        varint(UInt64(truncatingIfNeeded: value))
    }

    mutating func write(_ number: Int, _ text: String) {
        if text.isEmpty { return }
        begin(number, of: text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    /// What has a length comes next.
    mutating func begin(_ number: Int, of count: Int) {
        bytes.append(UInt8(number << 3 | 2))
        varint(UInt64(count))
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
