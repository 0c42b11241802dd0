import GRDB
import KipCore

/// Which key owns which worker's id.
extension SQLiteJobStore {
    /// All owners.
    public func workerOwners() throws(StoreError) -> [WorkerOwner] {
        try access { db in
            try Row.fetchAll(db, sql: "SELECT worker, public_key, seen_at FROM worker_owners ORDER BY worker").map {
                WorkerOwner(
                    worker: $0["worker"], publicKey: $0["public_key"], seenAt: Timestamp(milliseconds: $0["seen_at"]))
            }
        }
    }

    func write(_ owner: WorkerOwner, _ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO worker_owners (worker, public_key, seen_at) VALUES (?, ?, ?)",
            arguments: [owner.worker, owner.publicKey, owner.seenAt.milliseconds])
    }

    func removeOwners(of workers: [String], _ db: Database) throws {
        for worker in workers {
            try db.execute(sql: "DELETE FROM worker_owners WHERE worker = ?", arguments: [worker])
        }
    }
}
