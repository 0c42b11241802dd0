import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Priorities count within a queue, weights between queues: a flood in one queue takes no more than its share.
///
/// Measured here, 10,000 jobs of priority 10 in `flood` and 100 of priority 0 in `calm`, one worker for both with a credit
/// of 8, of the first 100 hand-outs: weights 1:1 give `calm` 50, weights 1:3 (`calm` 3) give it 75. With the order of
/// priorities over all queues `calm` would get none before the flood has ended.
@Suite struct FairnessTests {
    /// A flood, and a few jobs beside it, before any worker is there.
    private func flooded(_ flood: Int = 10_000, calm: Int = 100, weight: Int32) throws -> StoreHarness {
        let house = try StoreHarness()
        house.control(.queue, "calm") { $0.weight = weight }
        house.send((0..<flood).map { _ in StoreHarness.job("k", queue: "flood") { $0.priority = 10 } })
        house.send((0..<calm).map { _ in StoreHarness.job("k", queue: "calm") })
        return house
    }

    /// Jobs of each queue among hand-outs.
    private func count(_ begun: ArraySlice<StoreHarness.Begin>) -> [String: Int] {
        begun.reduce(into: [:]) { $0[$1.job.queue, default: 0] += 1 }
    }

    /// The worker's jobs end one by one, until so many have begun.
    private func work(_ house: StoreHarness, until count: Int) {
        var ended = 0
        while house.begun.count < count, ended < house.begun.count {
            house.finish(house.begun[ended].job.id)
            ended += 1
        }
    }

    @Test("a flood of 10,000 with a higher priority leaves the calm queue the share of its weight", arguments: [1, 3])
    func flood(weight: Int32) throws {
        let house = try flooded(weight: weight)
        house.hello(queues: ["flood", "calm"], credit: 8)
        work(house, until: 120)
        let calm = count(house.begun.prefix(100))["calm"] ?? 0
        #expect(abs(calm - 100 * Int(weight) / (1 + Int(weight))) <= 1, "\(calm) of the first 100")
    }

    @Test("the share is the same with several workers and with many jobs for each turn", arguments: [1, 3])
    func several(weight: Int32) throws {
        let house = try flooded(2_000, calm: 300, weight: weight)
        for name in ["a", "b", "c"] { house.hello(name, queues: ["flood", "calm"], credit: 50) }
        let calm = count(house.begun.prefix(150))["calm"] ?? 0
        #expect(abs(calm - 150 * Int(weight) / (1 + Int(weight))) <= 3, "\(calm) of the first 150")
    }

    @Test("a queue that was idle gets no credit for its idle time")
    func idle() throws {
        let house = try flooded(600, calm: 0, weight: 1)
        house.hello(queues: ["flood", "calm"], credit: 4)
        work(house, until: 304)
        house.send((0..<100).map { _ in StoreHarness.job("k", queue: "calm") })
        let before = house.begun.count
        for begin in house.begun[300..<304] { house.finish(begin.job.id) }
        var ended = before
        while house.begun.count < before + 40 {
            house.finish(house.begun[ended].job.id)
            ended += 1
        }
        // Half of what comes next, not the 300 that the other has had meanwhile.
        #expect(abs((count(house.begun[before..<(before + 40)])["calm"] ?? 0) - 20) <= 1)
    }

    @Test("a paused queue that goes on gets no credit either")
    func paused() throws {
        let house = try flooded(600, calm: 100, weight: 1)
        house.control(.queue, "calm") { $0.paused = true }
        house.hello(queues: ["flood", "calm"], credit: 4)
        work(house, until: 304)
        house.control(.queue, "calm") { $0.paused = false }
        let before = house.begun.count
        for begin in house.begun[300..<before] { house.finish(begin.job.id) }
        var ended = before
        while house.begun.count < before + 40 {
            house.finish(house.begun[ended].job.id)
            ended += 1
        }
        #expect(abs((count(house.begun[before..<(before + 40)])["calm"] ?? 0) - 20) <= 1)
    }

    @Test("what other workers do in queues of their own does not bend the shares of two queues")
    func apart() throws {
        let house = try flooded(1_000, calm: 300, weight: 3)
        house.send((0..<1_000).map { _ in StoreHarness.job("k", queue: "solo") })
        house.hello("fast", queues: ["solo"], credit: 4)
        house.hello("w", queues: ["flood", "calm"], credit: 1)
        var mine: [StoreHarness.Begin] = []
        while mine.count < 80 {
            for id in house.workers["fast"]?.held.keys.sorted() ?? [] { house.finish(id) }
            for id in house.workers["w"]?.held.keys.sorted() ?? [] { house.finish(id) }
            mine = house.begun.filter { $0.worker == "w" }
        }
        let calm = count(mine[..<80])["calm"] ?? 0
        #expect(abs(calm - 60) <= 2, "\(calm) of 80 at weights 1:3")
    }

    @Test("a queue that is new, or gets its first worker, has no credit for the time before")
    func new() throws {
        let house = try flooded(600, calm: 0, weight: 1)
        house.send((0..<100).map { _ in StoreHarness.job("other", queue: "calm") })
        house.hello(queues: ["flood", "calm"], credit: 4)
        work(house, until: 304)
        // A queue of which nobody had heard, and one that waited for a worker of its kind.
        house.send((0..<100).map { _ in StoreHarness.job("k", queue: "new") })
        house.goodbye()
        house.hello("next", kinds: ["k", "other"], queues: ["flood", "calm", "new"], credit: 1)
        let before = house.begun.count - 1
        var ended = before
        while house.begun.count < before + 60 {
            house.finish(house.begun[ended].job.id)
            ended += 1
        }
        let counts = count(house.begun[before..<(before + 60)])
        for queue in ["flood", "calm", "new"] { #expect(abs((counts[queue] ?? 0) - 20) <= 2, "\(counts)") }
    }

    @Test("within a queue the higher priority goes first, over all its kinds; among equals the older one")
    func priorities() throws {
        let house = try StoreHarness()
        let low = house.enqueue("a") { $0.priority = -5 }
        let old = house.enqueue("a")
        let young = house.enqueue("a")
        let high = house.enqueue("b") { $0.priority = 7 }
        let highest = house.enqueue("a") { $0.priority = 9 }
        house.hello(kinds: ["a", "b"])
        #expect(house.begun.ids == [highest, high, old, young, low])
    }

    @Test("a weight that is changed holds from then on")
    func changed() throws {
        let house = try flooded(400, calm: 400, weight: 1)
        house.hello(queues: ["flood", "calm"], credit: 1)
        work(house, until: 41)
        house.control(.queue, "calm") { $0.weight = 1 }
        house.control(.queue, "flood") { $0.weight = 4 }
        var ended = 40
        while house.begun.count < 141 {
            house.finish(house.begun[ended].job.id)
            ended += 1
        }
        #expect(abs((count(house.begun[41..<141])["flood"] ?? 0) - 80) <= 2)
    }

    @Test("what becomes ready on disk goes before what waits in a full window, by its priority")
    func readyOnDisk() throws {
        let house = try StoreHarness { $0.windowJobs = 8 }
        let low = (0..<30).map { _ in house.enqueue() }
        let later = house.enqueue { job in
            job.priority = 1_000
            job.delayMs = 1_000
        }
        let parent = house.enqueue("other")
        let child = StoreHarness.job(after: [parent]) { $0.priority = 500 }
        house.send([child])
        house.pass(seconds: 2)
        house.hello("parent's", kinds: ["other"], credit: 1)
        house.finish(parent)
        house.pass(seconds: 2)
        house.hello("w", credit: 1)
        var order: [String] = []
        while order.count < 3, let job = house.running.first {
            order.append(job)
            house.finish(job)
        }
        #expect(order == [later, child.id, low[0]])
    }
}
