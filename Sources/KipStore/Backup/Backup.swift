import DurableFiles
import Foundation
import GRDB
import HashChain

#if canImport(Glibc)
    import Glibc
#endif

/// Copies of a data directory's database, also of one that a broker serves (sqlite.org/backup.html).
public enum Backup {
    /// What a copy holds.
    public struct Report: Sendable, Codable {
        /// Jobs in any state.
        public var jobs: Int
        /// Commits in its journal.
        public var journal: Int
        /// Of the file.
        public var bytes: Int
    }

    /// Writes a copy, checked and on disk when this returns. What is at the path is never replaced.
    /// - Throws: `StoreError`; then there is no file.
    public static func write(from directory: String, to path: String) throws(StoreError) -> Report {
        try write(database: directory + "/kip.db", to: path) { db in
            try SQLiteJobStore.settle(db, path: path)
            try BackupMark.set(db)
            return Report(
                jobs: try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM jobs") ?? 0,
                journal: try Journal.lines(db).count, bytes: try bytes(db))
        }
    }

    /// Writes a copy of any database of SQLite, also of one that others write, checked and on disk when this returns; the
    /// copy is its owner's alone. What is at the path is never replaced.
    /// - Returns: the bytes of the copy.
    /// - Throws: `StoreError`; then there is no file.
    public static func write(database source: String, to path: String) throws(StoreError) -> Int {
        try write(database: source, to: path, bytes)
    }

    private static func bytes(_ db: Database) throws -> Int {
        (try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0) * (try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
    }

    private static func write<Told>(
        database source: String, to path: String, _ finish: (Database) throws -> Told
    ) throws(StoreError) -> Told {
        do {
            guard access(path, F_OK) != 0 else {
                throw StoreError.exists(path: path)
            }
            guard access(source, R_OK) == 0 else {
                throw errno == ENOENT
                    ? StoreError.missing(path: source)
                    : .notReadable(path: source, detail: String(cString: strerror(errno)))
            }
            let draft = path + ".part"
            unlink(draft)
            defer { unlink(draft) }
            let told = try copy(source, to: draft, finish)
            try sync(draft)
            guard link(draft, path) == 0 else {
                if errno == EEXIST { throw StoreError.exists(path: path) }
                throw StoreError.notWritable(path: path, detail: String(cString: strerror(errno)))
            }
            FolderSync.sync(folderOf: path)
            return told
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }

    private static func copy<Told>(
        _ source: String, to path: String, _ finish: (Database) throws -> Told
    ) throws -> Told {
        var reading = Configuration()
        reading.readonly = true
        let from = try DatabaseQueue(path: source, configuration: reading)
        let to = try DatabaseQueue(path: path)
        chmod(path, 0o600)
        FileOwnership.adopt(path)
        try from.backup(to: to)
        return try to.writeWithoutTransaction { db in
            // One file, without a log beside it.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? ""
            guard verdict == "ok" else { throw StoreError.damaged(path: source, detail: verdict) }
            return try finish(db)
        }
    }

    /// Puts a copy in the place of a directory's database, which is kept beside it. No broker may serve the directory.
    /// - Returns: where the database is that was there; nil where there was none.
    /// - Throws: `StoreError`; then the directory is as it was.
    public static func restore(_ path: String, into directory: String) throws(StoreError) -> String? {
        do {
            try check(path)
            try SQLiteJobStore.makeDirectory(directory)
            let lock = try DirectoryLock(directory: directory)
            let aside = try put(path, at: directory + "/kip.db")
            lock.letGo()
            return aside
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }

    /// Replaces a database by a copy that `write(database:to:)` made. The old database is renamed together with its log, as
    /// SQLite would replay that log into the copy. No other process may have the database open.
    /// - Returns: the path of the old database; nil if there was none.
    /// - Throws: `StoreError`; then nothing has changed.
    public static func restore(database path: String, to place: String) throws(StoreError) -> String? {
        do {
            try checkWhole(path)
            try checkUnused(place)
            return try put(path, at: place)
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }

    /// - Throws: `StoreError.inUse` if another process has the database open. A damaged or missing database passes.
    private static func checkUnused(_ place: String) throws {
        guard access(place, F_OK) == 0 else { return }
        var alone = Configuration()
        // In WAL mode every open connection holds a shared lock, so this fails while another process has it open
        // (sqlite.org/wal.html, section 8).
        alone.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        do {
            try DatabaseQueue(path: place, configuration: alone).writeWithoutTransaction { db in
                try db.execute(sql: "BEGIN EXCLUSIVE; COMMIT")
            }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw StoreError.inUse(path: place)
        } catch {}
    }

    /// - Returns: the path of the old database; nil if there was none.
    private static func put(_ path: String, at place: String) throws -> String? {
        let draft = place + ".part"
        unlink(draft)
        try FileManager.default.copyItem(atPath: path, toPath: draft)
        chmod(draft, 0o600)
        FileOwnership.adopt(draft)
        try sync(draft)
        let aside = try putAside(place)
        guard rename(draft, place) == 0 else {
            throw StoreError.notWritable(path: place, detail: String(cString: strerror(errno)))
        }
        FolderSync.sync(folderOf: place)
        return aside
    }

    private static func check(_ path: String) throws {
        try checkWhole(path) { db in
            guard try BackupMark.isSet(db) else { throw StoreError.notBackup(path: path) }
        }
    }

    private static func checkWhole(_ path: String, _ more: (Database) throws -> Void = { _ in }) throws {
        guard access(path, R_OK) == 0 else {
            if errno == ENOENT { throw StoreError.missing(path: path) }
            throw StoreError.notReadable(path: path, detail: String(cString: strerror(errno)))
        }
        var reading = Configuration()
        reading.readonly = true
        try DatabaseQueue(path: path, configuration: reading).read { db in
            let verdict = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? ""
            guard verdict == "ok" else { throw StoreError.damaged(path: path, detail: verdict) }
            try more(db)
        }
    }

    /// Endings of a database's files, its own name last: SQLite would replay the log, or the rollback journal, of one database
    /// into another.
    private static let endings = ["-wal", "-shm", "-journal", ""]

    /// Renames the database that is there, with all that belongs to it. A part of it may be missing, if somebody moved it, or a
    /// restore was stopped in the middle: the rest is put aside all the same. The log goes first, so that a crash in between
    /// leaves a database without its log, which its mark betrays, and no log without its database.
    /// - Returns: where it is; nil = nothing was there.
    private static func putAside(_ place: String) throws -> String? {
        let present = endings.filter { access(place + $0, F_OK) == 0 }
        if present.isEmpty { return nil }
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withYear, .withMonth, .withDay, .withTime]
        let name = place + ".replaced-" + formatter.string(from: Date())
        // Two restores in one second, or a clock that was put back: what was kept before is never written over.
        var aside = name
        var number = 1
        while endings.contains(where: { access(aside + $0, F_OK) == 0 }) {
            number += 1
            aside = "\(name)-\(number)"
        }
        for ending in present {
            guard rename(place + ending, aside + ending) == 0 else {
                throw StoreError.notWritable(path: place + ending, detail: String(cString: strerror(errno)))
            }
        }
        return aside
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError.notWritable(path: path, detail: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StoreError.notWritable(path: path, detail: String(cString: strerror(errno)))
        }
    }
}
