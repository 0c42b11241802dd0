import SwiftProtobuf
import Testing

@testable import KipCore

/// What is read and written without the protobuf library, held against it.
@Suite struct HotWireTests {
    /// Texts that have to travel whole, also long ones and none.
    private static let texts = [
        "", "a", "mặc định", "01890a5d-ac96-774b-bcce-b302099a8057", String(repeating: "x", count: 127),
        String(repeating: "đ", count: 200),
    ]
    private static let numbers: [Int64] = [0, 1, -1, 127, 128, 16_383, 16_384, 1_764_000_000_000, .max, .min]

    private struct Dice {
        var random: SplitMix64

        mutating func number(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
        mutating func text() -> String { texts[number(texts.count)] }
        mutating func int64() -> Int64 { numbers[number(numbers.count)] }
        mutating func int32() -> Int32 { Int32(truncatingIfNeeded: int64()) }
        /// Mostly one.
        mutating func id() -> String {
            number(40) == 0 ? text() : JobID(at: Timestamp(milliseconds: 1), using: &random).description
        }
        mutating func some<Item>(_ make: (inout Dice) -> Item) -> [Item] { (0..<number(4)).map { _ in make(&self) } }

        mutating func header() -> WireHeader {
            var header = WireHeader()
            header.request = UInt64(bitPattern: int64())
            header.body = body()
            return header
        }

        private mutating func body() -> WireHeader.OneOf_Body {
            switch number(5) {
            case 0: .enqueue(.with { $0.jobs = some { $0.newJob() } })
            case 1:
                .enqueued(
                    .with {
                        $0.jobs = some { dice in
                            .with {
                                $0.id = dice.id()
                                $0.outcome = [.unspecified, .created, .existing][dice.number(3)]
                            }
                        }
                    })
            case 2:
                .work(
                    .with {
                        $0.session = UInt64(bitPattern: int64())
                        $0.jobs = some { $0.leasedJob() }
                    })
            case 3:
                .results(
                    .with {
                        $0.workerID = text()
                        $0.session = UInt64(bitPattern: int64())
                        $0.results = some { $0.result() }
                    })
            default:
                .recorded(
                    .with {
                        $0.results = some { dice in
                            .with {
                                $0.id = dice.id()
                                $0.attempt = dice.int32()
                                $0.status = [.unspecified, .recorded, .stale][dice.number(3)]
                            }
                        }
                    })
            }
        }

        mutating func plausibleJob() -> WireNewJob {
            .with {
                if number(4) > 0 { $0.id = JobID(at: Timestamp(milliseconds: 1), using: &random).description }
                $0.kind = "k"
                if number(2) == 0 { $0.queue = "mặc định" }
                $0.priority = Int32(number(2_001) - 1_000)
                $0.delayMs = Int64(number(3) * 1_000)
                $0.maxAttempts = Int32(number(30))
                $0.timeoutMs = Int64(number(5_000))
                if number(3) == 0 { $0.uniqueKey = "key" }
                $0.keyConflict = [.refuse, .keepExisting, .replacePending, .reject][number(4)]
                $0.onWorkerLost = [.retry, .quarantine][number(2)]
            }
        }

        mutating func bend(_ job: inout WireNewJob) {
            switch number(6) {
            case 0: job.id = text()
            case 1: job.kind = text()
            case 2: job.priority = int32()
            case 3: job.delayMs = int64()
            case 4: job.runAtMs = int64()
            default: (job.maxAttempts, job.timeoutMs) = (int32(), int64())
            }
        }

        private mutating func newJob() -> WireNewJob {
            var job = WireNewJob()
            (job.id, job.kind, job.queue, job.uniqueKey) = (id(), text(), text(), text())
            (job.priority, job.maxAttempts) = (int32(), int32())
            (job.delayMs, job.runAtMs, job.timeoutMs) = (int64(), int64(), int64())
            job.keyConflict = [.refuse, .keepExisting, .replacePending, .reject][number(4)]
            job.onWorkerLost = [.retry, .quarantine][number(2)]
            if number(9) == 0 { job.backoff = RetryPolicy.fixed(.seconds(1)).wire }
            if number(9) == 0 { job.conditions.hold = true }
            return job
        }

        private mutating func leasedJob() -> WireLeasedJob {
            var job = WireLeasedJob()
            (job.id, job.kind, job.queue) = (id(), text(), text())
            (job.attempt, job.failures) = (int32(), int32())
            (job.timeoutMs, job.enqueuedAtMs, job.startWithinMs, job.endWithinMs) = (int64(), int64(), int64(), int64())
            if number(9) == 0 { job.headers.values = ["a": "b"] }
            return job
        }

        private mutating func result() -> WireResult {
            var result = WireResult()
            (result.id, result.error) = (id(), text())
            (result.attempt, result.retryAfterMs) = (int32(), int64())
            result.outcome = [.unspecified, .succeeded, .failed, .givenBack, .discarded][number(5)]
            if number(9) == 0 { result.children = [newJob()] }
            return result
        }
    }

    @Test("what is read is what the library wrote, and is written byte for byte as the library does, in both encodings")
    func agrees() throws {
        var dice = Dice(random: SplitMix64(seed: 1))
        var (read, written, left) = (0, 0, 0)
        for _ in 0..<5_000 {
            let header = dice.header()
            let bytes: [UInt8] = try header.serializedBytes()
            if let (body, request) = HotDecoding.body(bytes) {
                read += 1
                #expect(WireMessage(body, request: request).header == header)
                #expect(HotEncoding.bytes(of: body, request: request) == bytes)
            }
            // Also what is left to the library: headers, children.
            guard let body = HotBody(header.body) else { continue }
            if HotEncoding.bytes(of: body, request: header.request) == nil { left += 1 } else { written += 1 }
            for encoding in [WireEncoding.protobuf, .json] {
                #expect(
                    try WireCodec.encode(WireMessage(body, request: header.request), as: encoding)
                        == WireCodec.encode(WireMessage(header), as: encoding))
            }
        }
        #expect(read > 4_000)
        #expect(written > 4_000)
        #expect(left > 50)
    }

    @Test("jobs are written as the library writes them, plain or not, in both encodings")
    func plainJobs() throws {
        var dice = Dice(random: SplitMix64(seed: 4))
        var (plain, whole) = (0, 0)
        for _ in 0..<2_000 {
            guard case .enqueue(let enqueue) = dice.header().body, !enqueue.jobs.isEmpty else { continue }
            let forms = enqueue.jobs.map { NewJobForm($0) }
            #expect(forms.map(\.wire) == enqueue.jobs)
            let usual = WireMessage(.enqueue(enqueue))
            let message = WireMessage(enqueuing: forms, payloads: [])
            #expect((message.hot == nil) == enqueue.jobs.contains { !$0.isPlain || !$0.hasProperID })
            if message.hot == nil { whole += 1 } else { plain += 1 }
            for encoding in [WireEncoding.protobuf, .json] {
                #expect(try WireCodec.encode(message, as: encoding) == WireCodec.encode(usual, as: encoding))
            }
            #expect(try WireCodec.encode(message, as: .protobuf)[1] == usual.header.serializedBytes())
        }
        #expect(plain > 100)
        #expect(whole > 20)
    }

    @Test("of bytes that somebody has bent it reads what the library reads, or leaves them to it")
    func bent() throws {
        var dice = Dice(random: SplitMix64(seed: 2))
        var read = 0
        for _ in 0..<60_000 {
            var bytes: [UInt8] = try dice.header().serializedBytes()
            for _ in 0...dice.number(3) where !bytes.isEmpty {
                let place = dice.number(bytes.count)
                switch dice.number(4) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(UInt8(dice.number(256)), at: place)
                case 2: bytes.removeLast(dice.number(bytes.count))
                default: bytes[place] = UInt8(dice.number(256))
                }
            }
            guard let (body, request) = HotDecoding.body(bytes) else { continue }
            read += 1
            let hot = WireMessage(body, request: request).header
            let library = try? WireHeader(serializedBytes: bytes)
            // An id that somebody has put in capitals is the same id.
            if hot != library, hot != library?.withIDsInLowerCase {
                Issue.record("\(bytes)\n\(hot)\n\(String(describing: library))")
            }
        }
        #expect(read > 2_000)
    }

    @Test("plain jobs become the same drafts, or are refused with the same words")
    func plain() throws {
        let now = Timestamp(milliseconds: 1_764_000_000_000)
        var dice = Dice(random: SplitMix64(seed: 3))
        var (made, refused) = (0, 0)
        for number in 0..<20_000 {
            var job = dice.plausibleJob()
            if dice.number(3) == 0 { dice.bend(&job) }
            let bytes: [UInt8] = try WireHeader.with { $0.enqueue.jobs = [job] }.serializedBytes()
            guard case .newJobs(let jobs) = HotDecoding.body(bytes)?.0, let plain = jobs.first else { continue }
            let payload = [UInt8](repeating: 1, count: dice.number(9))
            let (usual, other) = (
                Result { try JobDraft(wire: job, payload: payload, position: number, now: now) },
                Result { try JobDraft(words: plain, payload: payload, position: number, now: now) }
            )
            switch (usual, other) {
            case (.success(var usual), .success(var other)):
                // Where there is no id, each makes one.
                if job.id.isEmpty { (usual.id, other.id) = (JobID(high: 0, low: 0), JobID(high: 0, low: 0)) }
                #expect(usual == other)
                made += 1
            case (.failure(let usual), .failure(let other)):
                #expect("\(usual)" == "\(other)")
                refused += 1
            default: Issue.record("\(job): \(usual) \(other)")
            }
        }
        #expect(made > 5_000)
        #expect(refused > 1_000)
    }

    @Test("a field of a later release is kept, as the library does")
    func unknown() throws {
        let id = JobID().description
        var bytes: [UInt8] = try WireHeader.with { $0.enqueued.jobs = [.with { $0.id = id }] }.serializedBytes()
        #expect(HotDecoding.body(bytes) != nil)
        bytes += [0x98, 0x06, 0x01]  // field 99
        #expect(HotDecoding.body(bytes) == nil)
        let whole = try WireCodec.decode([WireEncoding.protobuf.frame, bytes]).0
        #expect(try WireCodec.encode(whole, as: .protobuf)[1] == bytes)
        // Inside of a result, whose known fields are all the plain ones.
        var inner: [UInt8] = try WireResult.with { $0.id = id }.serializedBytes()
        inner += [0x30, 0x03]  // field 6, which is no number here
        bytes = [0x4A, UInt8(inner.count + 2), 0x1A, UInt8(inner.count)] + inner
        let results = try WireCodec.decode([WireEncoding.protobuf.frame, bytes]).0
        #expect(try WireCodec.encode(results, as: .protobuf)[1] == bytes)
        bytes = try WireHeader.with { $0.enqueued.jobs = [.with { $0.id = "no id" }] }.serializedBytes()
        #expect(try WireCodec.decode([WireEncoding.protobuf.frame, bytes]).0.header.enqueued.jobs.count == 1)
    }
}

extension HotBody {
    /// What a body says; nil where it is another one, or its ids are none.
    fileprivate init?(_ body: WireHeader.OneOf_Body?) {
        do {
            switch body {
            case .enqueue(let enqueue):
                let jobs = NewJobForm.plain(enqueue.jobs.map { NewJobForm($0) })
                if jobs.count != enqueue.jobs.count { return nil }
                self = .newJobs(jobs)
            case .enqueued(let enqueued): self = .enqueued(try enqueued.jobs.map { try EnqueuedWords($0) })
            case .work(let work):
                self = .work(WorkWords(try work.jobs.map { try LeasedWords($0) }, session: work.session))
            case .results(let results): self = .results(try WorkerResults(results))
            case .recorded(let recorded): self = .recorded(try recorded.results.map { try RecordedWords($0) })
            default: return nil
            }
        } catch {
            return nil
        }
    }
}

extension WireHeader {
    /// All else, unknown fields too, as it is.
    fileprivate var withIDsInLowerCase: WireHeader {
        var header = self
        switch body {
        case .enqueue(var enqueue):
            for place in enqueue.jobs.indices { enqueue.jobs[place].id = enqueue.jobs[place].id.lowercased() }
            header.body = .enqueue(enqueue)
        case .enqueued(var enqueued):
            for place in enqueued.jobs.indices { enqueued.jobs[place].id = enqueued.jobs[place].id.lowercased() }
            header.body = .enqueued(enqueued)
        case .work(var work):
            for place in work.jobs.indices { work.jobs[place].id = work.jobs[place].id.lowercased() }
            header.body = .work(work)
        case .results(var results):
            for place in results.results.indices { results.results[place].id = results.results[place].id.lowercased() }
            header.body = .results(results)
        case .recorded(var recorded):
            for place in recorded.results.indices {
                recorded.results[place].id = recorded.results[place].id.lowercased()
            }
            header.body = .recorded(recorded)
        default: break
        }
        return header
    }
}

extension WireNewJob {
    fileprivate var hasProperID: Bool { id.isEmpty || JobID(id) != nil }
}
