import GRDB
import GRDBSQLite

#if canImport(Glibc)
    import Glibc
#endif

/// Puts SQLite's log back into the register, as SQLite itself does after a commit (PRAGMA wal_autocheckpoint), and heeds
/// what the disk says: SQLite does not.
///
/// A sync that fails is told once to each process that has the file open, and the kernel may then have dropped what it
/// should have written. The next checkpoint would write only what this one had not yet written, and its sync would answer
/// that all is well: an official number could be gone with the power. So the process ends, and the next one that opens the
/// register reads the log from its beginning.
enum RegisterCheckpoint {
    /// Pages in the log at which it is put back: SQLite's own default.
    private static let pages: Int32 = 1_000

    /// - Parameter db: the connection that writes.
    static func watch(_ db: Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { _, connection, _, count in
                guard count >= RegisterCheckpoint.pages, let connection else { return SQLITE_OK }
                let code = sqlite3_wal_checkpoint_v2(connection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                let failures = [ResultCode.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC].map(\.rawValue)
                if code & 0xFF == SQLITE_IOERR, failures.contains(sqlite3_extended_errcode(connection)) {
                    RegisterCheckpoint.end()
                }
                return SQLITE_OK
            }, nil)
    }

    /// Without a last checkpoint, which SQLite makes when a connection is closed.
    private static func end() -> Never {
        let words =
            "kip: the disk did not take what was to be synced of the office's register: nobody knows what of it is on the disk, "
            + "so this program ends; look after the disk (dmesg), then start again\n"
        _ = words.withCString { write(STDERR_FILENO, $0, strlen($0)) }
        // EX_IOERR.
        _exit(74)
    }
}
