import Testing

@testable import kip

/// How a pool sizes itself, in virtual time.
@Suite struct PoolSizeTests {
    private let start = ContinuousClock.now

    private func size(_ range: ClosedRange<Int>) -> PoolSize {
        PoolSize(PoolSize.Rule(range: range, growsAt: .seconds(1), shrinksAfter: .seconds(30)))
    }

    /// Processes of four places each.
    private func sight(waits: Duration, holding: [Int], processes: Int? = nil) -> PoolSize.Sight {
        PoolSize.Sight(
            longestWait: waits, processes: processes ?? holding.count, holding: holding, places: 4)
    }

    @Test("it begins with the least")
    func least() {
        #expect(size(2...8).wanted == 2)
    }

    @Test("it grows by one where a job waits too long and all are busy, to the most and no further")
    func grows() {
        var size = size(1...3)
        let busy = [[4], [4, 12], [4, 4, 4], [4, 4, 4]]
        let wanted = busy.map { size.observe(sight(waits: .seconds(2), holding: $0), at: start) }
        #expect(wanted == [2, 3, 3, 3])
    }

    @Test("it does not grow while a process has room: what waits is not for these workers")
    func room() {
        var size = size(1...3)
        #expect(size.observe(sight(waits: .seconds(60), holding: [3]), at: start) == 1)
    }

    @Test("it does not grow for a wait within the target")
    func shortWait() {
        var size = size(1...3)
        #expect(size.observe(sight(waits: .seconds(1), holding: [4]), at: start) == 1)
    }

    @Test("it does not grow again before the last one is there and busy")
    func patience() {
        var size = size(1...5)
        #expect(size.observe(sight(waits: .seconds(2), holding: [4]), at: start) == 2)
        // The second process is not started yet, then started and not heard, then idle.
        #expect(size.observe(sight(waits: .seconds(4), holding: [4]), at: start) == 2)
        #expect(size.observe(sight(waits: .seconds(6), holding: [4], processes: 2), at: start) == 2)
        #expect(size.observe(sight(waits: .seconds(8), holding: [4, 0]), at: start) == 2)
        #expect(size.observe(sight(waits: .seconds(9), holding: [4, 4]), at: start) == 3)
    }

    @Test("it shrinks by one for each stretch in which the work fitted into one less, to the least and no further")
    func shrinks() {
        var size = size(1...3)
        for holding in [[4], [4, 4]] { size.observe(sight(waits: .seconds(2), holding: holding), at: start) }
        #expect(size.wanted == 3)
        var wanted: [Int] = []
        for second in [0, 29, 30, 59, 60, 90, 200] {
            let holding = Array([4, 0, 0].prefix(size.wanted == 1 ? 1 : size.wanted))
            wanted.append(
                size.observe(sight(waits: .zero, holding: holding), at: start + .seconds(second)))
        }
        #expect(wanted == [3, 3, 2, 2, 1, 1, 1])
    }

    @Test("one busy moment begins the stretch anew")
    func busyMoment() {
        var size = size(1...2)
        size.observe(sight(waits: .seconds(2), holding: [4]), at: start)
        size.observe(sight(waits: .zero, holding: [1, 1]), at: start)
        size.observe(sight(waits: .zero, holding: [4, 3]), at: start + .seconds(20))
        #expect(size.observe(sight(waits: .zero, holding: [1, 1]), at: start + .seconds(31)) == 2)
        #expect(size.observe(sight(waits: .zero, holding: [1, 1]), at: start + .seconds(61)) == 1)
    }

    @Test("what waits for others does not keep processes that have nothing to do")
    func waitsForOthers() {
        var size = size(1...2)
        size.observe(sight(waits: .seconds(2), holding: [4]), at: start)
        size.observe(sight(waits: .seconds(500), holding: [0, 0]), at: start)
        #expect(size.observe(sight(waits: .seconds(530), holding: [0, 0]), at: start + .seconds(30)) == 1)
    }

    @Test("a broker that does not answer changes nothing, and what went before it counts no more")
    func blind() {
        var size = size(1...2)
        size.observe(sight(waits: .seconds(2), holding: [4]), at: start)
        size.observe(sight(waits: .zero, holding: [0, 0]), at: start)
        size.loseSight()
        #expect(size.wanted == 2)
        #expect(size.observe(sight(waits: .zero, holding: [0, 0]), at: start + .seconds(100)) == 2)
        #expect(size.observe(sight(waits: .zero, holding: [0, 0]), at: start + .seconds(130)) == 1)
    }

    @Test("a number or a range is read", arguments: [("4", 4...4), ("2..8", 2...8), ("1..1", 1...1)])
    func reads(text: String, range: ClosedRange<Int>) throws {
        #expect(try PoolSize.Rule.range(text) == range)
    }

    @Test(
        "what is neither is refused",
        arguments: ["", "0", "8..2", "2..", "2...8", "1..2..3", "x", "-1", "0..4", "1..9999"])
    func refuses(text: String) {
        #expect(throws: Failure.self) { try PoolSize.Rule.range(text) }
    }
}
