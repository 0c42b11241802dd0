import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Puts SQLite's log back into the database's file beside the thread that writes, which goes on meanwhile
/// (sqlite.org/wal.html, “Checkpointing”): most of that file's fsync holds up no job.
///
/// What was written while it was at work stays in the log, and a log that is not wholly put back is not begun anew. So the
/// thread that writes does the rest, which is little by then. Where a log grows all the same (a reader that holds an old
/// state keeps it), it goes on like that with each stretch of new pages, and that thread helps where it grows far.
final class Checkpointer: Sendable {
    /// Pages in the log at which it is put back.
    private static let pages: Int32 = 2_000
    /// Pages after which the writer helps, again and again.
    private static let mostPages: Int32 = 12_000

    private enum State: Int, AtomicRepresentable { case waits, works, hasWorked }

    private let state = Atomic(State.waits)
    private let path: String
    /// Why a sync failed, on either thread.
    private let failed = Mutex<String?>(nil)
    private let hasFailed = Atomic(false)
    private let queue = DispatchQueue(label: "kip.checkpoint")
    /// Of the log, as of the writer's last commit; SQLite writes it, on the writer's thread.
    private nonisolated(unsafe) let logPages = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    /// At how many pages the writer helped last; the writer's thread alone has it.
    private nonisolated(unsafe) let helpedAt = UnsafeMutablePointer<Int32>.allocate(capacity: 1)

    /// Called on the writer's thread when a part of the log was put back: what it held is not needed any more.
    private let checkpointed: @Sendable () -> Void

    /// - Parameter db: the writer's connection, which asks it from here on after each commit.
    init(_ db: Database, path: String, checkpointed: @escaping @Sendable () -> Void = {}) {
        self.path = path
        self.checkpointed = checkpointed
        logPages.initialize(to: 0)
        helpedAt.initialize(to: 0)
        // Instead of its own checkpoints, which are made in the midst of a commit.
        sqlite3_wal_hook(
            db.sqliteConnection,
            { pages, _, _, count in
                pages?.assumingMemoryBound(to: Int32.self).pointee = count
                return SQLITE_OK
            }, logPages)
    }

    deinit {
        logPages.deallocate()
        helpedAt.deallocate()
    }

    /// Why a sync failed; nil = none has. After it no checkpoint is made: the next one would write only what this one had not
    /// yet written, and take what the kernel has dropped for done.
    var failure: String? { hasFailed.load(ordering: .acquiring) ? failed.withLock { $0 } : nil }

    private func note(_ error: any Error) {
        guard let error = error as? DatabaseError, SQLiteJobStore.isSyncFailure(error) else { return }
        failed.withLock { $0 = $0 ?? error.message ?? "code \(error.extendedResultCode.rawValue)" }
        hasFailed.store(true, ordering: .releasing)
    }

    /// Looks whether it is time. To be asked by the writer's thread between its transactions.
    func look(_ db: Database) {
        if hasFailed.load(ordering: .acquiring) { return }
        let pages = logPages.pointee
        if pages < helpedAt.pointee { helpedAt.pointee = 0 }
        switch state.load(ordering: .acquiring) {
        case .waits where pages - helpedAt.pointee >= Self.pages:
            state.store(.works, ordering: .releasing)
            queue.async { [self] in
                checkpoint()
                state.store(.hasWorked, ordering: .releasing)
            }
        case .hasWorked:
            state.store(.waits, ordering: .releasing)
            help(db, pages)
            checkpointed()
        case .waits, .works:
            if pages >= Self.mostPages, pages - helpedAt.pointee >= Self.pages {
                help(db, pages)
                checkpointed()
            }
        }
    }

    /// The writer's connection knows it no more.
    func forget(_ db: Database) { sqlite3_wal_hook(db.sqliteConnection, nil, nil) }

    /// Waits until nothing is under way.
    func stop() { queue.sync {} }

    private func help(_ db: Database, _ pages: Int32) {
        helpedAt.pointee = pages
        checkpoint(db)
    }

    private func checkpoint(_ db: Database) {
        do {
            try db.execute(sql: "PRAGMA wal_checkpoint(PASSIVE)")
        } catch {
            note(error)
        }
    }

    /// With a connection of its own. Where that fails, the writer helps when the log has grown.
    private func checkpoint() {
        var configuration = Configuration()
        configuration.label = "kip.checkpoint"
        configuration.busyMode = .timeout(1)
        guard let connection = try? DatabaseQueue(path: path, configuration: configuration) else { return }
        connection.inDatabase { checkpoint($0) }
    }
}
