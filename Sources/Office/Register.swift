import DurableFiles
import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#endif

/// The office's register, `office.db`: case files, the plan, and every document that was issued, with its number. A
/// document's bytes, number and state change in one transaction. Several worker processes share it.
public final class Register: Sendable {
    /// Which register it is.
    public let identity: RegisterIdentity
    let pool: DatabasePool
    let mirror: RegisterMirror
    private let path: String

    /// Opens, or makes, the register of a directory.
    /// - Parameter patience: seconds to wait for another process that holds it. Default 30.
    /// - Throws: `OfficeError.register`; `OfficeError.busy` where another process holds it for longer.
    public init(directory: String, patience: Double = 30) throws(OfficeError) {
        let path = directory + "/office.db"
        self.path = path
        do {
            let made = FileOwnership.makeDirectory(directory)
            guard made == 0 else { throw OfficeError.register(String(cString: strerror(made))) }
            mirror = RegisterMirror(directory: directory)
            // Two that open a new register at once would both make its tables.
            pool = try FileLock.holding(directory + "/office.lock", seconds: patience) {
                try Self.open(path, patience)
            }
            identity = try Self.identity(pool)
        } catch OfficeError.busy(let reason) {
            throw .busy("\(reason); try again")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw Self.busy(path)
        } catch {
            throw .register("\(directory)/office.db cannot be opened: \(error)")
        }
    }

    private static func open(_ path: String, _ patience: Double) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        // Citizens' names are in it: it is its owner's alone, and so is SQLite's log, which takes the mode of the database.
        // Never one that is there: to close it would drop the locks of every connection that this process has to it (POSIX;
        // sqlite.org/howtocorrupt.html, 2.2).
        if access(path, F_OK) != 0 {
            let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            FileOwnership.adopt(descriptor: descriptor, at: path)
            close(descriptor)
        }
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // After GRDB's own set-up, which says NORMAL: a number must not be given twice after a power cut.
        try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // What is wiped is overwritten.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            // A disk that fails while SQLite changes to its log leaves a rollback journal, and says nothing.
            let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            guard mode == "wal" else {
                throw DatabaseError(
                    message: "it could not be changed to SQLite's log (journal_mode is \(mode), not wal)")
            }
            RegisterCheckpoint.watch(db)
        }
        try migrate(pool)
        return pool
    }

    private static func migrate(_ pool: DatabasePool) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 register") { db in
            try db.execute(
                sql: """
                    CREATE TABLE case_files (code TEXT NOT NULL PRIMARY KEY, file TEXT NOT NULL) STRICT;
                    CREATE TABLE plans (plan TEXT NOT NULL PRIMARY KEY, content TEXT NOT NULL) STRICT;
                    CREATE TABLE number_books (
                        book TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (book, year)
                    ) STRICT;
                    CREATE TABLE documents (
                        key TEXT NOT NULL PRIMARY KEY,
                        kind TEXT NOT NULL,
                        book TEXT,
                        year INTEGER,
                        number INTEGER,
                        subject TEXT NOT NULL,
                        dated TEXT NOT NULL,
                        file_name TEXT NOT NULL,
                        bytes BLOB NOT NULL,
                        created_at TEXT NOT NULL,
                        UNIQUE (book, year, number)
                    ) STRICT;
                    CREATE TABLE needs_data (
                        code TEXT NOT NULL PRIMARY KEY, what TEXT NOT NULL, as_of TEXT NOT NULL
                    ) STRICT;
                    """)
        }
        migrator.registerMigration("2 journal") { db in try db.execute(sql: journalTable) }
        migrator.registerMigration("3 case history") { db in try db.execute(sql: caseHistoryTable) }
        migrator.registerMigration("4 letter steps") { db in
            try db.execute(sql: letterStepsTable + signedDocumentsTable)
        }
        migrator.registerMigration("5 milestones") { db in try db.execute(sql: milestoneTables) }
        migrator.registerMigration("6 indicators") { db in try db.execute(sql: indicatorsTable) }
        migrator.registerMigration("7 letter sweeps and bounces") { db in
            try db.execute(sql: letterSweepsTable + bouncesTable)
        }
        migrator.registerMigration("8 indices") { db in
            try db.execute(
                sql: """
                    CREATE INDEX case_files_by_unit ON case_files (json_extract(file, '$.unit'));
                    CREATE INDEX documents_by_kind ON documents (kind, dated, key);
                    CREATE INDEX documents_by_number ON documents (book, year, number, chained);
                    """)
        }
        migrator.registerMigration("9 unread reports") { db in try db.execute(sql: unreadReportsTable) }
        migrator.registerMigration("9 keys of case codes") { db in try addCaseKeys(db) }
        migrator.registerMigration("register identity") { db in
            try db.execute(sql: identityTable)
            try makeIdentity(db)
        }
        migrator.registerMigration("job requests and notices") { db in
            try db.execute(sql: jobRequestsTable + noticesTable)
        }
        try migrator.migrate(pool)
    }

    /// Writes in one transaction, and notes in `office.last` where the chain stands then.
    func write<T: Sendable>(_ body: @Sendable (Database) throws -> T) throws(OfficeError) -> T {
        do {
            let (result, last) = try pool.write { db in
                let result = try body(db)
                return (result, try Self.lastChainLine(db))
            }
            if let last { mirror.note(last) { number in try pool.read { try Self.chainLine(number, $0) } } }
            return result
        } catch let error as OfficeError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            throw Self.busy(path)
        } catch {
            throw .register("the register could not be written: \(error)")
        }
    }

    /// Another process has held the register for as long as this one waits.
    private static func busy(_ path: String) -> OfficeError {
        let holder = LockHolder.writer(of: path).map { "\($0) holds it" } ?? "another process has held it"
        return .busy("\(path) is in use: \(holder); nothing was written, try again when it is free")
    }

    func read<T>(_ body: (Database) throws -> T) throws(OfficeError) -> T {
        do {
            return try pool.read(body)
        } catch let error as OfficeError {
            throw error
        } catch {
            throw .register("the register could not be read: \(error)")
        }
    }
}
