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
                        KeyClaim(key: "key", job: again.id, kind: "k", fingerprint: again.fingerprint, at: now)
                    ]), covers: 1), .insert(again, at: now),
            ]) == [.claimed, .existing(waiting[0].id)])
        let intent = EffectIntent(key: "mail/1", job: running[0].job.id, attempt: 2, worker: "worker", at: now)
        #expect(try store.outcomes([.beginEffect(intent)]) == [.standing(.begun)])
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
