import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Too late: no attempt begins after `expiresAt`, none goes on after `deadline`.
@Suite struct ExpiryTests {
    /// Expires a second from now.
    private func soon(_ house: StoreHarness) -> (inout WireNewJob) -> Void {
        { $0.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
    }

    /// Nobody was there for the job in time; a worker that comes later does not get it.
    private func expectExpired(_ id: String, _ house: StoreHarness) throws {
        house.pass(milliseconds: 999)
        #expect(house.state(id)?.isTerminal == false)
        let last = house.now.milliseconds + 1
        house.pass(milliseconds: 1)
        #expect(house.state(id) == .expired)
        #expect(try house.show(id).detail.job.finishedAtMs == last)
        house.hello("late", credit: 1_000)
        house.pass(seconds: 3_600)
        #expect(!house.begun.ids.contains(id))
    }

    @Test("waiting in memory: it ends at its time, though nobody looks")
    func inMemory() throws {
        let house = try StoreHarness()
        try expectExpired(house.enqueue(edit: soon(house)), house)
    }

    @Test("it is in time until then: a worker that comes a moment before gets it")
    func inTime() throws {
        let house = try StoreHarness()
        let id = house.enqueue(edit: soon(house))
        house.pass(milliseconds: 999)
        house.hello()
        #expect(house.running == [id])
        // What has begun goes on.
        house.pass(seconds: 60)
        house.finish(id)
        #expect(house.state(id) == .succeeded)
    }

    @Test("waiting on disk, beyond the window")
    func onDisk() throws {
        let house = try StoreHarness { $0.windowJobs = 4 }
        for _ in 0..<20 { house.enqueue() }
        try expectExpired(house.enqueue(edit: soon(house)), house)
    }

    @Test("waiting over a restart")
    func restart() throws {
        let house = try StoreHarness()
        let id = house.enqueue(edit: soon(house))
        try house.restart()
        try expectExpired(id, house)
    }

    @Test("it ends while the broker is down: the next one says so")
    func down() throws {
        let house = try StoreHarness()
        let id = house.enqueue(edit: soon(house))
        house.now = house.now.advanced(byMilliseconds: 60_000)
        try house.restart()
        #expect(house.state(id) == .expired)
    }

    @Test("scheduled for later than that")
    func scheduled() throws {
        let house = try StoreHarness()
        let id = house.enqueue { job in
            soon(house)(&job)
            job.delayMs = 60_000
        }
        try expectExpired(id, house)
    }

    @Test("held, and never released")
    func held() throws {
        let house = try StoreHarness()
        let id = house.enqueue { job in
            soon(house)(&job)
            job.conditions.hold = true
        }
        try expectExpired(id, house)
        guard case .changed(let changed)? = house.release([id])?.header.body else { return }
        #expect(changed.unchanged == [id])
    }

    @Test("blocked by a parent, or by a concurrency key")
    func blocked() throws {
        for isByKey in [true, false] {
            let house = try StoreHarness()
            let first = house.enqueue("other") { $0.conditions.concurrencyKey = isByKey ? "x" : "" }
            let id = house.enqueue { job in
                soon(house)(&job)
                if isByKey { job.conditions.concurrencyKey = "x" } else { job.conditions.after = [first] }
            }
            #expect(house.state(id) == .blocked)
            try expectExpired(id, house)
        }
    }

    @Test("on its way to the disk: what is written too late is not handed over")
    func onItsWay() throws {
        let house = try StoreHarness()
        house.hello()
        house.isDiskSlow = true
        house.enqueue(edit: soon(house))
        let taken = house.core.takeBatch()
        let batch = try #require(taken)
        house.pass(seconds: 2)
        let applied = try #require(try house.store?.apply(batch))
        var effects: [Effect] = []
        house.core.handle(.committed(applied), at: house.moment, into: &effects)
        house.isDiskSlow = false
        let isWork = effects.contains { if case .send(let message, _) = $0 { [message].work.count > 0 } else { false } }
        #expect(!isWork)
        #expect(house.begun.isEmpty)
        #expect(house.list().jobs.map(\.state) == [.expired])
        #expect(house.core.leases.isEmpty)
    }

    @Test("it is late when it comes: it is stored, and ends")
    func lateAtOnce() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds - 1 }
        #expect(house.state(id) == .expired)
        #expect(house.begun.isEmpty)
    }

    @Test("in backoff: a wait that ends in time is tried again, one that a snooze makes too long ends then")
    func backoff() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds + 10_000 }
        house.fail(id, after: 5_000)
        house.pass(seconds: 5)
        #expect(house.running == [id])
        house.snooze(id, milliseconds: 60_000)
        house.pass(milliseconds: 4_999)
        #expect(house.state(id) == .scheduled)
        house.pass(milliseconds: 1)
        #expect(house.state(id) == .expired)
    }

    @Test("a failure with no time left is a dead letter at once, and says so")
    func noTimeLeft() throws {
        let house = try StoreHarness()
        house.hello()
        for isDeadline in [true, false] {
            let id = house.enqueue { job in
                let end = house.now.milliseconds + 10_000
                if isDeadline { job.conditions.deadlineMs = end } else { job.conditions.expiresAtMs = end }
            }
            house.fail(id, "boom", after: 10_000)
            #expect(house.state(id) == .dead)
            #expect(try house.show(id).detail.job.error == "too late to try again: boom")
        }
    }

    @Test("a deadline clips the timeout of each attempt, and is the last moment to begin")
    func deadline() throws {
        let house = try StoreHarness()
        house.hello()
        let deadline = house.now.milliseconds + 60_000
        let free = house.enqueue { $0.conditions.deadlineMs = deadline }
        let short = house.enqueue { job in
            job.conditions.deadlineMs = deadline
            job.timeoutMs = 10_000
        }
        let long = house.enqueue { job in
            job.conditions.deadlineMs = deadline
            job.timeoutMs = 3_600_000
        }
        func timeouts() -> [Int64?] { [free, short, long].map { house.workers["w"]?.held[$0]?.timeoutMs } }
        #expect(timeouts() == [60_000, 10_000, 60_000])
        for id in [free, short, long] { house.fail(id, after: 55_000) }
        house.pass(seconds: 55)
        #expect(timeouts() == [5_000, 5_000, 5_000])
        let waiting = house.enqueue("nobody") { $0.conditions.deadlineMs = deadline }
        house.pass(seconds: 5)
        #expect(house.state(waiting) == .expired)
    }

    @Test("a person's word counts more: a woken job has neither expiry nor deadline")
    func woken() throws {
        let house = try StoreHarness()
        let id = house.enqueue { job in
            soon(house)(&job)
            job.conditions.deadlineMs = house.now.milliseconds + 2_000
        }
        house.pass(seconds: 5)
        #expect(house.state(id) == .expired)
        house.retry([id])
        house.pass(seconds: 86_400)
        #expect(house.state(id) == .available)
        house.hello()
        #expect(house.workers["w"]?.held[id]?.timeoutMs == 0)
    }

    @Test("a child that waits again with its woken parent still ends in time")
    func reopened() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { job in
            job.conditions.after = [parent]
            job.conditions.expiresAtMs = house.now.milliseconds + 10_000
        }
        house.discard(parent)
        // The core has looked, and nobody is to be late.
        let other = house.enqueue { $0.delayMs = 1_000 }
        house.pass(seconds: 11 - 9)
        #expect(house.state(other) == .running)
        house.goodbye()
        house.retry([parent])
        #expect(house.state(child) == .blocked)
        house.pass(seconds: 9)
        #expect(house.state(child) == .expired)
    }

    @Test("a job whose effect was in doubt ends in time when that is decided and nobody takes it")
    func decided() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds + 10_000 }
        house.beginEffect("mail/1", in: id)
        house.fail(id)
        #expect(house.state(id) == .uncertain)
        let other = house.enqueue { $0.delayMs = 1_000 }
        house.pass(seconds: 2)
        #expect(house.state(other) == .running)
        house.goodbye()
        house.resolveUndone("mail/1")
        #expect(house.state(id) == .available)
        house.pass(seconds: 9)
        #expect(house.state(id) == .expired)
    }
}
