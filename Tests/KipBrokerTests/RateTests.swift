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

    @Test("a restart forgets no start")
    func restart() throws {
        let house = try limited()
        house.hello(credit: 1_000)
        house.pass(seconds: 20)
        try house.restart()
        #expect(house.begun.count == 30)
        house.pass(milliseconds: 39_999)
        #expect(house.begun.count == 30)
        house.pass(milliseconds: 1)
        #expect(house.begun.count == 60)
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
}
