import KipCore
import KipStore
import Testing

@testable import KipBroker

/// What an operator sees of a broker at work, in virtual time.
@Suite struct OverviewTests {
    private func lines(_ harness: inout CoreHarness) -> [String: WireOverview.Line] {
        overview(&harness).map { Dictionary(uniqueKeysWithValues: $0.lines.map { ($0.queue, $0) }) } ?? [:]
    }

    private func overview(_ harness: inout CoreHarness) -> WireOverview? {
        _ = harness.takeSent()
        harness.say(.readOverview(WireReadOverview()), from: CoreHarness.peer("operator"))
        guard case .overview(let overview)? = harness.takeSent().last?.header.body else { return nil }
        return overview
    }

    private func line(_ harness: inout CoreHarness) -> WireOverview.Line {
        lines(&harness)["default"] ?? WireOverview.Line()
    }

    private func go(_ harness: inout CoreHarness, milliseconds: Int64) {
        harness.now = harness.now.advanced(byMilliseconds: milliseconds)
        harness.steady = harness.steady.advanced(byMilliseconds: milliseconds)
    }

    @Test("a job counts as waiting, running, started and succeeded, each in its time")
    func life() {
        var harness = CoreHarness()
        harness.enqueue(2)
        #expect(line(&harness).waiting == 2)
        #expect(line(&harness).running == 0)
        let worker = harness.worker("w")
        let work = harness.takeSent().work
        #expect(line(&harness).waiting == 0)
        #expect(line(&harness).running == 2)
        #expect(line(&harness).started == 2)
        harness.finish(work[0], by: worker, "w")
        harness.finish(work[1], by: worker, "w", .failed)
        let end = line(&harness)
        #expect(end.running == 0)
        #expect(end.succeeded == 1)
        #expect(end.failed == 1)
    }

    @Test("what is given back is neither a success nor a failure, and runs no more")
    func givenBack() {
        var harness = CoreHarness()
        let worker = harness.worker("w", credit: 1)
        harness.enqueue()
        let work = harness.takeSent().work
        var goodbye = WireGoodbye()
        goodbye.workerID = worker.id
        goodbye.session = worker.session
        #expect(work.count == 1)
        harness.say(.goodbye(goodbye), from: CoreHarness.peer("w"))
        let end = line(&harness)
        #expect([end.running, end.succeeded, end.failed, end.waiting] == [0, 0, 0, 1])
    }

    @Test("a lost worker's job counts as failed")
    func lost() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        harness.enqueue()
        harness.beSilent()
        harness.settle()
        #expect(line(&harness).failed == 1)
        #expect(line(&harness).running == 0)
    }

    @Test("an end that the disk refused is not counted, and its job runs on")
    func refusedByDisk() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        let work = harness.takeSent().work
        var result = WireResult()
        result.id = work[0].id
        result.attempt = work[0].attempt
        result.outcome = .succeeded
        var results = WireResults()
        results.workerID = worker.id
        results.session = worker.session
        results.results = [result]
        harness.handle(.message(WireMessage(.results(results), request: 1), from: CoreHarness.peer("w")))
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "x")))
        #expect(line(&harness).succeeded == 0)
        #expect(line(&harness).running == 1)
    }

    @Test("a job that is enqueued again while it runs is not counted twice")
    func again() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        let id = JobID().description
        for _ in 0..<2 { harness.enqueue { $0.id = id } }
        #expect(line(&harness).started == 1)
        #expect(line(&harness).running == 1)
    }

    @Test("figures are those of the last minute")
    func minute() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        harness.finish(harness.takeSent().work[0], by: worker, "w")
        go(&harness, milliseconds: 54_000)
        #expect(line(&harness).succeeded == 1)
        go(&harness, milliseconds: 6_001)
        let end = line(&harness)
        #expect([end.started, end.succeeded, end.waitP99Ms] == [0, 0, 0])
    }

    @Test("a wait is counted from the time that a job may run, not from its enqueuing, to its start")
    func waits() {
        var harness = CoreHarness()
        harness.enqueue { $0.delayMs = 10_000 }
        go(&harness, milliseconds: 10_000)
        // Its time has come: it is read from the disk.
        let runAt = harness.now
        let lane = Lane(queue: "default", kind: "k")
        var effects: [Effect] = []
        harness.core.handle(.timer, at: harness.moment, into: &effects)
        harness.core.handle(.promoted(Promotion(lanes: [lane], next: nil)), at: harness.moment, into: &effects)
        harness.core.dispatch(into: &effects)
        let job = WaitingJob(
            JobDraft(kind: "k", runAt: runAt), createdAt: runAt.advanced(byMilliseconds: -10_000))
        harness.handle(.refilled(lane, Waiting([job], isAll: true), generation: 1))
        go(&harness, milliseconds: 1_000)
        #expect(line(&harness).oldestWaitingMs == 1_000)
        _ = harness.worker("w")
        let wait = line(&harness).waitP50Ms
        #expect((875...1_125).contains(wait), "\(wait)")
    }

    @Test("a job that was given back waits since then, not since it came")
    func waitsAgain() {
        var harness = CoreHarness()
        let worker = harness.worker("w")
        harness.enqueue()
        go(&harness, milliseconds: 10_000)
        var goodbye = WireGoodbye()
        goodbye.workerID = worker.id
        goodbye.session = worker.session
        harness.say(.goodbye(goodbye), from: CoreHarness.peer("w"))
        go(&harness, milliseconds: 1_000)
        #expect(line(&harness).oldestWaitingMs == 1_000)
    }

    @Test("the job that has waited longest is seen, also behind others of a higher priority")
    func starving() {
        var harness = CoreHarness()
        harness.enqueue()
        go(&harness, milliseconds: 3_000)
        harness.enqueue { $0.priority = 5 }
        #expect(line(&harness).oldestWaitingMs == 3_000)
    }

    @Test("what waits on disk only is said to be more than is in memory")
    func more() {
        var settings = BrokerSettings()
        settings.windowJobs = 2
        var harness = CoreHarness(settings: settings)
        harness.enqueue(3)
        #expect(line(&harness).waiting == 2)
        #expect(line(&harness).waitingIsMore)
    }

    @Test("queues stand by name, each with its own figures, beside the workers and the uptime")
    func queues() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        harness.enqueue { $0.queue = "mail" }
        harness.enqueue()
        go(&harness, milliseconds: 7_000)
        let found = overview(&harness)
        #expect(found?.lines.map(\.queue) == ["default", "mail"])
        #expect(found?.lines.map(\.running) == [1, 0])
        #expect(found?.lines.map(\.waiting) == [0, 1])
        #expect(found?.workers == 1)
        #expect(found?.uptimeMs == 7_000)
    }

    @Test("a wall clock that is put back neither breaks nor empties the figures")
    func wallClock() {
        var harness = CoreHarness()
        _ = harness.worker("w")
        harness.enqueue()
        harness.now = Timestamp(milliseconds: 10)
        harness.enqueue()
        #expect(line(&harness).started == 2)
    }
}
