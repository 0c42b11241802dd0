import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// Where a broker has the journal outside of its database. If that is not in the data directory, the database knows it, and so
/// do its backups: a command that is not told the place would take the journal for lost.
public enum JournalPlace {
    private static let mark = "journal at "

    /// Where the journal of a data directory is.
    /// - Parameter told: the place that somebody names; nil = the place where the last broker had it, by default
    ///   `kip.journal` in the directory.
    public static func of(_ directory: String, told: String? = nil) -> String {
        told ?? known(to: directory + "/kip.db") ?? standard(directory)
    }

    private static func standard(_ directory: String) -> String { directory + "/kip.journal" }

    private static func known(to database: String) -> String? {
        var reading = Configuration()
        reading.readonly = true
        guard access(database, R_OK) == 0, let queue = try? DatabaseQueue(path: database, configuration: reading) else {
            return nil
        }
        return try? queue.read { db in
            guard try db.tableExists("marks") else { return nil }
            return try known(db)
        }
    }

    private static func known(_ db: Database) throws -> String? {
        try String.fetchOne(
            db, sql: "SELECT substr(name, length(?1) + 1) FROM marks WHERE substr(name, 1, length(?1)) = ?1",
            arguments: [mark])
    }

    /// Notes where a broker has it.
    static func note(_ path: String, of directory: String, _ db: Database) throws {
        let place = absolute(path)
        let new = place == absolute(standard(directory)) ? nil : place
        guard try known(db) != new else { return }
        try db.inTransaction {
            try db.execute(sql: "DELETE FROM marks WHERE substr(name, 1, length(?1)) = ?1", arguments: [mark])
            if let new { try db.execute(sql: "INSERT INTO marks (name) VALUES (?)", arguments: [mark + new]) }
            return .commit
        }
    }

    private static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    /// A journal can be there: a disk that is not mounted, or a folder, is found before anything is done.
    /// - Parameter directory: the data directory, which may not have been made yet.
    static func check(_ path: String, of directory: String) throws(StoreError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
            throw .notWritable(path: path, detail: "it is a directory; name the file of the journal")
        }
        let folder = absolute(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        if folder == absolute(directory) { return }
        if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) || !isFolder.boolValue {
            throw .notWritable(path: path, detail: "\(folder) is no directory; is its disk mounted?")
        }
    }
}
