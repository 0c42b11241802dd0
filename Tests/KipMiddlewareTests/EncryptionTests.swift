import Foundation
import KipClient
import KipCore
import KipEncryption
import KipTesting
import KipWorker
import Testing

@Suite(.timeLimit(.minutes(15))) struct EncryptionTests {
    private struct Safe {
        let bench: Bench
        let keys: PayloadKeyFolder
        let encryption: PayloadEncryption

        init(_ bench: Bench? = nil) throws {
            self.bench = try bench ?? Bench()
            keys = PayloadKeyFolder(self.bench.keys)
            try keys.add(named: "first")
            encryption = try PayloadEncryption(folder: self.bench.keys)
        }

        func worker(_ encryption: PayloadEncryption? = nil) throws -> Task<Void, any Error> {
            var registry = JobRegistry(Echo.self, Maker.self, Reader.self)
            registry.use(encryption ?? self.encryption)
            return try bench.worker(registry)
        }
    }

    @Test("payloads, results and children are in the clear for producer and handler, and nowhere between")
    func roundTrip() async throws {
        let safe = try Safe()
        let (client, worker) = (try safe.bench.client(safe.encryption), try safe.worker())
        defer { worker.cancel() }
        let id = try await client.enqueue(Echo(text: "a citizen's name")).id
        let maker = try await client.enqueue(Maker(text: "another citizen")).id
        try await client.wait([id, maker], timeout: .seconds(200))
        let detail = try await client.job(id)
        #expect(try detail.echoed()["text"] == "a citizen's name")
        #expect(String(decoding: detail.payload, as: UTF8.self).contains("a citizen's name"))
        let child = try #require(JobID(try await client.job(maker).value(as: String.self)))
        try await client.wait([child], timeout: .seconds(200))
        #expect(try await client.job(child).echoed()["text"] == "another citizen")
        // Who has no key sees that there is something, and by which key.
        let stranger = try await safe.bench.client().job(id)
        #expect(SealedPayload(stranger.payload)?.key == "first" && SealedPayload(stranger.result)?.key == "first")
        #expect(try !safe.bench.holds("citizen"))
        #expect(try safe.bench.holds("first"))
    }

    @Test("what parents gave back is read in the clear")
    func parents() async throws {
        let safe = try Safe()
        let (client, worker) = (try safe.bench.client(safe.encryption), try safe.worker())
        defer { worker.cancel() }
        let parent = try await client.enqueue(Echo(text: "from above")).id
        let reader = try await client.enqueue(Reader(), options: JobOptions().after([parent])).id
        try await client.wait([reader], timeout: .seconds(200))
        #expect(try await client.job(reader).value(as: [String].self) == ["from above"])
    }

    @Test("after a rotation new jobs have the new key and old ones are read, also by who knew only the old one")
    func rotation() async throws {
        let safe = try Safe()
        let old = try await safe.bench.client(safe.encryption).enqueue(Echo(text: "old")).id
        try safe.keys.add(named: "second")
        let rotated = try PayloadEncryption(folder: safe.bench.keys)
        let client = try safe.bench.client(rotated)
        let new = try await client.enqueue(Echo(text: "new")).id
        let plain = try safe.bench.client()
        #expect(SealedPayload(try await plain.job(old).payload)?.key == "first")
        #expect(SealedPayload(try await plain.job(new).payload)?.key == "second")
        try await Task.sleep(for: .seconds(1.1))
        let worker = try safe.worker()
        defer { worker.cancel() }
        try await client.wait([old, new], timeout: .seconds(200))
        #expect(try await client.job(old).echoed()["text"] == "old")
        #expect(try await client.job(new).echoed()["text"] == "new")
    }

    @Test("without its key a job fails and says which key is missing; with the key it runs")
    func missingKey() async throws {
        let (safe, other) = (try Safe(), try Bench())
        try PayloadKeyFolder(other.keys).add(named: "other")
        let client = try safe.bench.client(safe.encryption)
        let worker = try safe.worker(try PayloadEncryption(folder: other.keys))
        let id = try await client.enqueue(Echo(text: "x")).id
        try await client.wait([id], timeout: .seconds(200))
        let failed = try await client.job(id)
        #expect(failed.job.state == "dead" && failed.job.attempt == 2)
        #expect(failed.job.error?.contains("“first”") == true)
        worker.cancel()
        try await worker.value
        let right = try safe.worker()
        defer { right.cancel() }
        #expect(try await client.retry([id]) == [id])
        try await client.wait([id], timeout: .seconds(200))
        #expect(try await client.job(id).job.state == "succeeded")
    }

    @Test("a wrong key of the right name, a changed byte anywhere, another job, another kind: none opens")
    func tampered() throws {
        let (safe, forger) = (try Safe(), try Safe())
        var job = OutgoingJob(kind: "echo", uniqueKey: "k", payload: Array(#"{"text":"x"}"#.utf8))
        let clear = job.payload
        try safe.encryption.prepare(&job)
        let open = { (payload: [UInt8], id: JobID, kind: String) in
            try safe.encryption.open(payload: payload, of: id, kind: kind)
        }
        #expect(try open(job.payload, job.id, "echo") == clear)
        #expect(throws: JobSignal.self) { try open(job.payload, JobID(), "echo") }
        #expect(throws: JobSignal.self) { try open(job.payload, job.id, "maker") }
        #expect(throws: JobSignal.self) { try safe.encryption.open(result: job.payload, of: job.id) }
        #expect(throws: JobSignal.self) { try forger.encryption.open(payload: job.payload, of: job.id, kind: "echo") }
        for index in job.payload.indices {
            var changed = job.payload
            changed[index] ^= 1
            #expect(throws: (any Error).self, "byte \(index)") { try open(changed, job.id, "echo") }
            #expect(throws: (any Error).self, "cut at \(index)") {
                try open(Array(job.payload[..<index]), job.id, "echo")
            }
        }
    }

    @Test("a payload that was laid under another job, or is in the clear, is a dead letter and its handler never runs")
    func moved() async throws {
        let safe = try Safe()
        let worker = try safe.worker()
        defer { worker.cancel() }
        let plain = try safe.bench.client()
        var stolen = OutgoingJob(kind: "echo", payload: Array(#"{"text":"x"}"#.utf8))
        try safe.encryption.prepare(&stolen)
        let moved = try await plain.enqueue(JobRequest(kind: "echo", payload: stolen.payload)).id
        let clear = try await plain.enqueue(Echo(text: "x")).id
        try await plain.wait([moved, clear], timeout: .seconds(200))
        let (first, second) = (try await plain.job(moved), try await plain.job(clear))
        #expect(first.job.state == "dead" && first.job.attempt == 1)
        #expect(first.job.error?.contains("another job") == true)
        #expect(second.job.state == "dead" && second.job.error?.contains("in the clear") == true)
        // A client with the key shows what is in the clear, and says what was laid there.
        #expect(try await safe.bench.client(safe.encryption).job(clear).payload == second.payload)
        await #expect(throws: KipClientError.self) { try await safe.bench.client(safe.encryption).job(moved) }
    }

    @Test("the same job with its unique key is the same, also after a rotation; another payload is refused")
    func uniqueKeys() async throws {
        let safe = try Safe()
        let options = JobOptions().unique("letter/1")
        let client = try safe.bench.client(safe.encryption)
        let first = try await client.enqueue(Echo(text: "x"), options: options)
        let again = try await client.enqueue(Echo(text: "x"), options: options)
        #expect(first.isNew && !again.isNew && again.id == first.id)
        try safe.keys.add(named: "second")
        let rotated = try safe.bench.client(try PayloadEncryption(folder: safe.bench.keys))
        #expect(try await rotated.enqueue(Echo(text: "x"), options: options).id == first.id)
        await #expect(throws: KipClientError.self) { try await client.enqueue(Echo(text: "y"), options: options) }
        // Without a unique key nothing tells that two jobs say the same.
        var (one, two) = (OutgoingJob(kind: "echo", payload: [1]), OutgoingJob(kind: "echo", payload: [1]))
        try safe.encryption.prepare(&one)
        try safe.encryption.prepare(&two)
        #expect(one.payload != two.payload)
        #expect(SealedPayload(one.payload)?.likeness == [])
    }

    @Test("only the kinds that are named are encrypted")
    func kinds() async throws {
        let safe = try Safe()
        let some = try PayloadEncryption(folder: safe.bench.keys, kinds: ["echo"])
        var (echo, maker) = (OutgoingJob(kind: "echo", payload: [1]), OutgoingJob(kind: "maker", payload: [1]))
        try some.prepare(&echo)
        try some.prepare(&maker)
        #expect(SealedPayload.isSealed(echo.payload) && maker.payload == [1])
        #expect(try some.open(payload: [1], of: maker.id, kind: "maker") == [1])
        let lenient = try PayloadEncryption(folder: safe.bench.keys, clear: .accepted)
        #expect(try lenient.open(payload: [1], of: echo.id, kind: "echo") == [1])
    }

    @Test("an inline queue encrypts, too, and shows jobs and results in the clear")
    func inline() async throws {
        let safe = try Safe()
        var registry = JobRegistry(Echo.self, Reader.self)
        registry.use(safe.encryption)
        let queue = InlineQueue(registry)
        let id = try await queue.enqueue(Echo(text: "x"))
        let reader = try await queue.enqueue(Reader(), options: JobOptions().after([id]))
        await queue.run()
        #expect(try await queue.result(of: reader, as: [String].self) == ["x"])
        #expect(try await queue.result(of: id, as: [String: String].self)?["text"] == "x")
        #expect(try await queue.jobs(Echo.self).map(\.text) == ["x"])
    }

    @Test(
        "key files are their owner's alone; what others can read, holds no key or is not there is refused by its name")
    func files() throws {
        let bench = try Bench()
        let folder = PayloadKeyFolder(bench.keys)
        #expect(throws: PayloadKeyError.self) { try PayloadEncryption(folder: bench.keys) }
        let file = try folder.add(named: "a")
        for (path, mode) in [(bench.keys, 0o700), (file, 0o600), (bench.keys + "/payload-likeness.key", 0o600)] {
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == mode)
        }
        #expect(throws: PayloadKeyError.self) { try folder.add(named: "a") }
        for name in ["", "a/b", "..", "likeness"] {
            #expect(throws: PayloadKeyError.self, "\(name)") { try folder.add(named: name) }
        }
        _ = try folder.add()
        #expect(try folder.keys().map(\.name).last == "a")
        #expect(!"\(try folder.keys())".contains("="))
        chmod(file, 0o640)
        let open = #expect(throws: PayloadKeyError.self) { try PayloadEncryption(folder: bench.keys) }
        #expect(open?.description.contains("others can read \(file)") == true)
        chmod(file, 0o600)
        try Data("secret = AAAA\n".utf8).write(to: URL(fileURLWithPath: file))
        chmod(file, 0o600)
        #expect(throws: PayloadKeyError.self) { try PayloadEncryption(folder: bench.keys) }
    }
}
