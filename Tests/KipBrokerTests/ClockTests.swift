import KipCore
import KipStore
import Testing

@testable import KipBroker

/// A wall clock that jumps ahead, and back: what was counted from it is counted anew, and nothing fires twice.
@Suite struct ClockTests {
    private static let tenYears: Int64 = 3_653 * 86_400_000
    private static let hour: Int64 = 3_600_000

    private func apply(_ house: StoreHarness, cron: String = "0 * * * *", overlap: String = "") {
        house.ask(
            .applySchedules(
                .with { apply in
                    apply.schedules = [
                        .with {
                            ($0.name, $0.kind, $0.cron, $0.timeZone, $0.overlap) = ("s", "k", cron, "UTC", overlap)
                        }
                    ]
                }))
    }

    /// Jobs that schedules have made.
    private func fired(_ house: StoreHarness) -> [String] {
        guard case .scheduleFirings(let list)? = house.ask(.scheduleHistory(.with { $0.name = "s" }))?.header.body
        else {
            return []
        }
        return list.firings.map(\.jobID)
    }

    private func next(_ house: StoreHarness) -> Int64 {
        guard case .scheduleList(let list)? = house.ask(.listSchedules(WireListSchedules()))?.header.body else {
            return 0
        }
        return list.schedules.first?.nextAtMs ?? 0
    }

    @Test(
        "a clock that is ten years ahead for five seconds: the schedule goes on by the true clock, with a note for the log"
    )
    func aheadForAMoment() throws {
        let house = try StoreHarness()
        apply(house)
        let true1 = next(house)
        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(seconds: 5)
        #expect(fired(house).count == 1)
        house.setClock(byMilliseconds: -Self.tenYears)
        #expect(next(house) == true1)
        #expect(house.notes.count { if case .scheduleCorrected = $0 { true } else { false } } == 1)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 2)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 3)
    }

    @Test("a time that passed while the clock was ahead is made up for, as the schedule's catch-up rule says")
    func missedWhileAhead() throws {
        let house = try StoreHarness()
        apply(house)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 1)
        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(milliseconds: 2 * Self.hour + 60_000)
        let ahead = fired(house).count
        house.setClock(byMilliseconds: -Self.tenYears)
        // Of the two true times that have passed the later one, as for times that were missed otherwise.
        #expect(fired(house).count == ahead + 1)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == ahead + 2)
    }

    @Test("a reading of the clock that could not be written is written with the next batch")
    func unwrittenReading() throws {
        let house = try StoreHarness()
        _ = house.enqueue()
        house.setClock(byMilliseconds: Self.tenYears)
        house.isDiskSlow = true
        house.send([StoreHarness.job("lost")])
        house.failWrites()
        house.isDiskSlow = false
        let id = house.send([StoreHarness.job("late") { $0.delayMs = 10_000 }]).enqueued[0].id
        house.now = house.now.advanced(byMilliseconds: -Self.tenYears)
        try house.restart()
        house.hello(kinds: ["late"])
        house.pass(seconds: 11)
        #expect(house.begun.ids == [id])
    }

    @Test("a file of schedules that is applied when the clock has just been put back loses no time that was missed")
    func appliedWhileCorrected() throws {
        let house = try StoreHarness()
        apply(house)
        house.pass(milliseconds: Self.hour)
        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(milliseconds: 2 * Self.hour + 60_000)
        let ahead = fired(house).count
        // Nothing tells the broker of it before the file comes.
        house.now = house.now.advanced(byMilliseconds: -Self.tenYears)
        apply(house)
        house.pass(seconds: 1)
        #expect(fired(house).count == ahead + 1)
    }

    @Test("the same when the clock is put back while the broker is down, and when the schedules are applied anew")
    func aheadOverARestart() throws {
        let house = try StoreHarness()
        apply(house)
        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(seconds: 5)
        house.now = house.now.advanced(byMilliseconds: -Self.tenYears)
        try house.restart()
        #expect(next(house) <= house.now.milliseconds + Self.hour)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 2)

        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(seconds: 5)
        house.now = house.now.advanced(byMilliseconds: -Self.tenYears)
        apply(house)
        #expect(next(house) <= house.now.milliseconds + Self.hour)
    }

    @Test("a clock that is put back fires nothing again: the ledger of firings knows what it has fired for")
    func back() throws {
        let house = try StoreHarness()
        apply(house)
        house.pass(milliseconds: 3 * Self.hour)
        let before = fired(house)
        #expect(before.count == 3)
        house.setClock(byMilliseconds: -2 * Self.hour)
        house.pass(milliseconds: 2 * Self.hour)
        #expect(fired(house) == before)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 4)
    }

    @Test("a schedule that skips overlaps asks for the firing before, not for one of a clock that was ahead")
    func overlap() throws {
        let house = try StoreHarness()
        house.hello()
        apply(house, overlap: "skip")
        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(seconds: 5)
        for job in house.workers["w"]?.held.keys.sorted() ?? [] { house.finish(job) }
        house.setClock(byMilliseconds: -Self.tenYears)
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 2)
        // That job still runs: the next time is left out.
        house.pass(milliseconds: Self.hour)
        #expect(fired(house).count == 2)
    }

    @Test(
        "a wait between attempts that was counted from a clock that was ahead is as long from the true one",
        arguments: [false, true])
    func retry(restarts: Bool) throws {
        let house = try StoreHarness()
        house.hello()
        house.setClock(byMilliseconds: Self.tenYears)
        let id = house.enqueue { $0.backoff = RetryPolicy.fixed(.seconds(30)).wire }
        let delayed = house.enqueue { $0.delayMs = 60_000 }
        house.fail(id)
        #expect(house.begun.ids == [id])
        if restarts {
            house.now = house.now.advanced(byMilliseconds: -Self.tenYears)
            try house.restart()
        } else {
            house.setClock(byMilliseconds: -Self.tenYears)
        }
        house.pass(seconds: 29)
        #expect(house.begun.ids == [id])
        house.pass(seconds: 2)
        #expect(house.begun.ids == [id, id])
        house.pass(seconds: 30)
        #expect(house.begun.ids == [id, id, delayed])
    }

    @Test(
        "a job that waited for its parent, or for its release, when the clock was ahead runs as soon as that has come")
    func waitsForSomethingElse() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        house.setClock(byMilliseconds: Self.tenYears)
        let child = StoreHarness.job(after: [parent])
        let held = StoreHarness.job { $0.conditions.hold = true }
        house.send([child, held])
        house.setClock(byMilliseconds: -Self.tenYears)
        house.finish(parent)
        house.release([held.id])
        #expect(Set(house.begun.ids) == [parent, child.id, held.id])
    }

    @Test("a job that a person woke when the clock was ahead, and that waits for a place, runs when that is free")
    func wokenAhead() throws {
        let house = try StoreHarness()
        house.hello()
        let first = house.enqueue { $0.conditions.concurrencyKey = "c" }
        let second = house.enqueue { $0.conditions.concurrencyKey = "c" }
        house.cancel([second])
        house.setClock(byMilliseconds: Self.tenYears)
        house.retry([second])
        house.setClock(byMilliseconds: -Self.tenYears)
        house.finish(first)
        #expect(house.begun.ids == [first, second])
    }

    @Test("starts of a queue with a rate that were counted on a clock that was ahead hold it up for one period at most")
    func rate() {
        var share = QueueShare("q")
        share.control.rate = 2
        let now = Timestamp(milliseconds: 1_000_000)
        share.restore(QueueStarts(queue: "q", at: now.advanced(byMilliseconds: Self.tenYears), jobs: 1))
        share.restore(QueueStarts(queue: "q", at: now, jobs: 1))
        let isFree = share.mayStart(at: now)
        let isFreeLater = share.mayStart(at: now.advanced(byMilliseconds: 60_001))
        #expect(!isFree && isFreeLater)
    }

    @Test("a clock that jumps ahead deletes nothing for ten minutes")
    func pruning() throws {
        let house = try StoreHarness { $0.prunes = true }
        house.hello()
        let id = house.enqueue()
        house.finish(id)
        house.pass(seconds: 3)
        house.setClock(byMilliseconds: Self.tenYears)
        house.pass(seconds: 500)
        #expect(house.state(id) == .succeeded)
        house.setClock(byMilliseconds: -Self.tenYears)
        house.pass(milliseconds: 3 * Self.hour)
        #expect(house.state(id) == .succeeded)
    }
}
