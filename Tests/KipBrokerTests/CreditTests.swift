import KipCore
import KipStore
import Testing

@testable import KipBroker

/// How many jobs a worker holds, as it says itself.
@Suite struct CreditTests {
    @Test("what a busy worker gives back goes to one that is idle, and to the busy one no more than it wants")
    func shared() throws {
        var harness = CoreHarness()
        let busy = harness.worker("busy", credit: 3)
        harness.enqueue(3)
        let work = harness.takeSent().work
        try #require(work.count == 3)
        let idle = harness.worker("idle", credit: 1)
        harness.beat(busy, "busy", credit: 1)
        for job in work.dropFirst() { harness.finish(job, by: busy, "busy", .givenBack) }
        let handed = harness.sent.filter { if case .work = $0.0.header.body { true } else { false } }
        #expect(handed.map(\.1.routingID) == [Array("idle".utf8)])
        // The one that came first has waited longest.
        let next = try #require(harness.takeSent().work.first)
        #expect(next.id == work[1].id)
        #expect(next.attempt == 2)
        harness.finish(next, by: idle, "idle")
        #expect(harness.takeSent().work.map(\.id) == [work[2].id])
    }

    @Test("a heartbeat that says nothing of credit leaves it as it is, one that wants more gets more")
    func changes() {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 1)
        harness.enqueue(5)
        #expect(harness.takeSent().work.count == 1)
        harness.beat(worker, "w", credit: 0)
        #expect(harness.takeSent().work.isEmpty)
        harness.beat(worker, "w", credit: 3)
        #expect(harness.takeSent().work.count == 2)
    }

    @Test("what handlers say of their progress is bounded in bytes until the disk has it")
    func progress() throws {
        var settings = BrokerSettings()
        settings.notedBytes = 1_000
        var harness = CoreHarness(settings: settings)
        let worker = harness.worker("w")
        harness.enqueue()
        let job = try #require(harness.takeSent().work.first)
        var progress = WireProgress()
        progress.workerID = worker.id
        progress.session = worker.session
        progress.jobID = job.id
        progress.attempt = job.attempt
        progress.text = String(repeating: "x", count: 400)
        let message = Event.message(WireMessage(.progress(progress)), from: CoreHarness.peer("w"))
        func notes(_ batch: [Mutation]?) -> Int {
            (batch ?? []).count { if case .progress = $0 { true } else { false } }
        }
        for _ in 0..<10 { harness.handle(message) }
        #expect(notes(harness.core.takeBatch()) == 3)
        harness.handle(message)
        #expect(notes(harness.core.takeBatch()) == 1)
    }
}
