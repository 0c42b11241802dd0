import KipCore

/// What a row of the table `recent` says: the plain changes of one batch, one after the other. Numbers are varints, signed
/// ones in zigzag (protobuf's encoding of integers), texts and bytes have their length before them.
///
/// It is the store's own: no other program reads it, and a newer one that writes it otherwise does so under another mark.
struct RecentLog {
    private enum Mark: UInt8 {
        case insert = 1
        case lease = 2
        case finish = 3
    }

    private(set) var bytes: [UInt8] = []

    var isEmpty: Bool { bytes.isEmpty }

    /// Room for so much.
    mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    mutating func clear() { bytes.removeAll(keepingCapacity: true) }

    // MARK: Writing

    mutating func insert(_ draft: JobDraft, at now: Timestamp, worker: String?) {
        write(.insert, draft.id)
        write(draft.queue)
        write(draft.kind)
        write(Int64(draft.priority))
        write(draft.runAt.milliseconds)
        write(now.milliseconds)
        write(Int64(draft.maxAttempts))
        write(draft.timeoutMilliseconds)
        write(draft.retry == .standard ? "" : draft.retry.stored)
        write(Int64(draft.onWorkerLost.rawValue))
        write(worker ?? "")
        write(draft.payload)
    }

    mutating func lease(_ id: JobID, _ attempt: Int, by worker: String) {
        write(.lease, id)
        write(Int64(attempt))
        write(worker)
    }

    mutating func finish(_ id: JobID, _ attempt: Int, _ end: RecentJob.End) {
        write(.finish, id)
        write(Int64(attempt))
        write(end.worker)
        write(end.at.milliseconds)
        write(end.result)
    }

    private mutating func write(_ mark: Mark, _ id: JobID) {
        bytes.append(mark.rawValue)
        withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes.append(contentsOf: $0) }
    }

    private mutating func write(_ number: Int64) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func write(_ text: String) {
        write(Int64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func write(_ some: [UInt8]) {
        write(Int64(some.count))
        bytes.append(contentsOf: some)
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
            let (queue, kind) = (try text(), try text())
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
                draft, createdAt: Timestamp(milliseconds: Int64(createdAt)), row: row,
                lease: worker.isEmpty ? nil : RecentJob.Lease(attempt: 1, worker: worker))
        }
    }
}
