import Foundation
import GRDB
import HashChain

/// A look over a data directory, also beside a broker that serves it. It changes nothing.
public struct Inspection: Sendable {
    /// What is wrong with the database, page by page; nil = nothing.
    public private(set) var damage: String?
    /// Jobs in any state.
    public private(set) var jobs = 0
    /// Of the file.
    public private(set) var bytes = 0
    /// How it stands to its journal.
    public private(set) var standing = JournalStanding.same

    /// Looks.
    /// - Parameter journal: the path of the journal outside; default `kip.journal` in the directory.
    /// - Throws: `StoreError` where the database or the journal cannot be read, is newer, or was bent.
    public init(directory: String, journal: String? = nil) throws(StoreError) {
        let path = directory + "/kip.db"
        let file = ChainFile(path: journal ?? directory + "/kip.journal")
        do {
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreError.missing(path: path)
            }
            var reading = Configuration()
            reading.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: reading)
            try Schema.refuseNewer(queue)
            let fileBytes = file.bytes
            let mark = HighWaterMark.read(directory)?.number
            var (jobs, bytes, damage, standing) = (0, 0, String?.none, JournalStanding.same)
            try queue.read { db in
                // All of it was in a log that is gone.
                guard try db.tableExists("jobs") else {
                    standing = JournalStanding.same.lowered(by: mark, to: 0)
                    return
                }
                jobs = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM jobs") ?? 0
                jobs += try SQLiteJobStore.countWithoutRow(db, path: path)
                bytes =
                    (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0)
                    * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
                let verdict = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? ""
                damage = verdict == "ok" ? nil : verdict
                standing = try JournalComparison(db, file, fileBytes: fileBytes)
                    .standing(isThere: file.exists, isCopy: try BackupMark.isSet(db), path: file.path)
                    .lowered(by: mark, to: try HighWaterMark.number(db))
            }
            (self.jobs, self.bytes, self.damage, self.standing) = (jobs, bytes, damage, standing)
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }
}
