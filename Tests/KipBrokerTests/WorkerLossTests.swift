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
        // Not what the harness's wall clock makes the core write, which stands still meanwhile.
        return batch.filter { $0.ending != nil }
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
