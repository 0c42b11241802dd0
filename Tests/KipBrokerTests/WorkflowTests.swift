import KipCore
import KipStore
import Testing

@testable import KipBroker

/// Jobs that come after others.
@Suite struct WorkflowTests {
    @Test("a job begins when the jobs that it comes after have ended well, also over a restart")
    func after() throws {
        let house = try StoreHarness()
        house.hello()
        let parents = [house.enqueue(), house.enqueue()]
        let child = house.enqueue { $0.conditions.after = parents }
        #expect(house.state(child) == .blocked)
        #expect(try house.show(child).detail.job.waitsFor == 2)
        house.finish(parents[1])
        #expect(house.state(child) == .blocked)
        try house.restart()
        house.finish(parents[0])
        #expect(house.running == [child])
    }

    @Test("a parent that has ended well before is not waited for, and one that is named twice counts once")
    func before() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let twice = house.enqueue { $0.conditions.after = [parent, parent] }
        house.finish(parent)
        #expect(house.running == [twice])
        let late = house.enqueue { $0.conditions.after = [parent] }
        #expect(house.running == [twice, late])
    }

    @Test("a diamond: the last one waits for both sides")
    func diamond() throws {
        let house = try StoreHarness()
        house.hello()
        let top = StoreHarness.job()
        let sides = [StoreHarness.job(after: [top.id]), StoreHarness.job(after: [top.id])]
        let bottom = StoreHarness.job(after: sides.map(\.id))
        house.send([top] + sides + [bottom])
        #expect(house.running == [top.id])
        house.finish(top.id)
        #expect(house.running == Set(sides.map(\.id)))
        house.finish(sides[1].id)
        #expect(house.state(bottom.id) == .blocked)
        house.finish(sides[0].id)
        #expect(house.running == [bottom.id])
    }

    @Test("a child's own time, priority and queue hold when its parents have ended")
    func ownTime() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { job in
            job.conditions.after = [parent]
            job.delayMs = 60_000
        }
        house.finish(parent)
        #expect(house.state(child) == .scheduled)
        house.pass(seconds: 60)
        #expect(house.running == [child])
    }

    // MARK: Refusals

    @Test("a parent after its child, an unknown parent, or the job itself: refused, and nothing is stored")
    func refused() throws {
        let house = try StoreHarness()
        let beside = StoreHarness.job()
        let parent = StoreHarness.job()
        let child = StoreHarness.job(after: [parent.id])
        #expect(house.send([beside, child, parent]).refusals == ["invalid"])
        #expect(house.send([beside, StoreHarness.job(after: [JobID().description])]).refusals == ["not-found"])
        let own = JobID().description
        #expect(house.send([beside, StoreHarness.job(after: [own]) { $0.id = own }]).refusals == ["invalid"])
        #expect(
            house.send([beside, StoreHarness.job(after: [own.uppercased()]) { $0.id = own }]).refusals == ["invalid"])
        #expect(house.send([beside, StoreHarness.job(after: ["seven"])]).refusals == ["invalid"])
        #expect(house.list().jobs.isEmpty)
        #expect(house.send([beside, parent, child]).enqueued.count == 3)
    }

    @Test("a parent that is named in the same message and exists by its unique key is waited for under its own id")
    func alias() throws {
        let house = try StoreHarness()
        house.hello()
        let first = house.enqueue { $0.uniqueKey = "import" }
        let again = StoreHarness.job { $0.uniqueKey = "import" }
        let child = StoreHarness.job(after: [again.id])
        #expect(house.send([again, child]).enqueued.map(\.outcome) == [.existing, .created])
        #expect(house.state(child.id) == .blocked)
        house.finish(first)
        #expect(house.running == [child.id])
    }

    // MARK: Failures

    @Test(
        "a parent that does not end well cancels what comes after it, and so on, and says why",
        arguments: [JobState.dead, .cancelled, .expired])
    func cascade(end: JobState) throws {
        let house = try StoreHarness()
        let parent = house.enqueue { job in
            if end == .expired { job.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
        }
        let child = house.enqueue { $0.conditions.after = [parent] }
        let held = house.enqueue { job in
            job.conditions.after = [child]
            job.conditions.hold = true
        }
        let last = house.enqueue { $0.conditions.after = [held] }
        if end == .expired { house.pass(seconds: 2) }
        house.hello()
        if end == .dead { house.discard(parent) }
        if end == .cancelled { house.cancel([parent]) }
        #expect(house.states([parent, child, held, last]) == [end, .cancelled, .cancelled, .cancelled])
        #expect(try house.show(child).detail.job.error.contains("\(parent), which it came after, is \(end.name)"))
        // What comes after them later is cancelled at once.
        let late = house.enqueue { $0.conditions.after = [last] }
        #expect(house.state(late) == .cancelled)
        #expect(house.begun.ids == (end == .expired ? [] : [parent]))
    }

    @Test("one that says “continue” runs nevertheless, and can see how its parents ended")
    func goesOn() throws {
        let house = try StoreHarness()
        house.hello()
        let parents = (0..<3).map { _ in house.enqueue() }
        let child = house.enqueue { job in
            job.conditions.after = parents
            job.conditions.onParentFailed = .continue
        }
        house.discard(parents[0], "no")
        house.cancel([parents[1]])
        #expect(house.state(child) == .blocked)
        house.finish(parents[2], result: "fine")
        #expect(house.running == [child])
        let (page, results) = try house.readParents(of: child)
        #expect(page.parents.map(\.id) == parents)
        #expect(page.parents.map(\.state) == [.dead, .cancelled, .succeeded])
        #expect(page.parents.map(\.error) == ["no", "cancelled by Ánh", ""])
        #expect(results.map { String(decoding: $0, as: UTF8.self) } == ["", "", "fine"])
    }

    @Test("a failure that is tried again is no end")
    func triedAgain() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { $0.conditions.after = [parent] }
        house.fail(parent, after: 1_000)
        #expect(house.state(child) == .blocked)
        house.pass(seconds: 1)
        house.finish(parent)
        #expect(house.running == [child])
    }

    // MARK: Waking

    @Test("waking a dead parent wakes those that were cancelled for it, down to the last")
    func woken() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { $0.conditions.after = [parent] }
        let held = house.enqueue { job in
            job.conditions.after = [child]
            job.conditions.hold = true
        }
        house.discard(parent)
        house.retry([parent])
        #expect(house.states([child, held]) == [.blocked, .held])
        house.finish(parent)
        house.finish(child)
        house.release([held])
        #expect(house.running == [held])
    }

    @Test("one that a person cancelled stays so when its parent is woken")
    func cancelledByPerson() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { $0.conditions.after = [parent] }
        house.cancel([child])
        house.discard(parent)
        house.retry([parent])
        house.finish(parent)
        #expect(house.state(child) == .cancelled)
    }

    @Test("a child of two that failed waits until both are woken, in whatever order")
    func twoFailed() throws {
        for order in [[0, 1], [1, 0]] {
            let house = try StoreHarness()
            house.hello()
            let parents = [house.enqueue(), house.enqueue()]
            let child = house.enqueue { $0.conditions.after = parents }
            for parent in parents { house.discard(parent) }
            house.retry([parents[order[0]]])
            house.finish(parents[order[0]])
            #expect(house.state(child) == .cancelled)
            house.retry([parents[order[1]]])
            #expect(house.state(child) == .blocked)
            house.finish(parents[order[1]])
            #expect(house.running == [child])
        }
    }

    @Test("a child that a person wakes runs, though its parent is dead")
    func childWoken() throws {
        let house = try StoreHarness()
        house.hello()
        let parents = [house.enqueue(), house.enqueue()]
        let child = house.enqueue { $0.conditions.after = parents }
        house.discard(parents[0])
        house.retry([child])
        // The other one is still waited for.
        #expect(house.state(child) == .blocked)
        house.finish(parents[1])
        #expect(house.running == [child])
    }

    // MARK: Handlers

    @Test("jobs that a handler makes may come after each other, and after itself")
    func children() throws {
        let house = try StoreHarness()
        house.hello()
        let maker = house.enqueue()
        let first = StoreHarness.job(after: [maker])
        let second = StoreHarness.job(after: [first.id])
        house.finish(maker, result: "made", children: [first, second])
        #expect(house.running == [first.id])
        #expect(house.state(second.id) == .blocked)
        #expect(try house.readParents(of: first.id).results.map { String(decoding: $0, as: UTF8.self) } == ["made"])
        house.finish(first.id)
        #expect(house.running == [second.id])
    }

    @Test("a handler's job that comes after one that is not there makes its success a dead letter without children")
    func missingParent() throws {
        let house = try StoreHarness()
        house.hello()
        let maker = house.enqueue()
        let child = StoreHarness.job()
        house.finish(maker, children: [child, StoreHarness.job(after: [JobID().description])])
        #expect(house.state(maker) == .dead)
        #expect(house.state(child.id) == nil)
        #expect(try house.show(maker).detail.job.error.contains("is not there"))
    }

    @Test("the results of parents come in pages, in the order in which they were named")
    func pages() throws {
        let house = try StoreHarness()
        house.hello(credit: 10_000)
        let parents = (0..<1_205).map { _ in StoreHarness.job() }
        house.send(parents)
        let order = parents.map(\.id).reversed()
        let child = house.enqueue { $0.conditions.after = Array(order) }
        for (number, parent) in parents.enumerated() { house.finish(parent.id, result: "\(number)") }
        let (first, firstResults) = try house.readParents(of: child)
        #expect(first.more)
        #expect(first.parents.count == 1_000)
        let (second, secondResults) = try house.readParents(of: child, from: first.parents.count)
        #expect(!second.more)
        #expect((first.parents + second.parents).map(\.id) == Array(order))
        #expect(
            (firstResults + secondResults).map { String(decoding: $0, as: UTF8.self) }
                == (0..<1_205).reversed().map(String.init))
    }

    @Test("only the worker that holds the job may read its parents")
    func fence() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { $0.conditions.after = [parent] }
        house.finish(parent)
        house.workers["w"]?.held[child]?.attempt = 2
        #expect(throws: StoreHarness.Missing.self) { try house.readParents(of: child) }
    }

    // MARK: Many

    @Test("10,000 jobs that come after one are let go by its end, and 10,000 ends let one job go")
    func fan() throws {
        let house = try StoreHarness()
        house.hello(credit: 10_000)
        let source = house.enqueue { $0.conditions.hold = true }
        let fan = (0..<10_000).map { _ in StoreHarness.job(after: [source]) }
        house.send(fan)
        let sink = house.enqueue("sink") { $0.conditions.after = fan.map(\.id) }
        house.release([source])
        house.finish(source)
        #expect(house.running.count == 10_000)
        // In few messages, as a worker does that has much to say.
        house.finishAtOnce(fan.map(\.id).dropLast())
        #expect(house.state(sink) == .blocked)
        house.finish(fan[9_999].id)
        #expect(house.state(sink) == .available)
    }

    @Test("a job that is sent again stands for itself, also when the one that it came after is gone")
    func sentAgain() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = StoreHarness.job(after: [parent])
        house.send([child])
        house.finish(parent)
        house.finish(child.id)
        house.pass(seconds: 1)
        let kept = StoreHarness.job()
        house.send([kept])
        #expect(house.prune { $0.limit = 1 }.jobs == 1)
        #expect(house.states([parent, child.id]) == [nil, .succeeded])
        #expect(house.send([child]).enqueued.map(\.outcome) == [.existing])
    }
}
