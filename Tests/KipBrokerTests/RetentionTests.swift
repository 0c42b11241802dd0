import KipCore
import KipStore
import Testing

@testable import KipBroker

/// How long ended jobs are kept, and what is wiped of them.
@Suite struct RetentionTests {
    private let day: Int64 = 86_400_000

    /// One job for each end, and one that has none.
    private func ends(_ house: StoreHarness) -> [JobState: String] {
        house.hello(credit: 1_000)
        let ids: [JobState: String] = [
            .expired: house.enqueue { $0.conditions.expiresAtMs = house.now.milliseconds - 1 },
            .succeeded: house.enqueue(), .dead: house.enqueue(), .cancelled: house.enqueue(),
            .running: house.enqueue(), .quarantined: house.enqueue(), .uncertain: house.enqueue(),
            .held: house.enqueue { $0.conditions.hold = true },
            .scheduled: house.enqueue { $0.delayMs = 1_000 * 86_400_000 },
            .available: house.enqueue("nobody"),
            .blocked: house.enqueue { $0.conditions.concurrencyKey = "x" },
        ]
        house.finish(ids[.succeeded] ?? "")
        house.discard(ids[.dead] ?? "")
        house.cancel([ids[.cancelled] ?? ""])
        house.beginEffect("mail/1", in: ids[.uncertain] ?? "")
        house.fail(ids[.uncertain] ?? "")
        return ids
    }

    private func left(_ house: StoreHarness, _ ids: [JobState: String]) -> Set<JobState> {
        Set(ids.filter { house.state($0.value) != nil }.map(\.key))
    }

    // MARK: By the clock

    @Test("by the clock what has ended long ago goes, dead letters by their own time, and nothing that has not ended")
    func clock() throws {
        let house = try StoreHarness { settings in
            settings.keepMilliseconds = 2 * 86_400_000
            settings.keepDeadMilliseconds = 5 * 86_400_000
        }
        let ids = ends(house)
        house.pass(milliseconds: 2 * day - 1)
        #expect(left(house, ids) == Set(ids.keys))
        house.pass(milliseconds: day)
        #expect(left(house, ids).isDisjoint(with: [.succeeded, .cancelled, .expired]))
        #expect(left(house, ids).count == ids.count - 3)
        house.pass(milliseconds: 3 * day)
        #expect(left(house, ids) == Set(ids.keys).subtracting([.succeeded, .cancelled, .expired, .dead]))
    }

    @Test("dead letters are kept for ever where nobody says how long")
    func dead() throws {
        let house = try StoreHarness { $0.keepMilliseconds = 1_000 }
        let ids = ends(house)
        house.pass(milliseconds: 10 * day)
        #expect(left(house, ids).contains(.dead))
        #expect(!left(house, ids).contains(.succeeded))
    }

    @Test("a job may say how long it is kept: shorter or longer than the others")
    func own() throws {
        let house = try StoreHarness { $0.keepMilliseconds = 86_400_000 }
        house.hello()
        let short = house.enqueue { $0.conditions.keepMs = 3_600_000 }
        let long = house.enqueue { $0.conditions.keepMs = 10 * 86_400_000 }
        let other = house.enqueue()
        house.finishAll()
        house.pass(milliseconds: 2 * 3_600_000)
        #expect(house.states([short, long, other]) == [nil, .succeeded, .succeeded])
        house.pass(milliseconds: day)
        #expect(house.states([long, other]) == [.succeeded, nil])
        house.pass(milliseconds: 10 * day)
        #expect(house.state(long) == nil)
    }

    @Test("many go in steps of one round, whatever the number of clocks")
    func steps() throws {
        for keepsDead in [false, true] {
            let house = try StoreHarness { settings in
                settings.keepMilliseconds = 3_600_000
                if keepsDead { settings.keepDeadMilliseconds = 86_400_000 }
            }
            house.hello(credit: 5_000)
            house.send((0..<5_000).map { _ in StoreHarness.job() })
            house.finishAtOnce(house.begun.ids)
            // Rounds begin every ten minutes and a second or so; the first of them after their time takes them all.
            house.pass(milliseconds: 3_600_000 + 10_000)
            #expect(house.list { $0.limit = 10_000 }.jobs.isEmpty)
        }
    }

    // MARK: By hand

    @Test("by hand succeeded, cancelled and expired go, dead letters only where they are named, others never")
    func hand() throws {
        let house = try StoreHarness()
        let ids = ends(house)
        house.pass(seconds: 1)
        #expect(house.prune().jobs == 3)
        #expect(left(house, ids).isDisjoint(with: [.succeeded, .cancelled, .expired]))
        #expect(house.prune { $0.states = [.dead] }.jobs == 1)
        for state in JobState.allCases where !state.isTerminal {
            var prune = WirePruneJobs()
            prune.states = [.succeeded, state.wire]
            prune.beforeMs = .max
            #expect(house.ask(.pruneJobs(prune)).refusal == "invalid")
        }
        #expect(left(house, ids).count == ids.count - 4)
    }

    @Test("by hand: of a kind, of a queue, and before a time")
    func filters() throws {
        let house = try StoreHarness()
        house.hello(kinds: ["a", "b"], queues: ["default", "q"], credit: 100)
        let first = house.enqueue("a")
        house.finish(first)
        house.pass(seconds: 10)
        let between = house.now.milliseconds
        let later = [house.enqueue("a"), house.enqueue("b"), house.enqueue("b", queue: "q")]
        house.finishAll()
        house.pass(seconds: 10)
        #expect(house.prune { $0.beforeMs = between }.jobs == 1)
        #expect(house.state(first) == nil)
        #expect(house.prune { $0.queue = "q" }.jobs == 1)
        #expect(house.states(later) == [.succeeded, .succeeded, nil])
        #expect(house.prune { $0.kind = "a" }.jobs == 1)
        #expect(house.states(later) == [nil, .succeeded, nil])
    }

    @Test("by hand it goes through the jobs page by page")
    func pages() throws {
        let house = try StoreHarness()
        house.hello(credit: 100)
        house.send((0..<25).map { _ in StoreHarness.job() })
        for (number, id) in house.begun.ids.enumerated() where number % 2 == 0 { house.finish(id) }
        house.pass(seconds: 1)
        var taken: [Int64] = []
        var from = ""
        repeat {
            let pruned = house.prune { prune in
                prune.limit = 10
                prune.from = from
            }
            taken.append(pruned.jobs)
            from = pruned.next
        } while !from.isEmpty && taken.count < 9
        #expect(taken == [5, 5, 3])
        #expect(house.list().jobs.allSatisfy { $0.state == .running })
        #expect(house.list().jobs.count == 12)
    }

    @Test("a parent stays while one that came after it has not ended")
    func parents() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        house.finish(parent, result: "figures")
        let child = house.enqueue { $0.conditions.after = [parent] }
        house.pass(seconds: 1)
        #expect(house.prune().jobs == 0)
        #expect(try house.readParents(of: child).results == [Array("figures".utf8)])
        house.finish(child)
        house.pass(seconds: 1)
        #expect(house.prune().jobs == 2)
        #expect(house.states([parent, child]) == [nil, nil])
    }

    @Test("a parent that is gone was a success for its ended child: nothing is reopened, nothing fails")
    func gone() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue { $0.conditions.after = [parent] }
        house.finish(parent)
        house.discard(child)
        house.pass(seconds: 1)
        #expect(house.prune().jobs == 1)
        house.retry([child])
        #expect(house.running == [child])
        let (page, _) = try house.readParents(of: child)
        #expect(page.parents.map(\.state) == [.unspecified])
    }

    @Test("a job with an effect in doubt stays until that is decided")
    func effects() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue()
        house.beginEffect("mail/1", in: id)
        house.cancel([id])
        house.pass(seconds: 1)
        #expect(house.prune().jobs == 0)
        house.resolveUndone("mail/1")
        #expect(house.prune().jobs == 1)
        #expect(house.state(id) == nil)
    }

    @Test("with the job go its attempts, its log and its progress; a key whose period is over goes, too")
    func everything() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue { job in
            job.uniqueKey = "x"
            job.conditions.uniquePeriodMs = 1_000
        }
        var progress = WireProgress()
        progress.workerID = house.workers["w"]?.hello.workerID ?? ""
        progress.session = house.workers["w"]?.session ?? 0
        progress.jobID = id
        progress.attempt = 1
        progress.fraction = 0.5
        var line = WireLogLine()
        line.text = "half of it"
        progress.log = [line]
        house.ask(.progress(progress), from: "w")
        #expect(try house.show(id).detail.log.map(\.text) == ["half of it"])
        house.discard(id)
        house.pass(seconds: 2)
        #expect(house.prune { $0.states = [.dead] }.jobs == 1)
        // The same id is new again: nothing of the old job is left for it.
        house.enqueue { $0.id = id }
        let detail = try house.show(id).detail
        #expect(detail.attempts.isEmpty)
        #expect(detail.log.isEmpty)
        #expect(detail.job.progress < 0)
    }

    // MARK: Redaction

    @Test(
        "the payload is wiped when the job has succeeded, was cancelled or is expired, and it cannot be woken then",
        arguments: [JobState.succeeded, .cancelled, .expired])
    func redacted(end: JobState) throws {
        let house = try StoreHarness()
        let id = house.enqueue(payload: "a citizen's number") { job in
            job.conditions.redact = true
            if end == .expired { job.conditions.expiresAtMs = house.now.milliseconds + 1_000 }
        }
        #expect(try house.show(id).payload.count > 0)
        if end == .expired { house.pass(seconds: 2) }
        house.hello()
        if end == .succeeded { house.finish(id, result: "done") }
        if end == .cancelled { house.cancel([id]) }
        let (detail, payload, result) = try house.show(id)
        #expect(detail.job.state == end.wire)
        #expect(detail.job.redacted)
        #expect(payload.isEmpty)
        // The result is what is left of it.
        #expect(String(decoding: result, as: UTF8.self) == (end == .succeeded ? "done" : ""))
        #expect(house.retry([id]).unchanged == [id])
    }

    @Test("a dead letter keeps its payload, and is wiped when it has succeeded after all")
    func deadLetter() throws {
        let house = try StoreHarness()
        house.hello()
        let id = house.enqueue(payload: "secret") { $0.conditions.redact = true }
        house.discard(id)
        #expect(try house.show(id).payload == Array("secret".utf8))
        #expect(try !house.show(id).detail.job.redacted)
        house.retry([id])
        #expect(house.begun.last?.payload == Array("secret".utf8))
        house.finish(id)
        #expect(try house.show(id).payload.isEmpty)
    }

    @Test("one that is cancelled with its parent, or yields its key, is wiped as well, and does not wake")
    func cascade() throws {
        let house = try StoreHarness()
        house.hello()
        let parent = house.enqueue()
        let child = house.enqueue(payload: "secret") { job in
            job.conditions.after = [parent]
            job.conditions.redact = true
        }
        house.discard(parent)
        #expect(try house.show(child).payload.isEmpty)
        house.retry([parent])
        house.finish(parent)
        #expect(house.state(child) == .cancelled)
        let pending = house.enqueue("nobody", payload: "secret") { job in
            job.uniqueKey = "x"
            job.conditions.redact = true
        }
        house.enqueue("nobody", payload: "other") { job in
            job.uniqueKey = "x"
            job.keyConflict = .replacePending
        }
        #expect(try house.show(pending).payload.isEmpty)
    }
}
