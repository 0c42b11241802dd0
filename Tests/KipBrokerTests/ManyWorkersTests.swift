import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Workers come and go in time that does not grow with their number.
@Suite struct ManyWorkersTests {
    private func hello(_ id: String, kinds: [String] = ["k"]) -> WireHello {
        var hello = WireHello()
        hello.workerID = id
        hello.kinds = kinds
        hello.credit = 1
        return hello
    }

    @Test("a connection speaks for so many workers, and is refused more until one has left")
    func limit() throws {
        var harness = CoreHarness()
        let peer = CoreHarness.peer("one")
        let ids = (0...Limits.workersPerConnection).map { _ in JobID().description }
        for id in ids { harness.say(.hello(hello(id)), from: peer) }
        #expect(harness.takeSent().refusals == ["too-large"])
        #expect(harness.core.workers.count == Limits.workersPerConnection)
        // One that is known greets again, and others come on connections of their own.
        harness.say(.hello(hello(ids[0])), from: peer)
        harness.say(.hello(hello(ids[100])), from: CoreHarness.peer("two"))
        #expect(harness.takeSent().refusals.isEmpty)
        var goodbye = WireGoodbye()
        goodbye.workerID = ids[0]
        harness.say(.goodbye(goodbye), from: peer)
        harness.say(.hello(hello(JobID().description)), from: peer)
        #expect(harness.takeSent().refusals.isEmpty)
    }

    @Test("the names that the workers of a connection declare are limited in bytes, and free again when they leave")
    func names() {
        var harness = CoreHarness()
        let peer = CoreHarness.peer("one")
        let kinds = (0..<1_000).map { String(repeating: "x", count: 120) + String($0) }
        var ids: [String] = []
        while harness.takeSent().refusals.isEmpty, ids.count < 100 {
            ids.append(JobID().description)
            harness.say(.hello(hello(ids[ids.count - 1], kinds: kinds)), from: peer)
        }
        #expect(harness.core.workerNameBytes <= Limits.workerNameBytesPerConnection)
        #expect((10..<100).contains(ids.count))
        harness.handle(.unreachable(peer))
        harness.beSilent()
        #expect(harness.core.workers.count == 0)
        #expect(harness.core.workerNameBytes == 0)
    }

    /// What a thousand and ten thousand workers cost that all fall silent at the same time: counted, not timed.
    @Test("silent workers are found by their deadlines, each once, with all that they hold")
    func silence() {
        var harness = CoreHarness()
        for index in 0..<2_000 { _ = harness.worker("w\(index)", credit: 1) }
        harness.enqueue(2_000)
        #expect(harness.core.leases.count == 2_000)
        #expect(harness.core.workerDeadlines.count == 2_000)
        harness.beSilent()
        let batch = harness.core.takeBatch() ?? []
        #expect(batch.count { if case .again = $0 { true } else { false } } == 2_000)
        #expect(harness.core.workers.count == 0)
        #expect(harness.core.workerDeadlines.next == nil)
        #expect(harness.core.workersByConnection.isEmpty)
    }

    @Test("workers that leave and come back keep the order and the served lanes as they are")
    func order() {
        var harness = CoreHarness()
        let ids = (0..<200).map { _ in JobID().description }
        for (index, id) in ids.enumerated() { _ = harness.worker(id, "w\(index)") }
        harness.enqueue { $0.delayMs = 1_000_000 }
        for (index, id) in ids.enumerated() where index % 2 == 0 {
            var goodbye = WireGoodbye()
            goodbye.workerID = id
            harness.say(.goodbye(goodbye), from: CoreHarness.peer("w\(index)"))
        }
        #expect(harness.core.workers.count == 100)
        for (index, id) in ids.enumerated() where index % 4 == 0 { _ = harness.worker(id, "w\(index)") }
        #expect(harness.core.workers.count == 150)
        let known = harness.core.workerOrder.filter { harness.core.workers[$0] != nil }
        #expect(known.count == 150)
        #expect(Set(known).count == 150)
        _ = harness.takeSent()
        harness.enqueue(300)
        #expect(Set(harness.core.leases.values.map(\.worker)).count == 150)
    }

    @Test("a worker that greets again and again costs no deadline each time")
    func deadlines() {
        var harness = CoreHarness()
        let id = JobID().description
        for _ in 0..<5_000 {
            let worker = harness.worker(id, "w")
            harness.sent = []
            var goodbye = WireGoodbye()
            goodbye.workerID = worker.id
            harness.say(.goodbye(goodbye), from: CoreHarness.peer("w"))
        }
        #expect(harness.core.workerDeadlines.count < 1_100)
    }
}
