import Foundation
import GRDB
import KipCore
import Testing

@testable import KipStore

/// Jobs whose rows are written later: what fails leaves them as they were, and a crash at any point loses nothing of them.
@Suite struct RecentTests {
    private let now = Timestamp(milliseconds: 1_000_000)

    private func draft(_ number: Int = 0) -> JobDraft {
        JobDraft(kind: "k", runAt: now, payload: [UInt8](repeating: UInt8(number % 251), count: 1 + number % 300))
    }

    private func finish(_ id: JobID, _ result: [UInt8] = []) -> Mutation {
        .finish(
            Mutation.Finish(
                id: id, attempt: 1, state: .succeeded, setbacks: Setbacks(), result: result, worker: "w", at: now))
    }

    private func execute(_ store: SQLiteJobStore, _ sql: String) throws {
        try store.queue.inDatabase { try $0.execute(sql: sql) }
    }

    /// The files as a crash would leave them now, opened by another store.
    private func afterCrash(_ directory: Directory) throws -> (SQLiteJobStore, Directory) {
        let copy = Directory()
        for file in ["kip.db", "kip.db-wal", "kip.journal"]
        where FileManager.default.fileExists(atPath: "\(directory.path)/\(file)") {
            try FileManager.default.createDirectory(atPath: copy.path, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(directory.path)/\(file)", toPath: "\(copy.path)/\(file)")
        }
        return (try SQLiteJobStore(directory: copy.path), copy)
    }

    @Test("a batch that is not written leaves recent jobs as they were, and the next one is written")
    func batchFails() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let (waiting, running, new) = (draft(1), draft(2), draft(3))
        _ = try store.apply([.insert(waiting, at: now), .insert(running, at: now, worker: "w")])
        try execute(
            store, "CREATE TEMP TRIGGER t BEFORE INSERT ON recent BEGIN SELECT RAISE(ABORT, 'no'); END")
        let batch: [Mutation] = [
            .insert(new, at: now), .lease(waiting.id, attempt: 1, worker: "w"), finish(running.id, [1]),
        ]
        for _ in 0..<3 { #expect(throws: StoreError.self) { try store.apply(batch) } }
        #expect(try store.state(new.id) == nil)
        #expect(try store.state(waiting.id) == .available)
        #expect(try store.state(running.id) == .running)
        try execute(store, "DROP TRIGGER t")
        #expect(try store.apply(batch).outcomes == [.created])
        let (other, copy) = try afterCrash(directory)
        defer { withExtendedLifetime(copy) {} }
        for store in [store, other] {
            guard case .states(let states) = try store.answer(.states([new.id, waiting.id, running.id])) else {
                throw CancellationError()
            }
            #expect(states == [.available, .running, .succeeded])
        }
    }

    @Test("a merge that fails says so, loses nothing, and commits are fsynced after it as before")
    func mergeFails() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let drafts = (0..<SettleStatement.many + 40).map(draft)
        _ = try store.apply(drafts.map { .insert($0, at: now, worker: "w") })
        _ = try store.apply(drafts.map { finish($0.id, [9]) })
        // In the midst of the rows that share a statement.
        try execute(
            store,
            """
            CREATE TEMP TRIGGER t BEFORE INSERT ON jobs WHEN NEW.payload = x'\(drafts[30].payload.map { String(format: "%02x", $0) }.joined())'
            BEGIN SELECT RAISE(ABORT, 'no'); END
            """)
        for _ in 0..<10 {
            #expect(throws: StoreError.self) { try store.merge(all: true) }
            store.mergeFailure?.at = SteadyTime(milliseconds: 0)
        }
        // However often it is tried, nobody is listed twice.
        #expect(store.recent.endedCount == drafts.count)
        #expect(store.trouble != nil)
        #expect(try store.queue.inDatabase { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM jobs") } == 0)
        #expect(try drafts.allSatisfy { try store.state($0.id) == .succeeded })
        #expect(try store.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 1)
        // The store goes on, and safely.
        #expect(try store.apply([.insert(draft(77), at: now)]).outcomes == [.created])
        #expect(try store.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA secure_delete") } == 1)
        try execute(store, "DROP TRIGGER t")
        store.mergeFailure = nil
        try store.merge(all: true)
        #expect(store.trouble == nil)
        #expect(!store.hasRecent)
        #expect(
            try store.queue.inDatabase { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM jobs") } == drafts.count + 1)
        #expect(try store.queue.inDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test("rows that share a statement are each their own, also where one merge of several fails")
    func eachItsOwn() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        var random = SplitMix64(seed: 7)
        func one<Value>(of values: Value...) -> Value { values[Int(random.next() % UInt64(values.count))] }
        var expected: [JobID: [String]] = [:]
        for round in 0..<4 {
            let drafts = (0..<1_100).map { number in
                JobDraft(
                    kind: one(of: "k", "kind", "đơn"), queue: one(of: "default", "q"), priority: one(of: 0, 0, 5, -3),
                    runAt: Timestamp(milliseconds: Int64(number)), maxAttempts: one(of: 20, 3),
                    timeoutMilliseconds: one(of: 0, 0, 900), retry: one(of: .standard, .standard, .fixed(.seconds(3))),
                    onWorkerLost: one(of: .retry, .retry, .quarantine),
                    payload: [UInt8](repeating: UInt8(number & 0xFF), count: number % 300))
            }
            let workers = drafts.map { _ in one(of: "a", "a", "b") }
            _ = try store.apply(zip(drafts, workers).map { .insert($0, at: now, worker: $1) })
            let results = drafts.map { _ in [UInt8](repeating: 9, count: one(of: 0, 0, 1, 70)) }
            _ = try store.apply(
                drafts.indices.map { place in
                    .finish(
                        Mutation.Finish(
                            id: drafts[place].id, attempt: 1, state: .succeeded, setbacks: Setbacks(),
                            result: results[place], worker: workers[place],
                            at: now.advanced(byMilliseconds: Int64(place))))
                })
            for (place, draft) in drafts.enumerated() {
                expected[draft.id] = [
                    draft.queue, draft.kind, workers[place], "\(JobState.succeeded.rawValue)", "\(draft.priority)",
                    "\(draft.maxAttempts)", "\(draft.timeoutMilliseconds)", draft.retry.storedUnlessStandard ?? "-",
                    "\(draft.onWorkerLost.rawValue)", "1", "\(draft.runAt.milliseconds)", "\(now.milliseconds)",
                    "\(now.milliseconds + Int64(place))", "\(draft.payload)", "\(results[place])",
                ]
            }
            if round == 1 {
                try execute(
                    store,
                    "CREATE TEMP TRIGGER t BEFORE INSERT ON jobs WHEN NEW.run_at = 700 BEGIN SELECT RAISE(ABORT, 'no'); END"
                )
                let listed = store.recent.endedCount
                #expect(throws: StoreError.self) { try store.merge(all: false) }
                #expect(store.recent.endedCount == listed)
                try execute(store, "DROP TRIGGER t")
                store.mergeFailure = nil
            }
            try store.merge(all: round == 3)
            // What does not fill a statement stays for the next merge.
            #expect(store.recent.endedCount < SettleStatement.many)
        }
        #expect(!store.hasRecent)
        let found = try store.queue.inDatabase { db in
            try Row.fetchAll(db, sql: "SELECT * FROM jobs").map { row -> (JobID, [String]) in
                let id = try #require(JobID(bytes: SQLiteJobStore.bytes(row["id"])))
                let texts = [
                    "queue", "kind", "worker", "state", "priority", "max_attempts", "timeout_ms", "retry", "on_lost",
                    "attempt", "run_at", "created_at", "finished_at",
                ].map { column in
                    (row[column] as DatabaseValue).isNull
                        ? "-" : "\((row[column] as DatabaseValue).storage.value ?? "-")"
                }
                return (id, texts + ["payload", "result"].map { "\(SQLiteJobStore.bytes(row[$0]))" })
            }
        }
        #expect(found.count == expected.count)
        for (id, columns) in found where columns != expected[id] {
            Issue.record("\(columns)\n\(expected[id] ?? [])")
        }
    }

    @Test("rows are let go as their jobs end; one that runs for ever holds up few; a crash at any time loses nothing")
    func partial() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        var expected: [JobID: (payload: [UInt8], result: [UInt8]?, attempt: Int)] = [:]
        var most = 0
        for batch in 0..<400 {
            let drafts = (0..<20).map { draft(batch * 20 + $0) }
            _ = try store.apply(drafts.map { .insert($0, at: now, worker: "w") })
            // The first of each tenth batch runs on.
            let ending = batch % 10 == 0 ? drafts.dropFirst() : drafts[...]
            _ = try store.apply(ending.enumerated().map { finish($1.id, [UInt8](repeating: 5, count: $0)) })
            for draft in drafts { expected[draft.id] = (draft.payload, nil, 1) }
            for (place, draft) in ending.enumerated() {
                expected[draft.id]?.result = [UInt8](repeating: 5, count: place)
            }
            try store.merge(all: false)
            most = max(
                most, try store.queue.inDatabase { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM recent") ?? 0 })
            if batch % 133 == 132 { try check(directory, expected) }
        }
        #expect(most <= 200, "\(most) rows")
        #expect(most > 60)
        try check(directory, expected)
    }

    private func check(
        _ directory: Directory, _ expected: [JobID: (payload: [UInt8], result: [UInt8]?, attempt: Int)]
    ) throws {
        let (store, copy) = try afterCrash(directory)
        defer { withExtendedLifetime(copy) {} }
        let rows = try store.queue.inDatabase { try Row.fetchAll($0, sql: "SELECT * FROM jobs") }
        #expect(rows.count == expected.count)
        for row in rows {
            let id = try #require(JobID(bytes: [UInt8](row["id"] as Data)))
            let job = try #require(expected[id])
            #expect([UInt8](row["payload"] as Data) == job.payload)
            #expect((row["result"] as Data?).map { [UInt8]($0) } == job.result)
            #expect(row["state"] == (job.result == nil ? 3 : 4))
            #expect(row["attempt"] == job.attempt)
            #expect(row["worker"] == "w")
            #expect((row["finished_at"] as Int64?) == (job.result == nil ? nil : now.milliseconds))
        }
    }

    @Test("what is large has its row at once")
    func large() throws {
        let directory = Directory()
        let store = try SQLiteJobStore(directory: directory.path)
        let large = JobDraft(kind: "k", runAt: now, payload: [UInt8](repeating: 1, count: 1 << 20))
        #expect(try store.apply([.insert(large, at: now, worker: "w")]).outcomes == [.created])
        #expect(!store.hasRecent)
        let small = draft()
        _ = try store.apply([.insert(small, at: now, worker: "w")])
        _ = try store.apply([finish(small.id, [UInt8](repeating: 2, count: 1 << 20)), finish(large.id)])
        #expect(try store.state(small.id) == .succeeded)
        #expect(try store.state(large.id) == .succeeded)
        #expect(try store.queue.inDatabase { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM jobs") } == 2)
    }
}
