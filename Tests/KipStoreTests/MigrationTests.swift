import Foundation
import GRDB
import KipCore
import Testing

@testable import KipStore

/// Databases that released versions left behind.
@Suite struct MigrationTests {
    private let directory = Directory()
    private let now = Timestamp(milliseconds: 1_000_000)

    private func make(_ name: String) throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Databases/\(name).sql")
        try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: directory.path + "/kip.db")
        try queue.write { try $0.execute(sql: try String(contentsOf: script, encoding: .utf8)) }
    }

    @Test("0.1.0: jobs, keys and leases go on, and new things work")
    func first() throws {
        try make("1-jobs")
        let store = try SQLiteJobStore(directory: directory.path)
        let waiting = try store.available(lane: Lane(queue: "default", kind: "k"), limit: 9, bytes: 999).jobs
        #expect(waiting.map(\.setbacks) == [Setbacks()])
        let running = try store.running()
        #expect(running.map(\.job.setbacks) == [Setbacks(failures: 1)])
        #expect(running.map(\.job.onWorkerLost) == [.retry])
        let again = JobDraft(kind: "k", runAt: now, uniqueKey: "key", payload: [9])
        #expect(
            try store.outcomes([
                .claim(
                    Claim(keys: [
                        KeyClaim(
                            key: "key", job: again.id, lane: Lane(queue: "default", kind: "k"),
                            fingerprint: again.fingerprint, at: now)
                    ]), covers: 1), .insert(again, at: now),
            ]) == [.claimed, .existing(waiting[0].id)])
        let intent = EffectIntent(
            key: "mail/1", job: running[0].job.id, attempt: 2, worker: EffectWorker(id: "worker"), at: now)
        #expect(try store.outcomes([.beginEffect(intent)]) == [.standing(.begun)])
    }

    @Test("before conditions: jobs, keys and schedules go on, and jobs may ask for conditions")
    func second() throws {
        try make("2-promises")
        let store = try SQLiteJobStore(directory: directory.path)
        let lane = Lane(queue: "default", kind: "kip-bench")
        let waiting = try store.available(lane: lane, limit: 9, bytes: 999).jobs
        #expect(waiting.map(\.terms) == [nil])
        #expect(try store.lanes() == [lane, Lane(queue: "default", kind: "other")])
        #expect(try store.schedules().map(\.name) == ["morning"])
        #expect(try store.schedules().map(\.owner) == [""])
        #expect(try store.kinds().isEmpty)
        _ = try store.apply([.setKinds([StoredKind(name: "k", options: [1], at: now, by: "w")])])
        #expect(try store.kinds().map(\.name) == ["k"])
        #expect(try store.controls().isEmpty)
        // The same job again is the one that is there, another one with its key is refused.
        for (payload, outcome) in [
            (#"{"name":"Lan"}"#, [WriteOutcome.claimed, .existing(waiting[0].id)]),
            (#"{"name":"Hoa"}"#, [.keyTaken(position: 0, by: waiting[0].id), .skipped]),
        ] {
            let draft = JobDraft(kind: "kip-bench", runAt: now, uniqueKey: "wait", payload: Array(payload.utf8))
            let claim = KeyClaim(
                key: "wait", job: draft.id, lane: lane, fingerprint: draft.fingerprint, at: now)
            #expect(
                try store.outcomes([.claim(Claim(keys: [claim]), covers: 1), .insert(draft, at: now)]) == outcome)
        }
        var conditions = JobConditions()
        conditions.after = [waiting[0].id]
        let child = JobDraft(kind: "kip-bench", runAt: now, conditions: conditions)
        #expect(try store.outcomes([.insert(child, at: now)]) == [.deferred])
        let finish = Mutation.Finish(
            id: waiting[0].id, attempt: 1, state: .succeeded, setbacks: Setbacks(), worker: "w", at: now)
        let ended = try store.apply([.lease(waiting[0].id, attempt: 1, worker: "w"), .finish(finish)])
        #expect(ended.freed.lanes == [lane])
        #expect(try store.available(lane: lane, limit: 9, bytes: 999).jobs.map(\.id) == [child.id])
    }

    @Test("a database whose pages were not in turn keeps what is to be told, and begins a correction of times anew")
    func pages() throws {
        let parent = JobDraft(kind: "k", runAt: now, payload: [])
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            _ = try store.apply([.insert(parent, at: now), .cancel(parent.id, at: now)])
            // As the release before made it.
            try store.queue.write { db in
                try db.execute(
                    sql: """
                        DROP TABLE untold_dependents;
                        DROP TABLE clock_correction;
                        DROP INDEX parents_standing;
                        CREATE TABLE untold_dependents (
                            job BLOB NOT NULL, change INTEGER NOT NULL, PRIMARY KEY (job, change)) STRICT, WITHOUT ROWID;
                        CREATE TABLE clock_correction (
                            id INTEGER NOT NULL PRIMARY KEY, step INTEGER NOT NULL, run_at INTEGER NOT NULL,
                            job BLOB NOT NULL, key TEXT NOT NULL) STRICT;
                        INSERT INTO clock_correction VALUES (1, 2, 7, x'', '');
                        DELETE FROM grdb_migrations WHERE identifier = '13 pages in turn';
                        """)
                try db.execute(
                    sql: "INSERT INTO untold_dependents VALUES (?, 0)", arguments: [parent.id.databaseValue])
            }
        }
        let store = try SQLiteJobStore(directory: directory.path)
        #expect(try store.hasUntoldDependents())
        #expect(try store.outcomes([.tellDependents(at: now)]) == [.dependentsTold(isAll: true)])
        #expect(try !store.hasUntoldDependents())
        #expect(
            try store.outcomes([.correctWaits(at: now, limit: 9, .start)])
                == [.waitsCorrected(lastFirings: [:], isAll: true)])
    }

    @Test("a database of a newer program is refused by name, and left as it is")
    func newer() throws {
        do {
            let store = try SQLiteJobStore(directory: directory.path)
            try store.queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('99 future')") }
        }
        let path = directory.path + "/kip.db"
        #expect(throws: StoreError.newer(path: path, migration: "99 future")) {
            try SQLiteJobStore(directory: directory.path)
        }
    }
}
