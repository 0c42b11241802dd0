import GRDB
import KipCore
import Testing

@testable import KipStore

/// Changes of many jobs are worked off in pages, and how far they have come stands on disk.
@Suite struct PageTests {
    private let now = Timestamp(milliseconds: 1_000_000)
    private let ahead = Timestamp(milliseconds: 900_000_000)

    private let unfinished = WriteOutcome.waitsCorrected(lastFirings: nil, isAll: false)

    private func runAt(_ store: SQLiteJobStore) throws -> [Int64] {
        try store.merge(all: true)
        return try store.queue.read { try Int64.fetchAll($0, sql: "SELECT run_at FROM jobs ORDER BY id") }
    }

    @Test("waits are corrected in pages, each once, also where the broker dies in between")
    func waits() throws {
        let directory = Directory()
        let drafts = (0..<5).map { index in
            JobDraft(kind: "k", runAt: ahead.advanced(byMilliseconds: 10_000 + Int64(index)), payload: [])
        }
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.apply(drafts.map { .insert($0, at: ahead) })
            _ = try store.apply([.noteClock(ahead)])
            let first = try store.outcomes([.correctWaits(at: now, limit: 2, .setBack)])
            #expect(first == [.waitsCorrected(lastFirings: [:], isAll: false)])
            #expect(try runAt(store).count { $0 < ahead.milliseconds } == 2)
            #expect(try store.latestClock() == ahead)
        }
        let store = try SQLiteJobStore(directory: directory.path)
        // A little later, and what is made meanwhile waits as long as it says.
        let later = now.advanced(byMilliseconds: 100)
        let fresh = JobDraft(kind: "k", runAt: later.advanced(byMilliseconds: 50_000), payload: [])
        _ = try store.apply([.insert(fresh, at: later)])
        var outcomes: [WriteOutcome] = []
        repeat {
            outcomes = try store.outcomes([.correctWaits(at: later, limit: 2, .nextPage)])
        } while outcomes == [unfinished]
        #expect(outcomes == [.waitsCorrected(lastFirings: nil, isAll: true)])
        let expected = (0..<5).map { (Int($0) < 2 ? now : later).milliseconds + 10_000 + Int64($0) }
        #expect(try runAt(store) == expected + [later.milliseconds + 50_000])
        #expect(try store.latestClock() == later)
    }

    @Test("a clock that is put back once more between two pages is the one that all waits are counted from")
    func setBackTwice() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        // By the first reading their wait began in time, by the second one it did not.
        let between = now.advanced(byMilliseconds: 3_600_000)
        let drafts = (0..<5).map { _ in
            JobDraft(kind: "k", runAt: between.advanced(byMilliseconds: 10_000), payload: [])
        }
        _ = try store.apply(drafts.map { .insert($0, at: between) })
        let first = try store.outcomes([.correctWaits(at: between, limit: 2, .setBack)])
        #expect(first == [.waitsCorrected(lastFirings: [:], isAll: false)])
        _ = try store.outcomes([.correctWaits(at: now, limit: 2, .setBack)])
        while try store.outcomes([.correctWaits(at: now, limit: 2, .nextPage)]) == [unfinished] {}
        #expect(try runAt(store) == Array(repeating: now.milliseconds + 10_000, count: 5))
    }

    @Test("a correction that was begun by a later reading than a start's is void")
    func laterPage() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let drafts = (0..<5).map { _ in
            var draft = JobDraft(kind: "k", runAt: ahead.advanced(byMilliseconds: 10_000), payload: [])
            draft.conditions = JobConditions()
            draft.conditions?.hold = true
            return draft
        }
        _ = try store.apply(drafts.map { .insert($0, at: ahead) })
        _ = try store.apply([.noteClock(ahead)])
        // By its reading nothing was wrong.
        _ = try store.outcomes([.correctWaits(at: ahead, limit: 4, .nextPage)])
        _ = try store.outcomes([.correctWaits(at: now, limit: 2, .start)])
        while try store.outcomes([.correctWaits(at: now, limit: 2, .nextPage)]) == [unfinished] {}
        #expect(try runAt(store) == Array(repeating: now.milliseconds + 10_000, count: 5))
    }

    @Test("a correction that is not at its end is void once a later reading is noted")
    func aheadOnceMore() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let early = now.advanced(byMilliseconds: -200_000)
        // Held jobs are corrected by their ids.
        let drafts = (0..<5).map { _ in
            var draft = JobDraft(kind: "k", runAt: now.advanced(byMilliseconds: 10_000), payload: [])
            var conditions = JobConditions()
            conditions.hold = true
            draft.conditions = conditions
            return draft
        }
        _ = try store.apply(drafts.map { .insert($0, at: now) })
        _ = try store.apply([.noteClock(now)])
        _ = try store.apply([.correctWaits(at: early, limit: 4, .setBack)])
        _ = try store.apply([.noteClock(ahead)])
        // It stands before those that the first correction has looked at.
        var first = drafts[0]
        first.id = try #require(JobID("00000000-0000-7000-8000-000000000001"))
        first.runAt = ahead.advanced(byMilliseconds: 10_000)
        _ = try store.apply([.insert(first, at: ahead)])
        _ = try store.outcomes([.correctWaits(at: now, limit: 2, .start)])
        while try store.outcomes([.correctWaits(at: now, limit: 2, .nextPage)]) == [unfinished] {}
        #expect(try runAt(store).first == now.milliseconds + 10_000)
    }

    @Test("a key for a period that was taken while the clock was ahead stands for that period from now on")
    func keys() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        func draft(_ period: Int64, _ key: String) -> JobDraft {
            var conditions = JobConditions()
            conditions.uniqueScope = period == 0 ? .forever : .period(milliseconds: period)
            return JobDraft(
                kind: "k", runAt: now, uniqueKey: key, conditions: conditions, payload: Array("\(key) \(period)".utf8))
        }
        let early = now.advanced(byMilliseconds: -1_000)
        _ = try store.apply([.insert(draft(3_000, "short"), at: ahead), .insert(draft(60_000, "long"), at: ahead)])
        _ = try store.apply([.insert(draft(3_000, "right"), at: early), .insert(draft(0, "forever"), at: ahead)])
        while try store.outcomes([.correctWaits(at: now, limit: 1, .nextPage)]) == [unfinished] {}
        let until = try store.queue.read { db in
            try Row.fetchAll(db, sql: "SELECT key, until FROM unique_keys ORDER BY key").map {
                "\($0["key"] as String) \(($0["until"] as Int64?).map { $0 - now.milliseconds } ?? -1)"
            }
        }
        #expect(until == ["forever -1", "long 60000", "right 2000", "short 3000"])
    }

    private func count(_ store: SQLiteJobStore, _ sql: String, _ id: JobID) throws -> Int {
        try store.merge(all: true)
        return try store.queue.read { try Int.fetchOne($0, sql: sql, arguments: [id.databaseValue]) ?? 0 }
    }

    @Test("a job whose children are still to be told of it is not pruned")
    func prunedParent() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let parent = JobDraft(kind: "k", runAt: now, payload: [])
        _ = try store.apply([.insert(parent, at: now), .cancel(parent.id, at: now)])
        try store.queue.write { db in
            try db.execute(
                sql: "INSERT INTO untold_dependents (job, change) VALUES (?, 1)", arguments: [parent.id.databaseValue])
        }
        let pruning = Pruning(
            states: [.cancelled], before: now.advanced(byMilliseconds: 1), now: now, limit: 100)
        #expect(try store.outcomes([.prune(pruning)]) == [.pruned(jobs: 0, next: nil)])
        try store.queue.write { try $0.execute(sql: "DELETE FROM untold_dependents") }
        #expect(try store.outcomes([.prune(pruning)]) == [.pruned(jobs: 1, next: nil)])
    }

    @Test("children are told in turn: a parent of very many keeps those of another from nothing")
    func toldInTurn() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        func child(of parent: JobID) -> JobDraft {
            var draft = JobDraft(kind: "c", runAt: now, payload: [])
            draft.conditions = JobConditions()
            draft.conditions?.after = [parent]
            return draft
        }
        var large = JobDraft(kind: "k", runAt: now, payload: [])
        large.id = try #require(JobID("00000000-0000-7000-8000-000000000001"))
        let small = JobDraft(kind: "k", runAt: now, payload: [])
        _ = try store.apply([.insert(large, at: now), .insert(small, at: now)])
        _ = try store.apply((0..<20).map { _ in .insert(child(of: large.id), at: now) })
        _ = try store.apply((0..<2).map { _ in .insert(child(of: small.id), at: now) })
        store.steps.limit = 4
        _ = try store.apply([.cancel(large.id, at: now), .cancel(small.id, at: now)])
        let open = "SELECT count(*) FROM parents WHERE parent = ? AND standing = 0"
        for _ in 0..<2 { _ = try store.outcomes([.tellDependents(at: now)]) }
        #expect(try count(store, open, small.id) == 0)
        #expect(try count(store, open, large.id) > 0)
        while try store.outcomes([.tellDependents(at: now)]) == [.dependentsTold(isAll: false)] {}
        #expect(try count(store, open, large.id) == 0)
    }

    @Test("a pruning ends when it has looked at so many bytes, and says where to go on")
    func prunedBytes() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let drafts = (0..<10).map { _ in JobDraft(kind: "k", runAt: now, payload: [UInt8](repeating: 7, count: 1_000)) }
        _ = try store.apply(drafts.map { .insert($0, at: now) })
        _ = try store.apply(drafts.map { .cancel($0.id, at: now) })
        var pruning = Pruning(
            states: [.cancelled], before: now.advanced(byMilliseconds: 1), now: now, limit: 100, bytes: 3_500)
        var pages: [Int] = []
        while case .pruned(let jobs, let next)? = try store.outcomes([.prune(pruning)]).first {
            pages.append(jobs)
            pruning.from = next
            if next == nil { break }
        }
        #expect(pages == [4, 4, 2])
    }
}
