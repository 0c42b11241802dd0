import KipCore
import KipStore
import Testing

@testable import KipBroker

/// One id for two jobs is a mistake of their producer: it is an error, and the second job is not lost without a word.
@Suite struct IDConflictTests {
    private func code(_ messages: [WireMessage]) -> String? {
        guard case .error(let refused)? = messages.first?.header.body else { return nil }
        return refused.code
    }

    @Test(
        "the id of a job with another payload or kind is refused, whether that job has its row or not",
        arguments: [false, true])
    func alone(hasRow: Bool) throws {
        let house = try StoreHarness()
        let job = StoreHarness.job()
        house.send([job], payloads: [[1]])
        if hasRow { try house.restart() }
        #expect(code(house.send([job], payloads: [[2]])) == "key-taken")
        var other = job
        other.kind = "other"
        #expect(code(house.send([other], payloads: [[1]])) == "key-taken")
        // The very same job again is the one that is there.
        #expect(house.send([job], payloads: [[1]]).enqueued.map(\.outcome) == [.existing])
        #expect(house.send([job], payloads: [[1]]).enqueued.map(\.id) == [job.id])
    }

    @Test("of several jobs none is stored, with and without keys and conditions", arguments: [0, 1, 2])
    func amongOthers(form: Int) throws {
        let house = try StoreHarness()
        let job = StoreHarness.job()
        house.send([job], payloads: [[1]])
        var others = [StoreHarness.job(), job, StoreHarness.job()]
        if form == 1 { others[1].uniqueKey = "key" }
        if form == 2 { others[1].conditions.expiresAtMs = house.now.milliseconds + 1_000 }
        #expect(code(house.send(others, payloads: [[5], [6], [7]])) == "key-taken")
        #expect(house.state(others[0].id) == nil)
        #expect(house.state(others[2].id) == nil)
        // The key of the refused job is free.
        if form == 1 {
            let next = StoreHarness.job { $0.uniqueKey = "key" }
            #expect(house.send([next], payloads: [[9]]).enqueued.map(\.outcome) == [.created])
        }
    }

    @Test("one id twice in one message, for two jobs, is refused; for the very same job it is one")
    func twiceInOne() throws {
        let house = try StoreHarness()
        let job = StoreHarness.job()
        #expect(code(house.send([job, job], payloads: [[1], [2]])) == "key-taken")
        #expect(house.state(job.id) == nil)
        #expect(house.send([job, job], payloads: [[1], [1]]).enqueued.map(\.outcome) == [.created, .existing])
    }

    @Test("a child with the id of another job makes its parent a dead letter that says so")
    func child() throws {
        let house = try StoreHarness()
        let taken = StoreHarness.job("other")
        house.send([taken], payloads: [[1]])
        house.hello()
        let parent = house.enqueue()
        var child = taken
        child.kind = "k"
        house.finish(parent, children: [child])
        #expect(house.state(parent) == .dead)
        #expect(try house.show(parent).detail.job.error.contains("belongs to a job of another kind or payload"))
    }

    @Test("a redacted job, whose payload is gone, is known by its kind")
    func redacted() throws {
        let house = try StoreHarness()
        house.hello()
        let job = StoreHarness.job { $0.conditions.redact = true }
        house.send([job], payloads: [[1]])
        house.finish(job.id)
        try house.restart()
        #expect(house.send([job], payloads: [[1]]).enqueued.map(\.outcome) == [.existing])
    }

    @Test("a commit that may be on disk is said to be unknown: the same message again does no harm")
    func unknown() throws {
        var harness = CoreHarness()
        harness.enqueueWithoutCommit()
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.unknown(path: "kip.db", detail: "disk I/O error")))
        guard case .error(let refused)? = harness.takeSent().last?.header.body else {
            Issue.record("no answer")
            return
        }
        #expect(refused.code == "unknown")
        #expect(refused.message.contains("Send it again with the same ids"))
    }
}
