import KipCore
import KipStore
import Testing

@testable import KipBroker

/// So many jobs of a queue begin in a period: 30 mails in a minute.
@Suite struct RateTests {
    private func limited(to rate: Int32 = 30, jobs: Int = 100) throws -> StoreHarness {
        let house = try StoreHarness()
        house.control(.queue, "default") { control in
            control.rate = rate
            control.ratePeriodMs = 60_000
        }
        house.send((0..<jobs).map { _ in StoreHarness.job() })
        return house
    }

    /// The most starts in any window of 60 s.
    private func most(_ begun: [StoreHarness.Begin]) -> Int {
        let times = begun.map(\.at.milliseconds).sorted()
        var most = 0
        var first = 0
        for (last, time) in times.enumerated() {
            while times[first] <= time - 60_000 { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    @Test("never more than 30 begin in any 60 s, and not fewer where jobs wait")
    func window() throws {
        let house = try limited()
        house.hello("a", credit: 1_000)
        house.hello("b", credit: 1_000)
        #expect(house.begun.count == 30)
        for _ in 0..<200 { house.pass(seconds: 1) }
        #expect(house.begun.count == 100)
        #expect(most(house.begun) == 30)
        #expect(house.begun.last?.at == house.begun[0].at.advanced(byMilliseconds: 180_000))
    }

    @Test("starts that are spread come back one by one")
    func spread() throws {
        let house = try limited(to: 3, jobs: 10)
        house.hello(credit: 1)
        for _ in 0..<40 {
            house.pass(seconds: 7)
            house.finishAll()
        }
        #expect(house.begun.count == 10)
        #expect(most(house.begun) == 3)
    }

    @Test("what waits for a slow disk has not begun: the period runs from when it is written")
    func slowDisk() throws {
        let house = try limited(to: 3, jobs: 10)
        house.isDiskSlow = true
        house.hello(credit: 10)
        house.pass(seconds: 50)
        #expect(house.begun.isEmpty)
        house.isDiskSlow = false
        #expect(house.begun.count == 3)
        house.pass(seconds: 59)
        #expect(house.begun.count == 3)
        house.pass(seconds: 1)
        #expect(house.begun.count == 6)
        #expect(most(house.begun) == 3)
    }

    @Test("starts that could not be written are not counted")
    func unwritten() throws {
        var settings = BrokerSettings()
        settings.leaseMilliseconds = 1_000_000
        var harness = CoreHarness(settings: settings)
        var change = WireChangeControl()
        change.control.name = "default"
        change.control.rate = 3
        change.control.ratePeriodMs = 60_000
        harness.say(.changeControl(change), from: CoreHarness.peer("operator"))
        harness.enqueue(5)
        _ = harness.worker("w")
        #expect(harness.takeSent().work.count == 3)
        harness.pass(milliseconds: 60_000)
        #expect(harness.takeSent().work.count == 2)
        let place = harness.core.queueIndex(of: "default")
        func mayStart() -> Bool {
            var share = harness.core.queues[place]
            return share.mayStart(at: harness.now)
        }
        harness.enqueueWithoutCommit(1)
        let written = harness.core.takeBatch() ?? []
        let outcomes = harness.outcomes(of: written)
        harness.handle(.committed(Applied(outcomes: outcomes)))
        #expect(!mayStart())
        let lost = harness.core.takeBatch() ?? []
        #expect(lost.contains { if case .start = $0 { true } else { false } })
        harness.handle(.commitFailed(.full(path: "a disk")))
        // The one that was not written has its place in the period still.
        #expect(mayStart())
    }

    @Test("the core asks to be woken when the next may begin, and begins it by itself")
    func wakes() throws {
        let house = try limited()
        house.hello(credit: 1_000)
        #expect(house.core.wait(at: house.moment) == 60_000)
        house.pass(milliseconds: 59_999)
        #expect(house.begun.count == 30)
        house.pass(milliseconds: 1)
        #expect(house.begun.count == 60)
    }

    @Test("the period that is over wakes nobody again where no worker could take a job")
    func sleeps() throws {
        let house = try limited()
        house.hello(credit: 30)
        // All its credit is used: when the period is over there is nothing to do.
        house.pass(seconds: 61)
        #expect(house.core.wait(at: house.moment) ?? .max > 1_000)
        house.finishAll()
        #expect(house.begun.count == 60)
        house.goodbye()
        house.pass(seconds: 61)
        #expect(house.core.wait(at: house.moment) ?? .max > 1_000)
        house.hello(credit: 30)
        #expect(house.begun.count == 90)
    }

    @Test("a restart forgets no start, and takes it for up to 15 s younger, as long as it may have been written")
    func restart() throws {
        let house = try limited()
        house.hello(credit: 1_000)
        house.pass(seconds: 20)
        try house.restart()
        #expect(house.begun.count == 30)
        house.pass(milliseconds: 54_999)
        #expect(house.begun.count == 30)
        house.pass(milliseconds: 1)
        #expect(house.begun.count == 60)
    }

    @Test("what the store knows already, or refuses, uses up no start")
    func known() throws {
        let house = try limited(to: 3, jobs: 0)
        house.hello(credit: 10)
        for _ in 0..<10 { house.send([StoreHarness.job { $0.uniqueKey = "daily" }]) }
        #expect(house.begun.count == 1)
        house.send((0..<2).map { _ in StoreHarness.job() })
        #expect(house.begun.count == 3)
    }

    @Test("a worker gets of a queue with a rate only what it begins at once")
    func places() throws {
        let house = try limited(to: 30, jobs: 20)
        house.hello("a", credit: 12, places: 4)
        #expect(house.begun.count == 4)
        house.hello("b", credit: 12, places: 4)
        #expect(house.begun.count == 8)
        house.finishAll()
        #expect(house.begun.count == 16)
    }

    @Test("a rate is changed live: up lets others begin at once, down waits until few enough are left")
    func live() throws {
        let house = try limited()
        house.hello(credit: 1_000)
        house.control(.queue, "default") { $0.rate = 40 }
        #expect(house.begun.count == 40)
        house.pass(seconds: 30)
        house.control(.queue, "default") { $0.rate = 5 }
        house.pass(seconds: 29)
        #expect(house.begun.count == 40)
        house.pass(seconds: 1)
        #expect(house.begun.count == 45)
        house.control(.queue, "default") { $0.rate = 0 }
        #expect(house.begun.count == 100)
    }

    @Test("a clock that is put back, or forward, keeps no job for longer than a period, and lets none in before it")
    func clock() throws {
        let house = try limited()
        house.hello(credit: 1_000)
        house.setClock(byMilliseconds: -86_400_000)
        #expect(house.begun.count == 30)
        house.pass(seconds: 60)
        #expect(house.begun.count == 60)
        house.setClock(byMilliseconds: -3_600_000)
        try house.restart()
        #expect(house.begun.count == 60)
        house.pass(seconds: 60)
        #expect(house.begun.count == 90)
    }

    @Test("a message's jobs that go to a worker directly count, too")
    func direct() throws {
        let house = try limited(to: 3, jobs: 0)
        house.hello(credit: 1_000)
        for _ in 0..<10 { house.enqueue() }
        #expect(house.begun.count == 3)
        house.pass(seconds: 60)
        #expect(house.begun.count == 6)
    }

    @Test("starts that are counted stand outside of what a refused message, or a refused success, covers")
    func refusedClaims() throws {
        let house = try limited(to: 30, jobs: 0)
        house.hello(credit: 100)
        house.send([StoreHarness.job { $0.uniqueKey = "case" }], payloads: [[1]])
        let jobs = [StoreHarness.job { $0.uniqueKey = "case" }, StoreHarness.job()]
        #expect(house.send(jobs, payloads: [[2], [3]]).refusals == ["key-taken"])
        #expect(house.states(jobs.map(\.id)) == [nil, nil])
        let parent = house.enqueue()
        let children = [StoreHarness.job { $0.uniqueKey = "case" }, StoreHarness.job()]
        house.finish(parent, children: children)
        #expect(house.state(parent) == .dead)
        #expect(house.states(children.map(\.id)) == [nil, nil])
    }
}
