import Foundation
import KipClient
import KipCore
import KipWorker
import Testing

@Suite(.timeLimit(.minutes(15))) struct KipWorkerTests {
    @Test("jobs run, and their results are kept")
    func runs() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Flaky.self)
        let jobs = try await broker.client.enqueue(
            (0..<200).map { _ in JobRequest(kind: "flaky", payload: Array(#"{"failures": 0}"#.utf8)) })
        // Tests of whole processes keep threads busy that these handlers need, too: it may take its time.
        let states = try await broker.client.wait(jobs.map(\.id), timeout: .seconds(100))
        #expect(states.allSatisfy { $0 == .succeeded })
        let detail = try await broker.client.job(jobs[0].id)
        #expect(String(decoding: detail.result, as: UTF8.self) == #""after 0""#)
        worker.cancel()
        try await worker.value
    }

    @Test("a job that fails is tried again; too many failures make it a dead letter with each error")
    func retries() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Flaky.self)
        defer { worker.cancel() }
        let good = try await broker.end(of: broker.client.enqueue(Flaky(failures: 2)))
        #expect(good.job.state == "succeeded")
        #expect(good.job.failures == 2)
        #expect(good.attempts.map(\.error) == ["trouble 1", "trouble 2"])
        let bad = try await broker.end(of: broker.client.enqueue(Flaky(failures: 9)))
        #expect(bad.job.state == "dead")
        #expect(bad.attempts.map(\.error) == ["trouble 1", "trouble 2", "trouble 3"])
        #expect(try await broker.client.retry([bad.job.id]) == [bad.job.id])
        let again = try await broker.end(of: bad.job.id)
        #expect(again.job.state == "dead")
        #expect(again.job.attempt == 6)
    }

    @Test("a handler says what becomes of its attempt")
    func outcomes() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Says.self)
        defer { worker.cancel() }
        let discarded = try await broker.end(of: broker.client.enqueue(Says(word: "discard")))
        #expect(discarded.job.state == "dead")
        #expect(discarded.job.attempt == 1)
        #expect(discarded.job.error == "no use")
        let again = try await broker.end(of: broker.client.enqueue(Says(word: "again")))
        #expect(again.job.state == "succeeded")
        #expect(again.attempts.map(\.error) == ["not yet"])
        let large = try await broker.end(of: broker.client.enqueue(Says(word: "too much")))
        #expect(large.job.state == "dead")
        #expect(large.job.error?.contains("the limit is") == true)
        let long = try await broker.end(of: broker.client.enqueue(Says(word: "long error")))
        #expect(long.job.state == "dead")
        #expect(long.job.error?.hasSuffix(" …") == true)
    }

    @Test("a snooze is no failure and costs no attempt, however often it comes; the list of attempts shows each")
    func snoozes() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Says.self)
        defer { worker.cancel() }
        // Two failures would make it a dead letter.
        let ended = try await broker.end(of: broker.client.enqueue(Says(word: "snooze")))
        #expect(ended.job.state == "succeeded")
        #expect(ended.job.attempt == 4)
        #expect(ended.job.failures == 0 && ended.job.interruptions == 0)
        #expect(ended.attempts.map(\.outcome) == ["snoozed", "snoozed", "snoozed"])
        #expect(ended.attempts.map(\.error).first == "not open yet")
    }

    @Test("a handler may throw its outcome, and a kind may know itself when to try again")
    func signals() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Throws.self)
        defer { worker.cancel() }
        let discarded = try await broker.end(of: broker.client.enqueue(Throws(word: "discard")))
        #expect(discarded.job.state == "dead")
        #expect(discarded.job.error == "thrown away")
        let snoozed = try await broker.end(of: broker.client.enqueue(Throws(word: "snooze")))
        #expect(snoozed.job.state == "succeeded" && snoozed.job.failures == 0)
        let busy = try await broker.end(of: broker.client.enqueue(Throws(word: "busy")))
        #expect(busy.job.state == "succeeded" && busy.job.failures == 1)
    }

    @Test("a handler makes ten thousand children at once, and one more is an error that says the limit")
    func manyChildren() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Broad.self)
        defer { worker.cancel() }
        let good = try await broker.end(of: broker.client.enqueue(Broad(children: 10_000)))
        #expect(good.job.state == "succeeded")
        #expect(try await broker.client.queues().first?.available == 10_000)
        let bad = try await broker.end(of: broker.client.enqueue(Broad(children: 10_001)))
        #expect(bad.job.state == "dead")
        #expect(bad.job.error?.contains("10000 jobs") == true)
        #expect(try await broker.client.queues().first?.available == 10_000)
    }

    @Test("an encrypted payload at a worker without keys is a dead letter that names the key")
    func sealed() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Says.self)
        defer { worker.cancel() }
        let payload = SealedPayload(likeness: [], key: "2026", content: [1, 2, 3]).bytes
        let job = try await broker.client.enqueue(JobRequest(kind: "says", payload: payload))
        let detail = try await broker.end(of: job)
        #expect(detail.job.state == "dead")
        #expect(detail.job.error?.contains("encrypted with the key “2026”, and this worker opens none") == true)
    }

    @Test("a payload that its kind cannot read is a dead letter at once, which names the key and no value")
    func unreadable() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self)
        defer { worker.cancel() }
        let request = JobRequest(kind: "slow", payload: Array(#"{"journal": "Nguyễn Văn A"}"#.utf8))
        let detail = try await broker.end(of: broker.client.enqueue(request))
        #expect(detail.job.state == "dead")
        #expect(detail.job.attempt == 1)
        #expect(detail.job.error?.contains("“milliseconds” is missing") == true)
        #expect(detail.job.error?.contains("Nguyễn") == false)
    }

    @Test("an attempt that takes too long is cancelled and counts as failed")
    func timeout() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let job = try await broker.client.enqueue(
            Slow(journal: journal, milliseconds: 60_000),
            options: JobOptions(maxAttempts: 1, timeout: .milliseconds(150)))
        let detail = try await broker.end(of: job)
        #expect(detail.job.state == "dead")
        #expect(detail.job.error == "timed out after 0.15 s")
        try await Journal.shared.wait(for: 2, in: journal)
        #expect(Journal.shared.read(journal) == ["start 1", "cancelled"])
    }

    @Test("a cancelled job stops in its worker")
    func cancel() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let job = try await broker.client.enqueue(Slow(journal: journal, milliseconds: 60_000))
        try await Journal.shared.wait(for: 1, in: journal)
        #expect(try await broker.client.cancel([job.id]) == [job.id])
        try await Journal.shared.wait(for: 2, in: journal)
        #expect(Journal.shared.read(journal) == ["start 1", "cancelled"])
        #expect(try await broker.client.states([job.id]) == [.cancelled])
    }

    @Test("children become real with their parent's success, and not without it")
    func children() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Parent.self, Slow.self)
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let good = try await broker.client.enqueue(Parent(journal: journal, children: 3, fails: false))
        #expect(try await broker.end(of: good).job.state == "succeeded")
        #expect(try await broker.client.jobs(kind: "slow").jobs.count == 3)
        let bad = try await broker.client.enqueue(Parent(journal: journal, children: 3, fails: true))
        #expect(try await broker.end(of: bad).job.state == "dead")
        #expect(try await broker.client.jobs(kind: "slow").jobs.count == 3)
    }

    @Test("a worker without kinds is refused, and says so")
    func refused() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker()
        await #expect(throws: WorkerError.self) { try await worker.value }
    }
}

@Suite(.timeLimit(.minutes(15))) struct ProducerTests {
    @Test("a job that is refused does not take those along that share its message")
    func refusedAlone() async throws {
        let broker = try LocalBroker()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let kind = number % 50 == 7 ? String(repeating: "k", count: 500) : "k"
                    return (try? await broker.client.enqueue(JobRequest(kind: kind, payload: []))) != nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 196)
        #expect(try await broker.client.queues().first?.available == 196)
    }

    @Test("large payloads go in messages that the broker takes, all together or one by one")
    func large() async throws {
        let broker = try LocalBroker()
        let payload = [UInt8](repeating: 0x20, count: Limits.payloadBytes)
        let requests = (0..<80).map { _ in JobRequest(kind: "k", payload: payload) }
        #expect(try await broker.client.enqueue(requests).count == 80)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for request in requests { group.addTask { try await Self.enqueueWhenThereIsRoom(request, broker.client) } }
            try await group.waitForAll()
        }
        #expect(try await broker.client.queues().first?.available == 80)
    }

    /// As a careful producer does: a disk that is slow for a while makes the broker busy.
    private static func enqueueWhenThereIsRoom(_ request: JobRequest, _ client: KipClient) async throws {
        while true {
            do {
                _ = try await client.enqueue(request)
                return
            } catch KipClientError.refused(code: "busy", _) {
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    @Test("a timeout or a delay of ages is refused, and stops nobody")
    func ages() async throws {
        let broker = try LocalBroker()
        for options in [
            JobOptions(timeout: .seconds(Int64.max)), JobOptions(delay: .seconds(Int64.max)),
            JobOptions(runAt: Timestamp(milliseconds: .max)),
        ] {
            await #expect(throws: KipClientError.self) {
                try await broker.client.enqueue(JobRequest(kind: "k", payload: [], options: options))
            }
        }
        #expect(try await broker.client.queues().isEmpty)
    }
}

@Suite(.timeLimit(.minutes(15))) struct LeavingTests {
    @Test("a drain lets what runs finish, gives back what waits, and costs no attempt")
    func drain() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self, named: "first", concurrency: 1, prefetch: 5)
        let journal = UUID().uuidString
        let jobs = try await broker.client.enqueue(
            (0..<4).map { _ in
                JobRequest(
                    kind: "slow", payload: Array(#"{"journal": "\#(journal)", "milliseconds": 200}"#.utf8))
            })
        try await Journal.shared.wait(for: 1, in: journal)
        worker.cancel()
        try await worker.value
        #expect(Journal.shared.read(journal) == ["start 1", "end"])
        while try await !broker.client.workers().isEmpty {}
        let states = try await broker.client.states(jobs.map(\.id))
        #expect(states == [.succeeded, .available, .available, .available])
        let heir = try broker.worker(Slow.self, named: "heir")
        defer { heir.cancel() }
        try await broker.client.wait(jobs.map(\.id), timeout: .seconds(200))
        for job in jobs.dropFirst() {
            let detail = try await broker.client.job(job.id)
            #expect(detail.job.failures == 0)
            #expect(detail.attempts.map(\.outcome) == ["given back"])
        }
    }

    @Test("what does not finish within the drain is cancelled and given back")
    func drainTimeout() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self, named: "first", drain: .milliseconds(50))
        let journal = UUID().uuidString
        let job = try await broker.client.enqueue(Slow(journal: journal, milliseconds: 60_000))
        try await Journal.shared.wait(for: 1, in: journal)
        worker.cancel()
        try await worker.value
        let detail = try await broker.client.job(job.id)
        #expect(detail.job.state == "available")
        #expect(detail.job.failures == 0)
        #expect(detail.attempts.map(\.outcome) == ["given back"])
    }

    @Test("a broker that restarts repeats nothing that is still running, and takes its result")
    func brokerRestarts() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self, named: "first")
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let job = try await broker.client.enqueue(Slow(journal: journal, milliseconds: 700))
        try await Journal.shared.wait(for: 1, in: journal)
        try await broker.stop()
        try await Task.sleep(for: .milliseconds(200))
        try broker.start()
        let detail = try await broker.end(of: job)
        #expect(detail.job.state == "succeeded")
        #expect(detail.job.attempt == 1)
        #expect(Journal.shared.read(journal) == ["start 1", "end"])
    }

    @Test("a result that ends while the broker is away is kept and recorded when it is back")
    func resultOutlivesBroker() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Slow.self, named: "first")
        defer { worker.cancel() }
        let journal = UUID().uuidString
        let job = try await broker.client.enqueue(Slow(journal: journal, milliseconds: 200))
        try await Journal.shared.wait(for: 1, in: journal)
        try await broker.stop()
        try await Journal.shared.wait(for: 2, in: journal)
        try broker.start()
        let detail = try await broker.end(of: job)
        #expect(detail.job.state == "succeeded")
        #expect(detail.job.attempt == 1)
    }
}
