import KipCore
import KipStore
import Testing

@testable import KipBroker

/// So many jobs of a queue at once.
@Suite struct QueueConcurrencyTests {
    private func limited(to limit: Int32) throws -> StoreHarness {
        let house = try StoreHarness()
        house.control(.queue, "default") { $0.concurrency = limit }
        return house
    }

    @Test("no more than the limit run at once, whoever has room")
    func several() throws {
        let house = try limited(to: 3)
        for name in ["a", "b", "c"] { house.hello(name) }
        // One by one, so that they go to workers directly, and in one message.
        for _ in 0..<4 { house.enqueue() }
        house.send((0..<20).map { _ in StoreHarness.job() })
        var most = 0
        for _ in 0..<24 {
            most = max(most, house.running.count)
            house.finish(house.running.sorted()[0])
        }
        #expect(most == 3)
        #expect(house.begun.count == 24)
        #expect(house.running.isEmpty)
    }

    @Test("other queues are not held up")
    func others() throws {
        let house = try limited(to: 1)
        house.hello(queues: ["default", "other"])
        for _ in 0..<3 {
            house.enqueue()
            house.enqueue(queue: "other")
        }
        #expect(house.begun.map(\.job.queue).sorted() == ["default", "other", "other", "other"])
    }

    @Test("after a restart what workers still hold is counted")
    func restart() throws {
        let house = try limited(to: 3)
        house.hello()
        house.send((0..<10).map { _ in StoreHarness.job() })
        try house.restartWithoutWorkers()
        house.hello("other")
        #expect(house.begun.count == 3)
        house.returns("w")
        #expect(house.running.count == 3)
        house.finish(house.begun[0].job.id)
        #expect(house.running.count == 3)
        #expect(house.begun.count == 4)
    }

    @Test("a limit is changed while jobs run: up at once, down as they end")
    func live() throws {
        let house = try limited(to: 2)
        house.hello(credit: 50)
        house.send((0..<20).map { _ in StoreHarness.job() })
        house.control(.queue, "default") { $0.concurrency = 5 }
        #expect(house.running.count == 5)
        house.control(.queue, "default") { $0.concurrency = 1 }
        for left in [4, 3, 2, 1, 1, 1] {
            house.finish(house.running.sorted()[0])
            #expect(house.running.count == left)
        }
        house.control(.queue, "default") { $0.concurrency = 0 }
        #expect(house.begun.count == 20)
    }

    @Test("a failure, a return and a cancellation each free a place")
    func freed() throws {
        let house = try limited(to: 1)
        house.hello()
        let ids = (0..<4).map { _ in house.enqueue() }
        house.fail(ids[0], after: 1_000_000)
        #expect(house.running == [ids[1]])
        house.snooze(ids[1], milliseconds: 1_000_000)
        #expect(house.running == [ids[2]])
        house.cancel([ids[2]])
        #expect(house.running == [ids[3]])
    }

    @Test("a commit that fails takes no place")
    func failedCommit() throws {
        let house = try limited(to: 1)
        house.hello()
        house.isDiskSlow = true
        house.enqueue()
        var effects: [Effect] = []
        _ = house.core.takeBatch()
        house.core.handle(.commitFailed(.full(path: "x")), at: house.moment, into: &effects)
        house.isDiskSlow = false
        let id = house.enqueue()
        #expect(house.running == [id])
    }
}

/// Of all jobs with a concurrency key only so many at once.
@Suite struct ConcurrencyKeyTests {
    /// A job for somebody, of whom there is but one.
    private func enqueue(
        _ house: StoreHarness, _ key: String = "Nguyễn", limit: Int32 = 1, edit: (inout WireNewJob) -> Void = { _ in }
    ) -> String {
        house.enqueue { job in
            job.conditions.concurrencyKey = key
            job.conditions.concurrency = limit
            edit(&job)
        }
    }

    @Test("one at a time, in the order of priority, then age")
    func order() throws {
        let house = try StoreHarness()
        house.hello()
        let first = enqueue(house)
        let low = enqueue(house) { $0.priority = -1 }
        let old = enqueue(house)
        let young = enqueue(house)
        let high = enqueue(house) { $0.priority = 5 }
        #expect(house.states([low, old, young, high]).allSatisfy { $0 == .blocked })
        for id in [first, high, old, young, low] {
            #expect(house.running == [id])
            house.finish(id)
        }
        #expect(house.begun.count == 5)
    }

    @Test("other keys, and jobs without one, are not held up; other kinds and queues with the key are")
    func others() throws {
        let house = try StoreHarness()
        house.hello(kinds: ["k", "l"], queues: ["default", "q"])
        let first = enqueue(house)
        let other = enqueue(house, "Trần")
        let free = house.enqueue()
        let kind = house.enqueue("l", queue: "q") { $0.conditions.concurrencyKey = "Nguyễn" }
        #expect(house.running == [first, other, free])
        house.finish(first)
        #expect(house.running == [kind, other, free])
    }

    @Test("a limit of two lets two run")
    func two() throws {
        let house = try StoreHarness()
        house.hello()
        let ids = (0..<5).map { _ in enqueue(house, limit: 2) }
        #expect(house.running == Set(ids[0..<2]))
        house.finish(ids[1])
        #expect(house.running == [ids[0], ids[2]])
    }

    @Test("while one waits for its next attempt others come in; it waits for a place then")
    func backoff() throws {
        let house = try StoreHarness()
        house.hello()
        let failing = enqueue(house)
        let next = enqueue(house)
        house.fail(failing, after: 5_000)
        #expect(house.running == [next])
        house.pass(seconds: 10)
        #expect(house.state(failing) == .blocked)
        house.finish(next)
        #expect(house.running == [failing])
        #expect(house.begun.last?.job.attempt == 2)
    }

    @Test("what is given back at once keeps its place")
    func givenBack() throws {
        let house = try StoreHarness()
        house.hello()
        let first = enqueue(house)
        let second = enqueue(house)
        house.report(first, .givenBack)
        #expect(house.running == [first])
        #expect(house.state(second) == .blocked)
    }

    @Test("a cancellation, an end, a dead letter and an uncertain effect free the place")
    func freed() throws {
        let house = try StoreHarness()
        house.hello()
        let ids = (0..<6).map { _ in enqueue(house) }
        house.cancel([ids[0]])
        #expect(house.running == [ids[1]])
        house.discard(ids[1])
        #expect(house.running == [ids[2]])
        house.beginEffect("mail/1", in: ids[2])
        house.fail(ids[2])
        #expect(house.state(ids[2]) == .uncertain)
        #expect(house.running == [ids[3]])
        // One that waits and is cancelled takes nothing with it.
        house.cancel([ids[4]])
        house.finish(ids[3])
        #expect(house.running == [ids[5]])
    }

    @Test("one that has its place and waits for a worker frees it when it is too late for it")
    func expiry() throws {
        let house = try StoreHarness()
        let late = enqueue(house) { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
        let next = enqueue(house)
        #expect(house.states([late, next]) == [.available, .blocked])
        house.pass(seconds: 2)
        #expect(house.states([late, next]) == [.expired, .available])
    }

    @Test("a delayed job takes no place before its time, and waits for one after it")
    func delayed() throws {
        let house = try StoreHarness()
        house.hello()
        let later = enqueue(house) { $0.delayMs = 5_000 }
        let now = enqueue(house)
        #expect(house.running == [now])
        house.pass(seconds: 5)
        #expect(house.state(later) == .blocked)
        house.finish(now)
        #expect(house.running == [later])
    }

    @Test("it holds over a restart, and for jobs of one message")
    func restart() throws {
        let house = try StoreHarness()
        house.hello()
        house.send((0..<4).map { _ in StoreHarness.job { $0.conditions.concurrencyKey = "x" } })
        for begun in 1...4 {
            #expect(house.running.count == 1)
            #expect(house.begun.count == begun)
            try house.restart()
            #expect(house.running.count == 1)
            house.finishAll()
        }
    }

    @Test("a woken job waits for its place")
    func woken() throws {
        let house = try StoreHarness()
        house.hello()
        let dead = enqueue(house)
        house.discard(dead)
        let next = enqueue(house)
        house.retry([dead])
        #expect(house.running == [next])
        #expect(house.state(dead) == .blocked)
        house.finish(next)
        #expect(house.running == [dead])
    }
}
