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
    /// Some job of this database has conditions, or had.
    var usesConditions: Bool
    /// Jobs whose rows are still to be written. Nothing is called in the midst of a change of it, and one thread has it: to
    /// watch over that as the program runs costs as much as the change.
    @exclusivity(unchecked) var recent: RecentJobs
    /// What the present batch says of them.
    @exclusivity(unchecked) var log = RecentLog()
    /// Why the last merge failed, and when.
    var mergeFailure: (error: StoreError, at: SteadyTime)?
    /// False while it merges, and where what it was could not be restored.
    var isFullySynchronous = true
    /// The greatest id that has a row, or had; nothing above it has one.
    var newestWritten: JobID
    /// How long limited queues were when they were counted last.
    var rooms = QueueRooms()
    private let lock: DirectoryLock

    /// How the database stands to the journal outside of it.
    public var standing: JournalStanding { journal.standing }

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
        try Self.makeDirectory(directory)
        lock = try DirectoryLock(directory: directory)
        Self.makePrivate(path)
        do {
            var configuration = Configuration()
            configuration.journalMode = .wal
            configuration.label = "kip.store"
            // A new file's pages: most of what is written is a batch, which stands on many of them.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA page_size = 8192") }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.inDatabase { db in
                // After GRDB's own set-up, which says NORMAL and would lose confirmed jobs with the power.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                // What is wiped or taken away is overwritten in its row. A merge says otherwise for batches.
                try db.execute(sql: "PRAGMA secure_delete = ON")
                // A long list keeps the log from beginning anew: what it grew to then is given back.
                try db.execute(sql: "PRAGMA journal_size_limit = \(64 << 20)")
                try db.execute(sql: "PRAGMA cache_size = -32000")
                try db.execute(sql: "PRAGMA temp_store = MEMORY")
                let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
                guard synchronous >= 2 else { throw StoreError.notDurable(synchronous: synchronous) }
            }
            let place = path
            try queue.inDatabase { try Soundness.check($0, path: place) }
            try Schema.migrate(queue)
            hot = try queue.inDatabase { try HotStatements($0) }
            reader = try SQLiteReader(queue, path: path)
            let file = ChainFile(path: journalPath ?? directory + "/kip.journal")
            journal = try queue.inDatabase { try Journal($0, file: file) }
            usesConditions = try queue.inDatabase { try Self.usesConditions($0) }
            checkpointer = queue.inDatabase { Checkpointer($0, path: place) }
            recent = try queue.inDatabase { try Self.replay($0, path: place) }
            newestWritten = try queue.inDatabase {
                let newest = try Data.fetchOne($0, sql: "SELECT id FROM jobs ORDER BY id DESC LIMIT 1")
                return newest.flatMap { JobID(bytes: $0) } ?? JobID(high: 0, low: 0)
            }
            try merge(all: true)
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// Makes room for what is to be written, so that commits take less time. Before the first of them, by who will serve it.
    public func prepare() { queue.inDatabase { _ in LogRoom.make(for: path + "-wal") } }

    /// Puts what the log holds into the file, so that the file alone is the whole database. The connection itself ends
    /// with this object, whose statements hold it.
    public func close() {
        try? merge(all: true)
        queue.inDatabase { checkpointer.stop($0) }
        try? queue.inDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// What citizens' data is in is its owner's alone, whatever the directory allows: SQLite gives its log the mode of the
    /// database (sqlite.org/src, `findCreateFileMode`), so that has to be there before.
    private static func makePrivate(_ path: String) {
        // Never one that is there: to close it would drop the locks of every connection that this process has to it (POSIX;
        // sqlite.org/howtocorrupt.html, 2.2).
        if Glibc.access(path, F_OK) != 0 { Glibc.close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)) }
        for file in [path, path + "-wal", path + "-shm"] { chmod(file, 0o600) }
    }

    static func makeDirectory(_ directory: String) throws(StoreError) {
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
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

    static func explain(_ error: any Error, path: String) -> StoreError {
        if let error = error as? StoreError { return error }
        if let error = error as? ChainError { return .journal(error) }
        guard let error = error as? DatabaseError else { return .failed("\(error)") }
        let detail = error.message ?? "code \(error.resultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: return .full(path: path)
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: return .damaged(path: path, detail: detail)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM: return .notWritable(path: path, detail: detail)
        default: return .failed("\(detail) (\(path))")
        }
    }
}
