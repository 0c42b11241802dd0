import KipCore
import KipStore
import Testing

@testable import KipBroker

/// How long a unique key stands for its job, and what an enqueue comes to that finds it taken.
@Suite struct UniqueScopeTests {
    /// Enqueues a job with the key “case 7”.
    private func enqueue(
        _ house: StoreHarness, _ payload: String = "", kind: String = "k",
        conflict: WireNewJob.KeyConflict = .refuse, edit: (inout WireNewJob) -> Void = { _ in }
    ) -> (job: WireEnqueuedJob?, refusal: String?) {
        let job = StoreHarness.job(kind) { job in
            job.uniqueKey = "case 7"
            job.keyConflict = conflict
            edit(&job)
        }
        let answer = house.send([job], payloads: [Array(payload.utf8)])
        return (answer.enqueued.first, answer.refusals.first)
    }

    private func jobs(_ house: StoreHarness) -> Int { house.list { $0.limit = 100 }.jobs.count }

    // MARK: Scopes

    @Test("forever: also when the job has ended, and was taken away")
    func forever() throws {
        let house = try StoreHarness()
        house.hello()
        let first = try #require(enqueue(house).job)
        #expect(first.outcome == .created)
        house.finish(first.id)
        house.pass(seconds: 1)
        #expect(house.prune().jobs == 1)
        try house.restart()
        let second = try #require(enqueue(house).job)
        #expect(second.outcome == .existing)
        #expect(second.id == first.id)
    }

    @Test(
        "untilDone: another one is new when the first has ended, however that was",
        arguments: [JobState.succeeded, .dead, .cancelled, .expired])
    func untilDone(end: JobState) throws {
        let house = try StoreHarness()
        let scope: (inout WireNewJob) -> Void = { $0.conditions.uniqueScope = .untilDone }
        let first = try #require(
            enqueue(house) { job in
                scope(&job)
                job.conditions.expiresAtMs = house.now.milliseconds + 5_000
            }.job)
        #expect(enqueue(house, edit: scope).job?.outcome == .existing)
        switch end {
        case .cancelled: house.cancel([first.id])
        case .expired: house.pass(seconds: 6)
        default:
            house.hello()
            #expect(enqueue(house, edit: scope).job?.outcome == .existing)
            if end == .dead { house.discard(first.id) } else { house.finish(first.id) }
        }
        #expect(house.state(first.id) == end)
        let second = try #require(enqueue(house, edit: scope).job)
        #expect(second.outcome == .created)
        #expect(second.id != first.id)
        // The key is the second one's now: the first does not come back beside it.
        #expect(house.retry([first.id]).unchanged == [first.id])
    }

    @Test("untilDone: a woken job has its key again while nobody else has it")
    func wokenKey() throws {
        let house = try StoreHarness()
        house.hello()
        let scope: (inout WireNewJob) -> Void = { $0.conditions.uniqueScope = .untilDone }
        let first = try #require(enqueue(house, edit: scope).job)
        house.discard(first.id)
        #expect(house.retry([first.id]).ids == [first.id])
        #expect(enqueue(house, edit: scope).job?.id == first.id)
        house.finish(first.id)
        #expect(enqueue(house, edit: scope).job?.outcome == .created)
    }

    @Test("period: the key is free again when it is over, though the job may still wait")
    func period() throws {
        let house = try StoreHarness()
        let scope: (inout WireNewJob) -> Void = { $0.conditions.uniquePeriodMs = 60_000 }
        let first = try #require(enqueue(house, edit: scope).job)
        house.pass(milliseconds: 59_999)
        #expect(enqueue(house, edit: scope).job?.id == first.id)
        try house.restart()
        house.pass(milliseconds: 1)
        // Another payload as well.
        let second = try #require(enqueue(house, "other", edit: scope).job)
        #expect(second.outcome == .created)
        #expect(house.states([first.id, second.id]) == [.available, .available])
    }

    @Test("a period without a key is refused")
    func withoutKey() throws {
        let house = try StoreHarness()
        #expect(house.send([StoreHarness.job { $0.conditions.uniquePeriodMs = 1 }]).refusals == ["invalid"])
    }

    // MARK: Conflicts

    @Test("refuse: the same is existing, another payload or kind is refused, and nothing of the message is stored")
    func refuse() throws {
        let house = try StoreHarness()
        let first = try #require(enqueue(house, "a").job)
        #expect(enqueue(house, "a").job?.id == first.id)
        #expect(enqueue(house, "b").refusal == "key-taken")
        #expect(enqueue(house, "a", kind: "l").refusal == "key-taken")
        let beside = StoreHarness.job()
        let taken = StoreHarness.job { $0.uniqueKey = "case 7" }
        #expect(house.send([beside, taken]).refusals == ["key-taken"])
        #expect(house.state(beside.id) == nil)
        #expect(jobs(house) == 1)
    }

    @Test("keepExisting: the job that is there is the answer, whatever the payload")
    func keep() throws {
        let house = try StoreHarness()
        let first = try #require(enqueue(house, "a").job)
        let second = try #require(enqueue(house, "b", conflict: .keepExisting).job)
        #expect(second.outcome == .existing)
        #expect(second.id == first.id)
        #expect(try house.show(first.id).payload == Array("a".utf8))
    }

    @Test("reject: refused also where everything is the same, but not the job itself when it is sent again")
    func reject() throws {
        let house = try StoreHarness()
        let id = JobID().description
        #expect(enqueue(house, "a", conflict: .reject) { $0.id = id }.job?.outcome == .created)
        #expect(enqueue(house, "a", conflict: .reject).refusal == "key-taken")
        #expect(enqueue(house, "a", conflict: .reject) { $0.id = id }.job?.outcome == .existing)
        #expect(jobs(house) == 1)
    }

    @Test(
        "replacePending: a job that waits is cancelled and never handed out, the new one has the key",
        arguments: [JobState.available, .scheduled, .held, .blocked])
    func replaces(waiting: JobState) throws {
        let house = try StoreHarness()
        let parent = house.enqueue("other")
        let first = try #require(
            enqueue(house, "a") { job in
                if waiting == .scheduled { job.delayMs = 60_000 }
                if waiting == .held { job.conditions.hold = true }
                if waiting == .blocked { job.conditions.after = [parent] }
            }.job)
        #expect(house.state(first.id) == waiting)
        let second = try #require(enqueue(house, "b", conflict: .replacePending).job)
        #expect(second.outcome == .created)
        #expect(house.state(first.id) == .cancelled)
        house.hello(kinds: ["k", "other"])
        house.finish(parent)
        house.pass(seconds: 61)
        #expect(Set(house.begun.ids) == [parent, second.id])
        #expect(enqueue(house, "b").job?.id == second.id)
        // The first cannot come back beside it.
        #expect(house.retry([first.id]).unchanged == [first.id])
    }

    @Test("replacePending: one that has begun, or waits for its second attempt, or has ended, does not yield")
    func begun() throws {
        let house = try StoreHarness()
        house.hello()
        let first = try #require(enqueue(house, "a").job)
        #expect(enqueue(house, "b", conflict: .replacePending).refusal == "key-taken")
        // The same again is no conflict.
        #expect(enqueue(house, "a", conflict: .replacePending).job?.id == first.id)
        house.fail(first.id, after: 60_000)
        #expect(enqueue(house, "b", conflict: .replacePending).refusal == "key-taken")
        house.pass(seconds: 60)
        house.finish(first.id)
        #expect(enqueue(house, "b", conflict: .replacePending).refusal == "key-taken")
    }

    @Test("replacePending: another kind does not make a job yield")
    func otherKind() throws {
        let house = try StoreHarness()
        let first = try #require(enqueue(house, "a").job)
        #expect(enqueue(house, "b", kind: "l", conflict: .replacePending).refusal == "key-taken")
        #expect(house.state(first.id) == .available)
    }

    @Test("replacePending: a job that a worker is about to get is not handed out when it yields meanwhile")
    func race() throws {
        let house = try StoreHarness()
        let first = try #require(enqueue(house, "a").job)
        house.isDiskSlow = true
        // The new one is on its way to the disk, and with it, behind it, the lease of the old one.
        _ = enqueue(house, "b", conflict: .replacePending)
        let taken = house.core.takeBatch()
        let batch = try #require(taken)
        house.hello()
        let applied = try #require(try house.store?.apply(batch))
        var effects: [Effect] = []
        house.core.handle(.committed(applied), at: house.moment, into: &effects)
        house.isDiskSlow = false
        #expect(house.state(first.id) == .cancelled)
        #expect(house.begun.map(\.payload) == [Array("b".utf8)])
        #expect(house.core.leases.count == 1)
    }

    @Test("what waited for a job that yielded is cancelled with it")
    func children() throws {
        let house = try StoreHarness()
        let first = try #require(enqueue(house, "a").job)
        let child = house.enqueue { $0.conditions.after = [first.id] }
        _ = enqueue(house, "b", conflict: .replacePending)
        #expect(house.state(child) == .cancelled)
    }

    @Test("a job that is sent again with its own id is existing, whoever has the key by now")
    func again() throws {
        let house = try StoreHarness()
        let id = JobID().description
        let scope: (inout WireNewJob) -> Void = { $0.conditions.uniqueScope = .untilDone }
        let own: (inout WireNewJob) -> Void = {
            $0.id = id
            $0.conditions.uniqueScope = .untilDone
        }
        #expect(enqueue(house, "a", edit: own).job?.outcome == .created)
        house.cancel([id])
        // The key is free; sent again the job does not take it.
        #expect(enqueue(house, "a", edit: own).job?.outcome == .existing)
        let other = try #require(enqueue(house, "b", edit: scope).job)
        #expect(other.outcome == .created)
        for conflict in [WireNewJob.KeyConflict.refuse, .keepExisting, .replacePending, .reject] {
            let sent = try #require(enqueue(house, "a", conflict: conflict, edit: own).job)
            #expect(sent.outcome == .existing)
            #expect(sent.id == id)
        }
        #expect(house.states([id, other.id]) == [.cancelled, .available])
    }
}
