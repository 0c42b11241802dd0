import GRDB
import KipCore
import Testing

@testable import KipStore

/// What every job passes, and what its end sets free, finds its rows by index: a fan of 10,000 jobs costs 10,000 times what
/// one costs, not 10,000 times 10,000.
@Suite struct ConditionPlanTests {
    /// The texts of the prepared statements, by their names.
    private func statements(_ place: Any) -> [(name: String, sql: String)] {
        Mirror(reflecting: place).children.flatMap { child -> [(name: String, sql: String)] in
            guard let name = child.label else { return [] }
            guard let hot = child.value as? HotStatement else { return statements(child.value) }
            let inner = Mirror(reflecting: hot).children.compactMap { $0.value as? Statement }
            return inner.map { (name, $0.sql) }
        }
    }

    private func plan(_ sql: String, _ db: Database) throws -> String {
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
        statement.setUncheckedArguments([])
        return try Row.fetchAll(statement).map { $0["detail"] as String }.joined(separator: "; ")
    }

    @Test("no prepared statement scans a table")
    func plans() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        try store.queue.inDatabase { db in
            let hot = statements(store.hot)
            #expect(hot.count > 20)
            for (name, sql) in hot {
                let plan = try plan(sql, db)
                // The rows of a statement that writes several are no table.
                let scans = plan.replacingOccurrences(of: "SCAN \(SettleStatement.many) CONSTANT ROWS", with: "")
                #expect(!scans.contains("SCAN"), "\(name): \(plan)")
                #expect(!plan.contains("TEMP B-TREE"), "\(name): \(plan)")
            }
        }
    }

    @Test("what every job passes makes no table of its own: a list in an index's condition would, for each row")
    func ephemeral() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        try store.queue.inDatabase { db in
            for (name, sql) in statements(store.hot)
            where ["insertJob", "lease", "finish", "again", "attempt"].contains(name) {
                let statement = try db.makeStatement(sql: "EXPLAIN " + sql)
                statement.setUncheckedArguments([])
                // What a job without a time to expire jumps over may open one.
                let codes = try Row.fetchAll(statement).map { $0["opcode"] as String }
                #expect(!codes.contains("OpenEphemeral"), "\(name)")
            }
        }
    }

    /// Steps of SQLite's machine: the same on every computer, however busy. One that takes more than before costs more
    /// for every job; where it is meant, the bound is changed with it.
    @Test("a plain lifecycle costs its row once, as it ended")
    func plainSteps() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let now = Timestamp(milliseconds: 1_000_000)
        let drafts = (0..<SettleStatement.many).map { _ in
            JobDraft(kind: "k", runAt: now, payload: [UInt8](repeating: 1, count: 200))
        }
        _ = try store.apply(drafts.map { .insert($0, at: now) })
        _ = try store.apply(drafts.map { .lease($0.id, attempt: 1, worker: "w") })
        _ = try store.apply(
            drafts.map {
                .finish(
                    Mutation.Finish(
                        id: $0.id, attempt: 1, state: .succeeded, setbacks: Setbacks(), worker: "w", at: now))
            })
        try store.merge(all: true)
        let (rows, logs) = store.queue.inDatabase { _ in
            (store.hot.settle.many.statement.steps, store.hot.insertRecent.steps)
        }
        #expect(rows <= SettleStatement.many * 150, "a row")
        #expect(logs <= 3 * 30, "three batches")
        #expect(store.queue.inDatabase { _ in store.hot.insertJob.steps + store.hot.lease.steps } == 0)
        guard case .states(let states) = try store.answer(.states(drafts.map(\.id))) else { throw CancellationError() }
        #expect(states.allSatisfy { $0 == .succeeded })
    }

    @Test("a lifecycle that is written step by step takes no more steps of SQLite's machine than it did")
    func steps() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let now = Timestamp(milliseconds: 1_000_000)
        // Its key has it written at once.
        let draft = JobDraft(kind: "k", runAt: now, uniqueKey: "1", payload: [UInt8](repeating: 1, count: 200))
        let finish = Mutation.Finish(
            id: draft.id, attempt: 1, state: .succeeded, setbacks: Setbacks(), worker: "w", at: now)
        _ = try store.apply([.insert(draft, at: now), .lease(draft.id, attempt: 1, worker: "w"), .finish(finish)])
        let steps = store.queue.inDatabase { _ in
            [store.hot.insertJob.steps, store.hot.lease.steps, store.hot.finish.steps]
        }
        #expect(steps[0] <= 142, "insert")
        #expect(steps[1] <= 152, "lease")
        #expect(steps[2] <= 148, "finish")
    }

    @Test("the lanes are found by steps from one to the next: ten million jobs in one of them cost nothing at a start")
    func lanes() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let now = Timestamp(milliseconds: 1_000_000)
        let places = [("a", "x"), ("a", "y"), ("b", "a"), ("b", "x"), ("c", "x")]
        let drafts = places.map { JobDraft(kind: $0.1, queue: $0.0, runAt: now, payload: []) }
        _ = try store.apply(
            (drafts + drafts.map { JobDraft(kind: $0.kind, queue: $0.queue, runAt: now, payload: []) })
                .map { .insert($0, at: now) })
        let lanes = try store.lanes()
        #expect(lanes == places.map { Lane(queue: $0.0, kind: $0.1) })
        try store.queue.inDatabase { db in
            let plans = try [SQLiteJobStore.LaneStep.nextKind, SQLiteJobStore.LaneStep.nextQueue].map {
                try plan($0, db)
            }
            #expect(plans[0].contains("(queue=? AND kind>?)"))
            #expect(plans[1].contains("(queue>?)"))
        }
    }

    @Test("a parent's place beside its child is found by both: a fan-in has thousands of parents")
    func fanIn() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        try store.queue.inDatabase { db in
            let standing = try #require(statements(store.hot).first { $0.name == "standing" })
            let plan = try plan(standing.sql, db)
            #expect(plan.contains("(parent=? AND child=?)"))
        }
    }

    @Test("whether one of many parents has failed is found without looking at the others")
    func failed() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        try store.queue.inDatabase { db in
            let failed = try #require(statements(store.hot).first { $0.name == "failedParent" })
            let plan = try plan(failed.sql, db)
            #expect(plan.contains("parents_failed"))
        }
    }

    @Test("starts of a rate that count no more are not kept, nor is one kept for each job")
    func starts() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let now = Timestamp(milliseconds: 1_000_000)
        for second in 0..<100 {
            let at = now.advanced(byMilliseconds: Int64(second) * 1_000)
            let start = Mutation.start(queue: "q", at: at, jobs: 1, since: at.advanced(byMilliseconds: -10_000))
            _ = try store.apply([start, start])
        }
        let starts = try store.starts()
        #expect(starts.count == 11)
        #expect(starts.allSatisfy { $0.jobs == 2 })
    }
}
