import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Promise 10 in the core: a lost worker is no ordinary failure.
@Suite struct WorkerLossTests {
    /// Loses the only worker, and gives the mutations that this wrote.
    private func lose(_ harness: inout CoreHarness) -> [Mutation] {
        harness.beSilent()
        let batch = harness.core.takeBatch() ?? []
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        harness.settle()
        return batch
    }

    @Test("three lost workers quarantine a job; its failures stay what they were")
    func quarantine() throws {
        var harness = CoreHarness()
        harness.enqueue { $0.maxAttempts = 1 }
        for loss in 1...3 {
            _ = harness.worker("w\(loss)")
            #expect(harness.takeSent().work.map(\.attempt) == [Int32(loss)])
            switch lose(&harness).first {
            case .again(let again)? where loss < 3: #expect(again.setbacks == Setbacks(losses: loss))
            case .park(let park)? where loss == 3:
                #expect(park.state == .quarantined)
                #expect(park.setbacks == Setbacks(losses: 3))
            case let other: Issue.record("loss \(loss): \(String(describing: other))")
            }
        }
        _ = harness.worker("heir")
        #expect(harness.takeSent().work.isEmpty)
    }

    @Test("who leaves before the welcome came is not lost; its word counts on its own connection only")
    func leavesUnwelcomed() throws {
        var harness = CoreHarness()
        harness.enqueue()
        let worker = harness.worker("w")
        #expect(harness.takeSent().work.map(\.attempt) == [1])
        var goodbye = WireGoodbye()
        goodbye.workerID = worker.id
        harness.handle(.message(WireMessage(.goodbye(goodbye)), from: CoreHarness.peer("another")))
        #expect(harness.core.takeBatch() == nil)
        harness.handle(.message(WireMessage(.goodbye(goodbye)), from: CoreHarness.peer("w")))
        guard case .again(let again)? = harness.core.takeBatch()?.first else {
            Issue.record("it still holds its job")
            return
        }
        #expect(again.setbacks == Setbacks(interruptions: 1))
    }

    @Test("a kind that asks for it is quarantined at the first loss")
    func asksForIt() throws {
        var harness = CoreHarness()
        harness.enqueue { $0.onWorkerLost = .quarantine }
        _ = harness.worker("w")
        guard case .park(let park)? = lose(&harness).first else {
            Issue.record("not parked")
            return
        }
        #expect(park.state == .quarantined)
    }

    @Test("a suspect is handed out alone, also where its worker has room; others wait for it to end")
    func alone() throws {
        var harness = CoreHarness()
        harness.enqueue(3)
        _ = harness.worker("w")
        _ = harness.takeSent()
        _ = lose(&harness)
        let heir = harness.worker("heir", credit: 10)
        harness.enqueue(2)
        let first = harness.takeSent().work
        #expect(first.count == 1)
        #expect(first.map(\.attempt) == [2])
        harness.finish(first[0], by: heir, "heir")
        let second = harness.takeSent().work
        #expect(second.map(\.attempt) == [2])
        harness.finish(second[0], by: heir, "heir")
        let third = harness.takeSent().work
        harness.finish(third[0], by: heir, "heir")
        // What nobody suspects comes together.
        #expect(harness.takeSent().work.map(\.attempt) == [1, 1])
    }

    @Test("a busy worker takes nothing more until it is empty, and then the suspect")
    func reserved() throws {
        var harness = CoreHarness()
        harness.enqueue()
        _ = harness.worker("w", credit: 1)
        _ = harness.takeSent()
        // The heir has work of its own before the loss.
        let heir = harness.worker("heir", credit: 10)
        harness.enqueue { $0.kind = "k" }
        _ = harness.takeSent()
        let held = harness.core.leases.values.filter { $0.worker == heir.id }
        try #require(held.count == 1)
        harness.steady = harness.steady.advanced(byMilliseconds: 10_000)
        beat(&harness, heir)
        harness.pass(milliseconds: 6_000)
        harness.enqueue(2)
        #expect(harness.takeSent().work.isEmpty)
        var job = WireLeasedJob()
        job.id = held[0].job.id.description
        job.attempt = 1
        harness.finish(job, by: heir, "heir")
        #expect(harness.takeSent().work.map(\.attempt) == [2])
    }

    private func beat(_ harness: inout CoreHarness, _ worker: (id: String, session: UInt64)) {
        var beat = WireHeartbeat()
        beat.workerID = worker.id
        beat.session = worker.session
        harness.say(.heartbeat(beat), from: CoreHarness.peer("heir"))
    }

    @Test("a wall clock that is put forward ends no lease; one that is put back keeps none alive")
    func wallClock() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        _ = harness.takeSent()
        harness.now = harness.now.advanced(byMilliseconds: 86_400_000)
        harness.handle(.timer)
        harness.settle()
        #expect(harness.core.workers[worker.id] != nil)
        harness.now = harness.now.advanced(byMilliseconds: -2 * 86_400_000)
        harness.beSilent()
        #expect(harness.core.workers[worker.id] == nil)
    }
}
