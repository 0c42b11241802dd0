import KipCore

/// What a row of the table `recent` says: the plain changes of one batch, one after the other. Numbers are varints, signed
/// ones in zigzag (protobuf's encoding of integers), texts and bytes have their length before them.
///
/// It is the store's own: no other program reads it, and a newer one that writes it otherwise does so under another mark.
struct RecentLog: ~Copyable {
    private enum Mark: UInt8 {
        case insert = 1
        case lease = 2
        case finish = 3
    }

    private var bytes = ByteLog()

    var isEmpty: Bool { bytes.count == 0 }
    var count: Int { bytes.count }

    mutating func clear() { bytes.clear() }

    /// What was written; it must not leave the closure.
    borrowing func withUnsafeBytes<Result, Failure>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBytes(body)
    }

    // MARK: Writing

    mutating func insert(_ draft: JobDraft, at now: Timestamp, worker: String?) {
        write(.insert, draft.id)
        bytes.write(draft.queue)
        bytes.write(draft.kind)
        bytes.write(number: Int64(draft.priority))
        bytes.write(number: draft.runAt.milliseconds)
        bytes.write(number: now.milliseconds)
        bytes.write(number: Int64(draft.maxAttempts))
        bytes.write(number: draft.timeoutMilliseconds)
        bytes.write(draft.retry.storedUnlessStandard ?? "")
        bytes.write(number: Int64(draft.onWorkerLost.rawValue))
        bytes.write(worker ?? "")
        bytes.write(draft.payload)
    }

    mutating func lease(_ id: JobID, _ attempt: Int, by worker: String) {
        write(.lease, id)
        bytes.write(number: Int64(attempt))
        bytes.write(worker)
    }

    mutating func finish(_ id: JobID, _ attempt: Int, _ end: RecentJob.End) {
        write(.finish, id)
        bytes.write(number: Int64(attempt))
        bytes.write(end.worker)
        bytes.write(number: end.at.milliseconds)
        bytes.write(end.result)
    }

    private mutating func write(_ mark: Mark, _ id: JobID) {
        bytes.write(byte: mark.rawValue)
        bytes.write(word: id.high)
        bytes.write(word: id.low)
    }

    // MARK: Reading

    /// Tells what a row says, once more.
    /// - Throws: `Damaged` where it is no such row.
    static func replay(_ bytes: [UInt8], row: Int, into recent: inout RecentJobs) throws(Damaged) {
        var reader = Reader(bytes: bytes[...])
        while !reader.bytes.isEmpty {
            let mark = Mark(rawValue: try reader.byte())
            let id = try reader.id()
            switch mark {
            case .insert: recent.insert(try reader.job(id, row: row))
            case .lease: _ = recent.lease(id, try reader.number(), by: try reader.text())
            case .finish:
                let attempt = try reader.number()
                let (worker, at) = (try reader.text(), Timestamp(milliseconds: Int64(try reader.number())))
                _ = recent.finish(id, attempt, RecentJob.End(result: try reader.some(), worker: worker, at: at))
            case nil: throw Damaged()
            }
        }
    }

    /// The row is not what a store has written.
    struct Damaged: Error {}

    private struct Reader {
        var bytes: ArraySlice<UInt8>

        mutating func byte() throws(Damaged) -> UInt8 {
            guard let byte = bytes.popFirst() else { throw Damaged() }
            return byte
        }

        mutating func number() throws(Damaged) -> Int {
            var value: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                let byte = try byte()
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return Int(Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)) }
            }
            throw Damaged()
        }

        mutating func some() throws(Damaged) -> [UInt8] {
            let count = try number()
            guard count >= 0, count <= bytes.count else { throw Damaged() }
            defer { bytes = bytes.dropFirst(count) }
            return Array(bytes.prefix(count))
        }

        mutating func text() throws(Damaged) -> String { String(decoding: try some(), as: UTF8.self) }

        mutating func id() throws(Damaged) -> JobID {
            guard let id = JobID(bytes: bytes.prefix(16)) else { throw Damaged() }
            bytes = bytes.dropFirst(16)
            return id
        }

        mutating func job(_ id: JobID, row: Int) throws(Damaged) -> RecentJob {
            // An earlier release may have written another spelling.
            let (queue, kind) = (CanonicalText.repaired(try text()), CanonicalText.repaired(try text()))
            let (priority, runAt, createdAt) = (try number(), try number(), try number())
            let (maxAttempts, timeout) = (try number(), try number())
            let retry = RetryPolicy(stored: try text()) ?? .standard
            let onWorkerLost = OnWorkerLost(rawValue: try number()) ?? .retry
            let worker = try text()
            let draft = JobDraft(
                id: id, kind: kind, queue: queue, priority: priority, runAt: Timestamp(milliseconds: Int64(runAt)),
                maxAttempts: maxAttempts, timeoutMilliseconds: Int64(timeout), retry: retry,
                onWorkerLost: onWorkerLost, payload: try some())
            return RecentJob(
                draft: draft, createdAt: Timestamp(milliseconds: Int64(createdAt)), row: row,
                lease: worker.isEmpty ? nil : RecentJob.Lease(attempt: 1, worker: worker))
        }
    }
}
