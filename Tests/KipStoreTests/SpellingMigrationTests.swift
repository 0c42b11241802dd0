import Foundation
import GRDB
import KipCore
import Testing

@testable import KipStore

/// A database of a release that took names as they came.
@Suite struct SpellingMigrationTests {
    private let directory = Directory()
    private let now = Timestamp(milliseconds: 1_000_000)
    private static let nfc = "thư mục"
    private static let nfd = "thu\u{31B} mu\u{323}c"

    /// Makes such a database: today's, with the migration taken back and names written as an earlier release did.
    private func make(_ change: (Database) throws -> Void) throws {
        let store = try SQLiteJobStore(directory: directory.path)
        try store.queue.write { db in
            try db.execute(sql: "DELETE FROM grdb_migrations WHERE identifier = '7 spelling'")
            try change(db)
        }
        store.close()
    }

    private func job(_ id: JobID, queue: String, kind: String = "k", key: String? = nil, state: Int = 2, _ db: Database)
        throws
    {
        try db.execute(
            sql: """
                INSERT INTO jobs (id, queue, kind, state, priority, run_at, max_attempts, timeout_ms, unique_key, payload,
                    created_at, worker) VALUES (?, ?, ?, ?, 0, 0, 20, 0, ?, x'', 0, 'w')
                """, arguments: [id.databaseValue, queue, kind, state, key])
    }

    @Test("jobs of a queue that was spelled in two ways wait in one lane, also those without a row")
    func lanes() throws {
        let (first, second, third) = (JobID(), JobID(), JobID())
        try make { db in
            try job(first, queue: Self.nfc, db)
            try job(second, queue: Self.nfd, db)
            var log = RecentLog()
            log.insert(JobDraft(id: third, kind: "k", queue: Self.nfd, runAt: now), at: now, worker: nil)
            try log.withUnsafeBytes { bytes in
                try db.execute(sql: "INSERT INTO recent (number, changes) VALUES (1, ?)", arguments: [Data(bytes)])
            }
        }
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(try store.lanes() == [Lane(queue: Self.nfc, kind: "k")])
        let lane = Lane(queue: Self.nfc, kind: "k")
        #expect(Set(try store.available(lane: lane, limit: 9, bytes: 999).jobs.map(\.id)) == [first, second, third])
        #expect(store.migrationNotes.contains("jobs whose queue, kind or keys were respelled: 1"))
    }

    @Test("a unique key that two jobs had in two spellings is the older one's, and one with a zero byte can be freed")
    func keys() throws {
        let (first, second, third) = (JobID(), JobID(), JobID())
        try make { db in
            try job(first, queue: "q", key: Self.nfd, db)
            try job(second, queue: "q", key: Self.nfc, db)
            try job(third, queue: "q", key: "a\u{0}b", db)
            for (key, id) in [(Self.nfd, first), (Self.nfc, second), ("a\u{0}b", third)] {
                try db.execute(
                    sql: "INSERT INTO unique_keys (key, job) VALUES (CAST(? AS TEXT), ?)",
                    arguments: [Data(key.utf8), id.databaseValue])
            }
        }
        let store = try SQLiteJobStore(directory: directory.path)
        let held = try store.queue.read { db in
            try Row.fetchAll(db, sql: "SELECT key, job FROM unique_keys ORDER BY key").map { row in
                (row["key"] as String, JobID(bytes: [UInt8](row["job"] as Data)))
            }
        }
        #expect(held.map(\.0) == ["a\u{FFFD}b", Self.nfc])
        #expect(held.map(\.1) == [third, first])
        let again = JobDraft(kind: "k", queue: "q", runAt: now, uniqueKey: Self.nfc)
        #expect(try store.outcomes([.insert(again, at: now)]) == [.existing(first)])
        #expect(store.migrationNotes.contains { $0.contains("the older job has now: 1") })
    }

    @Test(
        "of two spellings of an effect the one that happened counts, and the job that waited for the other runs and gets its receipt"
    )
    func effects() throws {
        let (first, second) = (JobID(), JobID())
        try make { db in
            try job(first, queue: "q", state: 4, db)
            try job(second, queue: "q", state: 8, db)
            for (key, id, state) in [(Self.nfc, second, 2), (Self.nfd, first, 3)] {
                try db.execute(
                    sql: """
                        INSERT INTO effects (key, state, job, attempt, worker, begun_at, receipt)
                        VALUES (CAST(? AS TEXT), ?, ?, 1, 'w', 0, x'2261')
                        """, arguments: [Data(key.utf8), state, id.databaseValue])
            }
        }
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(try store.openEffects().isEmpty)
        #expect(try store.state(second) == .available)
        let intent = EffectIntent(key: Self.nfc, job: second, attempt: 2, worker: EffectWorker(id: "w"), at: now)
        #expect(try store.outcomes([.beginEffect(intent)]) == [.standing(.done(receipt: Array("\"a".utf8)))])
    }

    @Test("schedules, their firings and policies are one each")
    func schedulesAndPolicies() throws {
        try make { db in
            for name in [Self.nfc, Self.nfd] {
                let definition = #"{"name":"\#(name)","kind":"\#(Self.nfd)","queue":"default"}"#
                try db.execute(
                    sql:
                        "INSERT INTO schedules (name, definition, next_at) VALUES (CAST(? AS TEXT), CAST(? AS TEXT), 5)",
                    arguments: [Data(name.utf8), Data(definition.utf8)])
                try db.execute(
                    sql: "INSERT INTO firings VALUES (CAST(? AS TEXT), 7, ?, 7)",
                    arguments: [Data(name.utf8), JobID().databaseValue])
                var control = Control(.queue, name)
                control.isPaused = name == Self.nfd
                control.changedAt = Timestamp(milliseconds: name == Self.nfd ? 2 : 1)
                let bytes: Data = try control.wire.serializedData()
                try db.execute(
                    sql: "INSERT INTO controls VALUES (0, CAST(? AS TEXT), ?)", arguments: [Data(name.utf8), bytes])
            }
        }
        let store = try SQLiteJobStore(directory: directory.path)
        let schedules = try store.schedules()
        #expect(schedules.map { Array($0.name.utf8) } == [Array(Self.nfc.utf8)])
        #expect(
            schedules.allSatisfy {
                CanonicalText.spelling(of: $0.definition)?.utf8.elementsEqual($0.definition.utf8) == true
            })
        let firings = try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM firings") }
        #expect(firings == 1)
        #expect(try store.controls().map(\.isPaused) == [true])
    }

    @Test("a database whose names are canonical is left as it is, and nothing is said")
    func canonical() throws {
        let id = JobID()
        try make { try job(id, queue: Self.nfc, key: "khóa/1", $0) }
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(store.migrationNotes.isEmpty)
        #expect(try store.state(id) == .available)
    }
}
