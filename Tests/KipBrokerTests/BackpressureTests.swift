import KipCore
import KipStore
import Testing

@testable import KipBroker

/// A queue that may only be so long, and messages that are too large.
@Suite struct BackpressureTests {
    private func limited(to most: Int64) throws -> StoreHarness {
        let house = try StoreHarness()
        house.control(.queue, "default") { $0.mostWaiting = most }
        return house
    }

    private func waiting(_ house: StoreHarness) -> Int { house.list { $0.state = .available }.jobs.count }

    @Test("a full queue refuses with `busy`, and stores nothing of the message")
    func full() throws {
        let house = try limited(to: 5)
        #expect(house.send((0..<5).map { _ in StoreHarness.job() }).enqueued.count == 5)
        let answer = house.send([StoreHarness.job("k", queue: "other"), StoreHarness.job()])
        #expect(answer.refusals == ["busy"])
        #expect(house.list().jobs.count == 5)
        // Other queues are not full.
        #expect(!house.enqueue(queue: "other").isEmpty)
        try house.restart()
        #expect(house.send([StoreHarness.job()]).refusals == ["busy"])
    }

    @Test("a message that would overfill it is refused whole, a smaller one is not")
    func overfill() throws {
        let house = try limited(to: 5)
        house.send((0..<3).map { _ in StoreHarness.job() })
        #expect(house.send((0..<3).map { _ in StoreHarness.job() }).refusals == ["busy"])
        #expect(house.send((0..<2).map { _ in StoreHarness.job() }).enqueued.count == 2)
        #expect(waiting(house) == 5)
    }

    @Test("a message that is sent again after a lost reply is existing, though the queue is full")
    func again() throws {
        let house = try limited(to: 2)
        let jobs = [StoreHarness.job(), StoreHarness.job()]
        #expect(house.send(jobs).enqueued.map(\.outcome) == [.created, .created])
        #expect(house.send(jobs).enqueued.map(\.outcome) == [.existing, .existing])
        #expect(house.send(jobs + [StoreHarness.job()]).refusals == ["too-large"])
        #expect(house.send([StoreHarness.job()]).refusals == ["busy"])
    }

    @Test("a message that could never fit is not told to try again")
    func never() throws {
        let house = try limited(to: 2)
        #expect(house.send((0..<3).map { _ in StoreHarness.job() }).refusals == ["too-large"])
        #expect(house.list().jobs.isEmpty)
    }

    @Test("room comes back as jobs leave: to a worker, cancelled, or too late")
    func comesBack() throws {
        let house = try limited(to: 2)
        let ids = [
            house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 }, house.enqueue(),
        ]
        #expect(house.enqueue() == "")
        house.pass(seconds: 2)
        #expect(house.enqueue() != "")
        #expect(house.enqueue() == "")
        house.cancel([ids[1]])
        house.pass(seconds: 1)
        #expect(house.enqueue() != "")
        #expect(house.enqueue() == "")
        house.hello(credit: 1)
        house.pass(seconds: 1)
        #expect(house.enqueue() != "")
        #expect(house.enqueue() == "")
        #expect(waiting(house) == 2)
    }

    @Test("a limit is changed live, and taken away")
    func live() throws {
        let house = try limited(to: 1)
        house.enqueue()
        #expect(house.enqueue() == "")
        house.control(.queue, "default") { $0.mostWaiting = 3 }
        #expect(house.send([StoreHarness.job(), StoreHarness.job()]).enqueued.count == 2)
        #expect(house.enqueue() == "")
        house.control(.queue, "default") { $0.mostWaiting = 0 }
        #expect(house.send((0..<50).map { _ in StoreHarness.job() }).enqueued.count == 50)
    }

    @Test("what a handler makes is written though the queue is full: its success must not be lost")
    func children() throws {
        let house = try limited(to: 1)
        house.hello(kinds: ["maker"])
        let maker = house.enqueue("maker")
        house.pass(seconds: 1)
        house.enqueue()
        let child = StoreHarness.job()
        house.finish(maker, children: [child])
        #expect(house.states([maker, child.id]) == [.succeeded, .available])
    }

    @Test("children of all results of a message are bounded together")
    func manyChildren() throws {
        let house = try StoreHarness()
        house.hello()
        for _ in 0..<2 { house.enqueue() }
        let hand = try #require(house.workers["w"])
        var results = WireResults()
        results.workerID = hand.hello.workerID
        results.session = hand.session
        results.results = hand.held.values.map { job in
            .with {
                $0.id = job.id
                $0.attempt = job.attempt
                $0.outcome = .succeeded
                $0.children = (0...Limits.jobsPerMessage / 2).map { _ in StoreHarness.job() }
            }
        }
        #expect([house.ask(.results(results), from: "w")].compactMap { $0 }.refusals == ["too-large"])
        #expect(house.running.count == 2)
    }

    @Test("a payload, a message and a key that are too large are refused, and nothing of the message is stored")
    func tooLarge() throws {
        let house = try StoreHarness()
        let large = [UInt8](repeating: 0, count: Limits.payloadBytes)
        #expect(house.send([StoreHarness.job()], payloads: [large]).enqueued.count == 1)
        #expect(
            house.send([StoreHarness.job(), StoreHarness.job()], payloads: [[], large + [0]]).refusals == ["too-large"])
        let many = (0..<65).map { _ in StoreHarness.job() }
        #expect(house.send(many, payloads: many.map { _ in large }).refusals == ["too-large"])
        #expect(
            house.send([
                StoreHarness.job { $0.conditions.concurrencyKey = String(repeating: "x", count: Limits.keyBytes + 1) }
            ]).refusals == ["too-large"])
        #expect(house.send((0..<10_001).map { _ in StoreHarness.job() }).refusals == ["too-large"])
        #expect(house.list().jobs.count == 1)
    }
}
