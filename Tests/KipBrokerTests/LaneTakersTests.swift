import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Who takes the jobs of a lane is looked up once: it must be known anew when a worker comes or goes.
@Suite struct LaneTakersTests {
    /// Enqueues a job, and lets the disk take it.
    /// - Returns: the worker in whose hands it is written; nil = it waits.
    private func taker(_ harness: inout CoreHarness) -> String? {
        harness.enqueueWithoutCommit()
        let batch = harness.core.takeBatch() ?? []
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        harness.settle()
        for case .insert(_, _, let worker) in batch { return worker }
        return nil
    }

    private func leave(_ worker: (id: String, session: UInt64), _ name: String, _ harness: inout CoreHarness) {
        var goodbye = WireGoodbye()
        goodbye.workerID = worker.id
        goodbye.session = worker.session
        harness.say(.goodbye(goodbye), from: CoreHarness.peer(name))
    }

    @Test(
        "a worker that comes later gets new jobs in their first write, one that has left gets none, and nobody is forgotten"
    )
    func comesAndGoes() {
        var harness = CoreHarness()
        let first = harness.worker("a", credit: 100)
        #expect(taker(&harness) == first.id)
        harness.sent = []
        let second = harness.worker("b", credit: 100)
        #expect(Set((0..<4).map { _ in taker(&harness) }) == [first.id, second.id])
        leave(first, "a", &harness)
        // What it held waits again, and goes to the other.
        harness.settle()
        #expect(Set((0..<4).map { _ in taker(&harness) }) == [second.id])
        harness.sent = []
        let third = harness.worker("c", credit: 100)
        leave(second, "b", &harness)
        harness.settle()
        #expect(Set((0..<4).map { _ in taker(&harness) }) == [third.id])
        leave(third, "c", &harness)
        #expect(taker(&harness) == nil)
    }
}
