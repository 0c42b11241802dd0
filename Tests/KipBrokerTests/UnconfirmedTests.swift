import KipCore
import KipStore
import Testing

@testable import KipBroker

/// What one connection may ask before it is answered.
@Suite struct UnconfirmedTests {
    @Test(
        "a connection that asks more than is confirmed to it is told to try again; others are not, and it is heard again"
    )
    func bounded() {
        var settings = BrokerSettings()
        settings.unconfirmedMessages = 2
        var harness = CoreHarness(settings: settings)
        for _ in 0..<3 { harness.enqueueWithoutCommit() }
        #expect(harness.takeSent().refusals == ["busy"])
        var enqueue = WireEnqueue()
        enqueue.jobs = [.with { $0.kind = "k" }]
        harness.handle(.message(WireMessage(.enqueue(enqueue), request: 1), from: CoreHarness.peer("other")))
        #expect(harness.takeSent().refusals.isEmpty)
        harness.settle()
        #expect(harness.takeSent().enqueued.count == 3)
        harness.enqueueWithoutCommit()
        #expect(harness.takeSent().refusals.isEmpty)
        // What could not be written was answered as well.
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "disk")))
        #expect(harness.core.unconfirmed.isEmpty)
    }
}
