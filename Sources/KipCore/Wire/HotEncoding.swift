/// Writes the headers of the messages that every job passes, byte for byte as the protobuf library would, without its generic
/// code. What is out of the ordinary (a job with conditions, a result with children) it leaves to it.
enum HotEncoding {
    /// - Returns: nil where the library should write it.
    static func bytes(of body: HotBody, request: UInt64) -> [UInt8]? {
        switch body {
        case .newJobs(let jobs): return message(request, 3) { $0.list(1, jobs, write) }
        case .enqueued(let jobs): return message(request, 4) { $0.list(1, jobs, write) }
        case .work(let work):
            guard work.jobs.allSatisfy({ $0.headers.isEmpty }) else { return nil }
            return message(request, 7) {
                $0.list(1, work.jobs, write)
                $0.write(2, work.session)
            }
        case .results(let results):
            guard results.results.allSatisfy({ $0.children.isEmpty }) else { return nil }
            return message(request, 9) {
                $0.write(1, results.workerID)
                $0.write(2, results.session)
                $0.list(3, results.results, write)
            }
        case .recorded(let results): return message(request, 10) { $0.list(1, results, write) }
        }
    }

    private static func write(_ job: borrowing PlainNewJob, _ bytes: inout ProtobufBytes) {
        if let id = job.id { bytes.write(1, id) }
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

    private static func write(_ job: borrowing EnqueuedWords, _ bytes: inout ProtobufBytes) {
        bytes.write(1, job.id)
        bytes.write(2, job.outcome.rawValue)
    }

    private static func write(_ job: borrowing LeasedWords, _ bytes: inout ProtobufBytes) {
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

    private static func write(_ result: borrowing ResultWords, _ bytes: inout ProtobufBytes) {
        bytes.write(1, result.id)
        bytes.write(2, result.attempt)
        bytes.write(3, result.outcome.rawValue)
        bytes.write(4, result.error)
        bytes.write(5, result.retryAfterMs)
    }

    private static func write(_ result: borrowing RecordedWords, _ bytes: inout ProtobufBytes) {
        bytes.write(1, result.id)
        bytes.write(2, result.attempt)
        bytes.write(3, result.status.rawValue)
    }

    /// A header with its body.
    private static func message(
        _ request: UInt64, _ number: Int, _ write: (inout ProtobufBytes) -> Void
    ) -> [UInt8] {
        var bytes = ProtobufBytes()
        bytes.write(1, request)
        bytes.nest(number, write)
        return bytes.bytes
    }
}

/// Fields of protobuf messages, written one after the other; one that has its default is left out. Field numbers are below
/// 16, so that a tag is one byte.
struct ProtobufBytes {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(512) }

    mutating func write(_ number: Int, _ value: some FixedWidthInteger) {
        if value == 0 { return }
        bytes.append(UInt8(number << 3))
        varint(UInt64(truncatingIfNeeded: value))
    }

    mutating func write(_ number: Int, _ text: String) {
        if text.isEmpty { return }
        bytes.append(UInt8(number << 3 | 2))
        varint(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// As its usual text.
    mutating func write(_ number: Int, _ id: JobID) {
        bytes.append(UInt8(number << 3 | 2))
        bytes.append(36)
        withUnsafeTemporaryAllocation(byteCount: 36, alignment: 8) { text in
            id.write(into: text)
            bytes.append(contentsOf: text)
        }
    }

    /// A message in the message. How long it is stands before it, and is known after it: mostly one byte, which is left free.
    mutating func nest(_ number: Int, _ write: (inout ProtobufBytes) -> Void) {
        bytes.append(UInt8(number << 3 | 2))
        let place = bytes.count
        bytes.append(0)
        write(&self)
        var rest = bytes.count - place - 1
        var last = place
        while rest >= 0x80 {
            bytes[last] = UInt8(rest & 0x7F) | 0x80
            last += 1
            bytes.insert(0, at: last)
            rest >>= 7
        }
        bytes[last] = UInt8(rest)
    }

    /// One message after the other.
    mutating func list<Item>(_ number: Int, _ items: [Item], _ write: (borrowing Item, inout ProtobufBytes) -> Void) {
        // Looked at where they lie: to take each out costs as much as to write it.
        items.withUnsafeBufferPointer { items in
            for index in items.indices { nest(number) { write(items[index], &$0) } }
        }
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
