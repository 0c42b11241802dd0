import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Decisions about many jobs let others in between.
@Suite struct BulkDecisionTests {
    private func cancel(_ harness: inout CoreHarness, _ ids: [JobID]) {
        var cancel = WireCancelJobs()
        cancel.ids = ids.map(\.description)
        harness.handle(.message(WireMessage(.cancelJobs(cancel), request: 9), from: CoreHarness.peer("person")))
    }

    private func write(_ harness: inout CoreHarness) -> [Mutation] {
        guard let batch = harness.core.takeBatch() else { return [] }
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: batch))))
        return batch
    }

    @Test(
        "a decision about many jobs is written in pages; what others want goes with the next one; one answer comes at the end"
    )
    func pages() {
        var harness = CoreHarness()
        harness.enqueue(1_000)
        let ids = harness.ids.sorted()
        cancel(&harness, ids)
        var sizes: [Int] = []
        let rounds = 1_000 / BrokerCore.jobsPerPage
        for round in 0..<rounds {
            if round == 3 { harness.enqueueWithoutCommit() }
            let batch = write(&harness)
            sizes.append(batch.count)
            #expect(harness.takeSent().compactMap(\.changed).isEmpty == (round < rounds - 1))
        }
        #expect(sizes == (0..<rounds).map { $0 == 3 ? BrokerCore.jobsPerPage + 1 : BrokerCore.jobsPerPage })
        #expect(harness.core.takeBatch() == nil)
    }

    @Test("a small decision does not wait for the pages of a large one, and two large ones take turns")
    func turns() {
        var harness = CoreHarness()
        harness.enqueue(400)
        let ids = harness.ids.sorted()
        cancel(&harness, Array(ids[..<200]))
        cancel(&harness, Array(ids[200..<399]))
        cancel(&harness, [ids[399]])
        _ = write(&harness)
        #expect(harness.takeSent().compactMap(\.changed).map(\.ids) == [[ids[399].description]])
        let second = write(&harness)
        guard case .cancel(let id, _, _)? = second.first else {
            Issue.record("no page")
            return
        }
        #expect(id == ids[200])
    }

    @Test("one that cannot be written says how far it has come, and nothing is cancelled beyond that")
    func failure() throws {
        var harness = CoreHarness()
        harness.enqueue(120)
        cancel(&harness, harness.ids.sorted())
        _ = write(&harness)
        _ = harness.core.takeBatch()
        harness.handle(.commitFailed(.full(path: "here")))
        let error = try #require(harness.takeSent().compactMap(\.header.error.nonEmpty).first)
        #expect(error.contains("\(BrokerCore.jobsPerPage) of the 120 jobs were changed"))
        #expect(harness.core.takeBatch() == nil)
        #expect(harness.core.cancelling.isEmpty)
    }

    @Test("a job that is postponed again and again keeps its newest attempts, and their numbers go on")
    func attempts() throws {
        let house = try StoreHarness()
        house.hello(credit: 1)
        let id = house.enqueue()
        for _ in 0..<(Limits.attemptsKept + 100) {
            house.snooze(id, milliseconds: 1_000)
            house.pass(milliseconds: 1_000)
        }
        let detail = try house.show(id).detail
        #expect(detail.job.attempt == Int32(Limits.attemptsKept + 101))
        #expect((Limits.attemptsKept...Limits.attemptsKept + 16).contains(detail.attempts.count))
        #expect(detail.attempts.last?.attempt == Int32(Limits.attemptsKept + 100))
        try house.restart()
        #expect(try house.show(id).detail.attempts.count == detail.attempts.count)
    }
}

extension WireMessage {
    fileprivate var changed: WireChanged? {
        if case .changed(let changed) = header.body { changed } else { nil }
    }
}

extension WireRefused {
    fileprivate var nonEmpty: String? { message.isEmpty ? nil : message }
}
