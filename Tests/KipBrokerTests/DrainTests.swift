import KipCore
import Testing

@testable import KipBroker

/// Workers that an operator wants to leave.
@Suite struct DrainTests {
    private func drain(_ ids: [String], _ harness: inout CoreHarness) -> [(WireMessage, Peer)] {
        var drain = WireDrainWorkers()
        drain.ids = ids
        harness.sent = []
        harness.say(.drainWorkers(drain), from: CoreHarness.peer("operator"))
        return harness.sent
    }

    private func isDrain(_ message: WireMessage) -> Bool {
        if case .drain = message.header.body { true } else { false }
    }

    private func beat(_ worker: (id: String, session: UInt64), draining: Bool, _ harness: inout CoreHarness) {
        var beat = WireHeartbeat()
        beat.workerID = worker.id
        beat.session = worker.session
        beat.draining = draining
        harness.sent = []
        harness.say(.heartbeat(beat), from: CoreHarness.peer("w"))
    }

    @Test("a worker that is drained is told so, and gets nothing more; the others are left alone")
    func drains() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        #expect(harness.takeSent().work.count == 1)
        let sent = drain([worker.id, "nobody"], &harness)
        #expect(sent.filter { isDrain($0.0) }.map(\.1) == [CoreHarness.peer("w")])
        guard case .changed(let changed)? = sent.last?.0.header.body else {
            Issue.record("not answered: \(sent)")
            return
        }
        #expect(changed.ids == [worker.id])
        #expect(changed.unchanged == ["nobody"])
        harness.enqueue()
        #expect(harness.takeSent().work.isEmpty)
        _ = harness.worker("heir")
        #expect(harness.takeSent().work.count == 1)
    }

    @Test("what it runs is still its own: its result counts")
    func finishes() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let work = harness.takeSent().work
        _ = drain([worker.id], &harness)
        harness.finish(work[0], by: worker, "w")
        #expect(harness.takeSent().recorded.map(\.status) == [.recorded])
    }

    @Test("one that was away is told when it greets, and still gets nothing")
    func away() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.handle(.unreachable(CoreHarness.peer("w")))
        #expect(!drain([worker.id], &harness).contains { isDrain($0.0) })
        harness.enqueue()
        harness.sent = []
        _ = harness.worker(worker.id, "w2")
        #expect(harness.sent.filter { isDrain($0.0) }.map(\.1) == [CoreHarness.peer("w2")])
        #expect(harness.takeSent().work.isEmpty)
    }

    @Test("one that has not heard the word is told again when it says that it lives, and not once it drains")
    func unheard() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        _ = drain([worker.id], &harness)
        beat(worker, draining: false, &harness)
        #expect(harness.sent.contains { isDrain($0.0) })
        harness.enqueue()
        #expect(harness.takeSent().work.isEmpty)
        beat(worker, draining: true, &harness)
        #expect(!harness.sent.contains { isDrain($0.0) })
    }

    @Test("a message that names nobody is refused")
    func empty() {
        var harness = CoreHarness()
        #expect(drain([], &harness).map(\.0).refusals == ["invalid"])
    }

    @Test("a worker's key reads how queues do, to size a pool; only an operator's drains")
    func rights() {
        let worker = Rights(name: "pool", key: "k", role: .worker)
        #expect(throws: Never.self) { try worker.check(WireMessage(.readOverview(WireReadOverview()))) }
        #expect(throws: Never.self) { try worker.check(WireMessage(.listWorkers(WireListWorkers()))) }
        #expect(throws: Refusal.self) { try worker.check(WireMessage(.drainWorkers(WireDrainWorkers()))) }
        let producer = Rights(name: "desk", key: "k", role: .producer)
        #expect(throws: Refusal.self) { try producer.check(WireMessage(.readOverview(WireReadOverview()))) }
        let person = Rights(name: "me", key: "k", role: .operator)
        #expect(throws: Never.self) { try person.check(WireMessage(.drainWorkers(WireDrainWorkers()))) }
    }
}
