import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Ever new names of queues and kinds do not fill the memory.
@Suite struct NamesTests {
    private var settings: BrokerSettings {
        var settings = BrokerSettings()
        settings.knownNames = 10
        settings.leaseMilliseconds = 1_000_000
        return settings
    }

    private func names(_ core: BrokerCore) -> Int { core.lanes.count + core.queues.count + core.tempo.queues.count }

    private func hello(_ harness: inout CoreHarness, queues: [String]) -> (id: String, session: UInt64) {
        var hello = WireHello()
        hello.workerID = JobID().description
        hello.kinds = ["k"]
        hello.queues = queues
        hello.credit = 1_000
        harness.say(.hello(hello), from: CoreHarness.peer("w"))
        for case .welcome(let welcome) in harness.takeSent().map(\.header.body) {
            return (hello.workerID, welcome.session)
        }
        return (hello.workerID, 0)
    }

    @Test("nine hundred queues in which all has ended are forgotten, and a new job in one of them is handed out")
    func forgotten() throws {
        var harness = CoreHarness(settings: settings)
        let worker = hello(&harness, queues: (0..<900).map { "q\($0)" })
        var most = 0
        for number in 0..<900 {
            harness.enqueue { $0.queue = "q\(number)" }
            let work = harness.takeSent().work
            try #require(work.map(\.queue) == ["q\(number)"])
            harness.finish(work[0], by: worker, "w")
            // What happened in the last minute is still told to whoever asks how it goes.
            harness.pass(milliseconds: 61_000)
            most = max(most, names(harness.core))
            harness.beat(worker, "w")
        }
        #expect(most <= 30)
        _ = harness.takeSent()
        harness.enqueue { $0.queue = "q3" }
        #expect(harness.takeSent().work.map(\.queue) == ["q3"])
    }

    @Test("what waits, runs, is paused or was begun lately is kept, with its limits and its counts")
    func kept() throws {
        var harness = CoreHarness(settings: settings)
        let worker = hello(&harness, queues: ["run"] + (0..<50).map { "q\($0)" })
        var change = WireChangeControl()
        change.control.name = "run"
        change.control.concurrency = 1
        harness.say(.changeControl(change), from: CoreHarness.peer("operator"))
        harness.enqueue(2) { $0.queue = "run" }
        let running = try #require(harness.takeSent().work.first)
        harness.enqueue { $0.queue = "nobody" }
        for number in 0..<50 {
            harness.enqueue { $0.queue = "q\(number)" }
            let work = harness.takeSent().work
            try #require(work.count == 1)
            harness.finish(work[0], by: worker, "w")
            harness.steady = harness.steady.advanced(byMilliseconds: 10_000)
            harness.now = harness.now.advanced(byMilliseconds: 10_000)
            harness.beat(worker, "w")
            harness.handle(.timer)
        }
        #expect(names(harness.core) < 60)
        _ = harness.takeSent()
        harness.say(.readOverview(WireReadOverview()), from: CoreHarness.peer("operator"))
        guard case .overview(let overview)? = harness.takeSent().last?.header.body else {
            Issue.record("there is no overview")
            return
        }
        let lines = Dictionary(uniqueKeysWithValues: overview.lines.map { ($0.queue, $0) })
        #expect(lines["run"]?.running == 1)
        #expect(lines["run"]?.waiting == 1)
        #expect(lines["nobody"]?.waiting == 1)
        // The limit held all the while, and the second one is next.
        harness.finish(running, by: worker, "w")
        #expect(harness.takeSent().work.map(\.queue) == ["run"])
        #expect(harness.core.tempo.queues.allSatisfy { $0.running >= 0 })
    }

    enum Unwritten: CaseIterable {
        case lease, cancellation, cancellationOfOnePassedOver
    }

    @Test(
        "what could not be written is found again, though all else of its lane is forgotten",
        arguments: Unwritten.allCases)
    func found(_ unwritten: Unwritten) throws {
        let house = try StoreHarness { $0.knownNames = 0 }
        let isCancelled = unwritten != .lease
        let id = house.enqueue(queue: "q7")
        house.isDiskSlow = true
        if isCancelled {
            var cancel = WireCancelJobs()
            cancel.ids = [id]
            house.ask(.cancelJobs(cancel))
        }
        // A worker that is there takes it, or passes it over as it is being cancelled: it is in memory no more.
        if unwritten != .cancellation { house.hello(queues: ["q7"]) }
        house.settle()
        house.failWrites()
        house.isDiskSlow = false
        if unwritten == .cancellation { house.hello(queues: ["q7"]) }
        #expect(house.begun.ids == [id])
    }
}
