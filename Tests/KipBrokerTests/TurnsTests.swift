import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Work of several askers takes turns, and one with much keeps nobody from a little.
@Suite struct TurnsTests {
    private func asker(_ name: String) -> Asker { Asker(CoreHarness.peer(name)) }

    @Test("each asker's first goes before another's second; what is put back goes first")
    func order() {
        var turns = Turns<Int>()
        for number in 1...3 { turns.append(number, of: asker("a")) }
        turns.append(10, of: asker("b"))
        turns.append(20, of: asker("c"))
        #expect(turns.count == 5)
        #expect(turns.popFirst() == 1)
        turns.prepend(1, of: asker("a"))
        #expect(turns.has(asker("b")) && !turns.has(asker("d")))
        #expect((0..<5).map { _ in turns.popFirst() } == [1, 10, 20, 2, 3])
        #expect(turns.popFirst() == nil && turns.isEmpty && turns.count == 0)
    }

    private func cancel(_ id: JobID, by name: String, _ harness: inout CoreHarness) {
        let cancel = WireCancelJobs.with { $0.ids = [id.description] }
        harness.handle(.message(WireMessage(.cancelJobs(cancel), request: 7), from: CoreHarness.peer(name)))
    }

    @Test("very many decisions of one person about a job each do not delay another person's")
    func decisions() {
        var harness = CoreHarness()
        harness.enqueue(1_001)
        let ids = harness.ids.sorted()
        for id in ids[..<1_000] { cancel(id, by: "many", &harness) }
        _ = harness.takeSent()
        let first = harness.core.takeBatch() ?? []
        cancel(ids[1_000], by: "one", &harness)
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: first))))
        let second = harness.core.takeBatch() ?? []
        let cancelled = second.compactMap { if case .cancel(let id, _, _) = $0 { id } else { nil } }
        #expect(cancelled.contains(ids[1_000]))
        // Those of one person keep their order.
        let others = cancelled.filter { $0 != ids[1_000] }
        #expect(others == others.sorted())
        harness.handle(.committed(Applied(outcomes: harness.outcomes(of: second))))
        harness.settle()
        #expect(harness.takeSent().count { if case .changed = $0.header.body { true } else { false } } == 1_001)
        #expect(harness.core.smallDecisionsQueued.isEmpty && harness.core.jobsToDecide == 0)
    }

    @Test("as many prunings as may wait, all of one person, keep no other from one")
    func prunings() {
        var harness = CoreHarness()
        func prune(_ name: String) {
            let prune = WirePruneJobs.with { $0.beforeMs = 1 }
            harness.handle(.message(WireMessage(.pruneJobs(prune), request: 1), from: CoreHarness.peer(name)))
        }
        for _ in 0...Limits.waitingPrunings { prune("many") }
        #expect(harness.takeSent().refusals == ["busy"])
        prune("one")
        #expect(harness.takeSent().refusals.isEmpty)
        #expect(harness.core.prunings.has(asker("one")))
    }

    @Test("what one connection waits for is bounded by jobs, too, and another connection has its own room")
    func jobsOfOneConnection() {
        var harness = CoreHarness()
        for _ in 0..<(Limits.unconfirmedJobsPerPeer / 5_000) { harness.enqueueWithoutCommit(5_000) }
        #expect(harness.takeSent().refusals.isEmpty)
        harness.enqueueWithoutCommit()
        #expect(harness.takeSent().refusals == ["busy"])
        let enqueue = WireEnqueue.with { $0.jobs = [.with { $0.kind = "k" }] }
        harness.handle(.message(WireMessage(.enqueue(enqueue), request: 1), from: CoreHarness.peer("other")))
        #expect(harness.takeSent().refusals.isEmpty)
        harness.settle()
        harness.enqueueWithoutCommit()
        #expect(harness.takeSent().refusals.isEmpty)
    }

    @Test("policies have a limit, and a rate and a length limit are known by their number")
    func policies() {
        var harness = CoreHarness()
        func change(_ name: String, _ edit: (inout WireControl) -> Void) {
            let change = WireChangeControl.with {
                $0.control.scope = .queue
                $0.control.name = name
                edit(&$0.control)
            }
            harness.handle(.message(WireMessage(.changeControl(change), request: 1), from: CoreHarness.peer("person")))
        }
        func setRate(_ rate: Int32) {
            change("rated") {
                $0.rate = rate
                $0.ratePeriodMs = 1_000
            }
            harness.settle()
        }
        setRate(5)
        #expect(harness.core.hasRates && harness.core.ratedQueues == 1)
        setRate(7)
        #expect(harness.core.ratedQueues == 1)
        for number in 1..<Limits.policies { change("q\(number)") { $0.weight = 2 } }
        _ = harness.takeSent()
        change("one-more") { $0.weight = 2 }
        #expect(harness.takeSent().refusals == ["too-large"])
        harness.settle()
        change("q1") { $0.weight = 3 }
        #expect(harness.takeSent().refusals.allSatisfy { $0 != "too-large" })
    }
}
