import DurableFiles
import Foundation
import GRDB
import HashChain
import KipCore

#if canImport(Glibc)
    import Glibc
#endif

/// The store of a data directory: `kip.db`, SQLite in WAL mode with `synchronous=FULL`, so that a commit is on disk
/// when it returns (sqlite.org/pragma.html#pragma_synchronous).
///
/// @unchecked Sendable: it is made on one thread and then called by the storage thread alone; who reads beside it has a
/// connection of his own (`separateReader`).
public final class SQLiteJobStore: JobStore, @unchecked Sendable {
    let queue: DatabaseQueue
    let path: String
    let hot: HotStatements
    let reader: SQLiteReader
    let journal: Journal
    let checkpointer: Checkpointer
    let mark: HighWaterMark
    /// What the database says in its `high_water`.
    var markNumber: Int64
    /// The files that it has open.
    private let files: OpenFiles
    /// Jobs that the present batch may still tell of the ends of others.
    let steps = DependentSteps()
    /// Some job of this database has conditions, or had.
    var usesConditions: Bool
    /// Jobs whose rows are still to be written. Nothing is called in the midst of a change of it, and one thread has it: to
    /// watch over that as the program runs costs as much as the change.
    @exclusivity(unchecked) var recent: RecentJobs
    /// What the present batch says of them.
    @exclusivity(unchecked) var log = RecentLog()
    /// Why the last merge failed, and when.
    var mergeFailure: (error: StoreError, at: SteadyTime)?
    /// A sync failed on this thread.
    private var syncFailure: StoreError?
    /// False while it merges, and where what it was could not be restored.
    var isFullySynchronous = true
    /// The greatest id that has a row, or had; nothing above it has one.
    var newestWritten: JobID
    /// How long limited queues were when they were counted last.
    var rooms = QueueRooms()
    /// What migrations of this database have merged or respelled, for the log.
    public let migrationNotes: [String]
    private let lock: DirectoryLock

    /// How the database stands to the journal outside of it.
    public var standing: JournalStanding { journal.standing }

    /// What was mended when it was opened, for the log; empty = nothing.
    public var repairs: [String] { journal.repairs }

    /// Looks whether its files are still the ones that it opened.
    public var watch: StoreWatch? { StoreWatch(files: files, mark: mark) }

    /// Why rows, or the journal outside, could not be written the last time; nil = all is well.
    public var trouble: String? {
        if let mergeFailure {
            return
                "rows of jobs that are safe cannot be written; until they can, nobody sees these jobs: \(mergeFailure.error)"
        }
        return journal.trouble.map {
            "the journal outside of the database lags behind, and follows with a later commit: \($0)"
        }
    }

    /// Opens, or makes, the database of a directory. The directory is made with mode 0700 where it is missing.
    /// - Parameter journal: the path of the journal outside of the database; default `kip.journal` in the directory.
    /// - Throws: `StoreError`: in use, not writable, damaged, newer, or not durable; a journal that was bent.
    public init(directory: String, journal journalPath: String? = nil) throws(StoreError) {
        path = directory + "/kip.db"
        if let journalPath { try JournalPlace.check(journalPath, of: directory) }
        try Self.makeDirectory(directory)
        lock = try DirectoryLock(directory: directory, makesDatabase: true)
        Self.makePrivate(path)
        mark = HighWaterMark(directory: directory)
        do {
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.label = "kip.store"
            // A new file's pages: most of what is written is a batch, which stands on many of them.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 8192") }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let place = path
            try queue.inDatabase { db in
                // After GRDB's own set-up, which says NORMAL and would lose confirmed jobs with the power.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // What is wiped or taken away is overwritten in its row. A merge says otherwise for batches.
                try db.execute(sql: "PRAGMA secure_delete = ON")
                // A long list keeps the log from beginning anew: what it grew to then is given back.
                try db.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
                try db.execute(sql: "PRAGMA cache_size = -32000")
                try db.execute(sql: "PRAGMA temp_store = MEMORY")
                // A disk that fails while SQLite changes to its log leaves the database with a rollback journal, and says
                // nothing: there, a commit is undone if the power goes before the journal's name is gone from the disk.
                let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
                guard mode == "wal" else { throw StoreError.noLog(path: place, mode: mode) }
                let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
                guard synchronous >= 2 else { throw StoreError.notDurable(synchronous: synchronous) }
            }
            try queue.inDatabase { try Soundness.check($0, path: place) }
            migrationNotes = try Schema.migrate(queue)
            hot = try queue.inDatabase { try HotStatements($0) }
            reader = try SQLiteReader(queue, path: path)
            let file = ChainFile(path: journalPath ?? directory + "/kip.journal")
            let known = mark.present
            journal = try queue.inDatabase { try Journal($0, file: file, mark: known) }
            markNumber = try queue.inDatabase { try HighWaterMark.number($0) }
            if !journal.standing.isHeld {
                try queue.inDatabase { try JournalPlace.note(file.path, of: directory, $0) }
            }
            usesConditions = try queue.inDatabase { try Self.usesConditions($0) }
            let mark = mark
            checkpointer = queue.inDatabase { Checkpointer($0, path: place) { mark.setDue() } }
            recent = try queue.inDatabase { try Self.replay($0, path: place) }
            newestWritten = try queue.inDatabase {
                let newest = try Data.fetchOne($0, sql: "SELECT id FROM jobs ORDER BY id DESC LIMIT 1")
                return newest.flatMap { JobID(bytes: $0) } ?? JobID(high: 0, low: 0)
            }
            files = OpenFiles([directory, path, path + "-wal", lock.path])
            try merge(all: true)
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// Makes room for what is to be written, so that commits take less time. Before the first of them, by who will serve it.
    /// - Throws: `StoreError.syncFailed`.
    public func prepare() throws(StoreError) {
        if !queue.inDatabase({ _ in LogRoom.make(for: path + "-wal") }) {
            throw note(.syncFailed(path: path + "-wal", detail: String(cString: strerror(errno))))
        }
    }

    /// A failed sync is told once, and what it should have written may be gone from the kernel's memory, too, while the next
    /// sync answers that all is well. SQLite trusts it: a log whose middle is not on the disk, or a checkpoint of which a
    /// part is not, would take later commits with it when the power goes. So nothing is confirmed after it, and no
    /// checkpoint is made. The next process reads the log by its checksums from the beginning, writes all of it into the
    /// database once more, and syncs that (`Soundness`).
    public var mustEnd: StoreError? {
        syncFailure ?? checkpointer.failure.map { .syncFailed(path: path, detail: $0) }
    }

    /// - Returns: the error.
    func note(_ error: StoreError) -> StoreError {
        if case .syncFailed = error { syncFailure = syncFailure ?? error }
        return error
    }

    /// Puts what the log holds into the file, so that the file alone is the whole database. The connection itself ends
    /// with this object, whose statements hold it.
    public func close() {
        if mustEnd != nil {
            // SQLite makes a checkpoint when the last connection is closed: this one stays open until the process ends.
            _ = Unmanaged.passRetained(queue)
            return checkpointer.stop()
        }
        try? merge(all: true)
        queue.inDatabase { checkpointer.forget($0) }
        checkpointer.stop()
        try? queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// What citizens' data is in is its owner's alone, whatever the directory allows: SQLite gives its log the mode of the
    /// database and, if root makes it, the owner (sqlite.org/src, `findCreateFileMode`), so that has to be there before.
    private static func makePrivate(_ path: String) {
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
    }

    static func makeDirectory(_ directory: String) throws(StoreError) {
        if mkdir(directory, 0o700) == 0 {
            FileOwnership.adopt(directory)
        } else if errno != EEXIST {
            throw StoreError.notWritable(path: directory, detail: String(cString: strerror(errno)))
        }
    }

    /// Runs a read or a write and explains what went wrong.
    func access<T>(_ body: (Database) throws -> T) throws(StoreError) -> T {
        do {
            return try queue.inDatabase(body)
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    static func isSyncFailure(_ error: DatabaseError) -> Bool {
        [.SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC].contains(error.extendedResultCode)
    }

    static func explain(_ error: any Error, path: String) -> StoreError {
        if let error = error as? StoreError { return error }
        if let error = error as? ChainError { return .journal(error) }
        guard let error = error as? DatabaseError else { return .failed("\(error)") }
        let detail = error.message ?? "code \(error.resultCode.rawValue)"
        if isSyncFailure(error) { return .syncFailed(path: path, detail: detail) }
        switch error.resultCode {
        case .SQLITE_FULL: return .full(path: path)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .damaged(path: path, detail: detail)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: return .notWritable(path: path, detail: detail)
        default: return .failed("\(detail) (\(path))")
        }
    }
}
