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
                #expect(!plan.contains("SCAN"), "\(name): \(plan)")
                #expect(!plan.contains("TEMP B-TREE"), "\(name): \(plan)")
            }
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
