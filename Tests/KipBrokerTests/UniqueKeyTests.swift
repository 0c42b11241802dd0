import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Promise 4 in the core: a key stands for one thing.
@Suite struct UniqueKeyTests {
    private let peer = CoreHarness.peer("producer")

    private func enqueue(_ payloads: [String], conflict: WireNewJob.KeyConflict = .refuse) -> WireMessage {
        var enqueue = WireEnqueue()
        enqueue.jobs = payloads.map { _ in
            var job = WireNewJob()
            job.id = JobID().description
            job.kind = "k"
            job.uniqueKey = "key"
            job.keyConflict = conflict
            return job
        }
        return WireMessage(.enqueue(enqueue), request: 1, payloads: payloads.map { Array($0.utf8) })
    }

    @Test("a key that another payload has is refused, and nothing of the message is stored or handed out")
    func refused() throws {
        var harness = CoreHarness()
        _ = harness.worker("w")
        _ = harness.takeSent()
        harness.handle(.message(enqueue(["a"]), from: peer))
        let taken = harness.core.takeBatch()
        let batch = try #require(taken)
        guard case .claim(let claim, let covered)? = batch.first else {
            Issue.record("no claim: \(batch)")
            return
        }
        #expect(claim.keys.map(\.key) == ["key"])
        #expect(covered == 1)
        harness.handle(.committed(Applied(outcomes: [.keyTaken(position: 0, by: JobID()), .skipped])))
        let sent = harness.takeSent()
        #expect(sent.refusals == ["key-taken"])
        #expect(sent.work.isEmpty)
        #expect(harness.core.leases.isEmpty)
        #expect(harness.core.workers.values.map(\.holding) == [0])
    }

    @Test("one message may not use a key for two things, also where one of them would stay back")
    func withinMessage() {
        var harness = CoreHarness()
        harness.handle(.message(enqueue(["a", "b"]), from: peer))
        var mixed = enqueue(["a", "b"], conflict: .keepExisting)
        if case .enqueue(var jobs) = mixed.header.body {
            jobs.jobs[1].keyConflict = .refuse
            mixed.header.body = .enqueue(jobs)
        }
        harness.handle(.message(mixed, from: peer))
        #expect(harness.takeSent().refusals == ["key-taken", "key-taken"])
        #expect(harness.core.takeBatch() == nil)
        harness.handle(.message(enqueue(["a", "a"]), from: peer))
        harness.settle()
        #expect(harness.takeSent().enqueued.map(\.outcome) == [.created, .existing])
    }

    @Test("keepExisting claims nothing")
    func keeps() {
        var harness = CoreHarness()
        harness.handle(.message(enqueue(["a"], conflict: .keepExisting), from: peer))
        let batch = harness.core.takeBatch() ?? []
        #expect(batch.count == 1)
    }

    @Test("a success whose child wants a key of something else becomes a dead letter that says so, without children")
    func children() throws {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let handed = harness.takeSent().work
        let job = try #require(handed.first)
        var child = WireNewJob()
        child.id = JobID().description
        child.kind = "k"
        child.uniqueKey = "key"
        var result = WireResult()
        result.id = job.id
        result.attempt = job.attempt
        result.outcome = .succeeded
        result.children = [child]
        var results = WireResults()
        results.workerID = worker.id
        results.session = worker.session
        results.results = [result]
        harness.handle(
            .message(WireMessage(.results(results), request: 9, payloads: [[], []]), from: CoreHarness.peer("w")))
        let taken = harness.core.takeBatch()
        let batch = try #require(taken)
        #expect(batch.count == 3)
        harness.handle(.committed(Applied(outcomes: [.keyTaken(position: 0, by: JobID()), .skipped])))
        #expect(harness.takeSent().recorded.isEmpty)
        guard case .finish(let finish)? = harness.core.takeBatch()?.first else {
            Issue.record("no dead letter")
            return
        }
        #expect(finish.state == .dead)
        #expect(finish.error.contains("key"))
        harness.handle(.committed(Applied(outcomes: [])))
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
        #expect(harness.core.leases.isEmpty)
        #expect(harness.core.workers[worker.id]?.holding == 0)
    }
}
