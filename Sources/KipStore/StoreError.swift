import HashChain

/// Why a store could not do its work.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The disk is full.
    case full(path: String)
    /// The file is not a database, or it is damaged.
    case damaged(path: String, detail: String)
    /// The file is not there.
    case missing(path: String)
    /// The file is there and cannot be read.
    case notReadable(path: String, detail: String)
    /// The file cannot be opened to write, or cannot be made.
    case notWritable(path: String, detail: String)
    /// A file is in the way of a backup, which replaces none.
    case exists(path: String)
    /// The database is whole, and no copy that a backup made.
    case notBackup(path: String)
    /// The database does not fsync each commit.
    case notDurable(synchronous: Int)
    /// The database could not be changed to SQLite's write-ahead log.
    case noLog(path: String, mode: String)
    /// Another broker has the data directory open.
    case inUse(path: String)
    /// A newer program wrote it.
    case newer(path: String, migration: String)
    /// The journal was bent, or cannot be read.
    case journal(ChainError)
    /// The database and the journal outside of it tell different things of the same commit.
    case journalForked(path: String, line: Int)
    /// The commit failed, and it is not known whether it is on disk: until the next commit a restart may find it there.
    case unknown(path: String, detail: String)
    /// A sync failed: the kernel may have dropped what it should have written, and says so only once.
    case syncFailed(path: String, detail: String)
    /// A file that a broker has open was removed or replaced while it served.
    case filesReplaced(path: String)
    /// A person states that nothing was done since a backup, and the journal says otherwise.
    case statementDisproved(commits: Int)
    /// Anything else that the database said.
    case failed(String)

    /// What happened, to which file, and what to do next.
    public var description: String {
        switch self {
        case .full(let path): "the disk of \(path) is full; free some room"
        case .damaged(let path, let detail):
            "\(path) is damaged or not a Kịp database (\(detail)); stop the broker, keep the file, and restore a backup"
        case .missing(let path): "\(path) is not there; is it another file, or another data directory (--data)?"
        case .notReadable(let path, let detail): "\(path) cannot be read (\(detail)); check what it is and who owns it"
        case .notWritable(let path, let detail):
            "\(path) cannot be written (\(detail)); check that its directory exists and who owns it"
        case .exists(let path): "\(path) is there already; name another file, a backup replaces none"
        case .notBackup(let path):
            "\(path) is a database, but not a copy that “kip backup” made; name the file that it wrote"
        case .notDurable(let value):
            "the database answers synchronous=\(value), less than FULL (2); the broker will not serve without fsync"
        case .noLog(let path, let mode):
            "\(path) could not be opened with SQLite's log (journal_mode is “\(mode)”, not “wal”), without which a confirmed "
                + "job could be lost with the power; look after the disk (dmesg), then start the broker again"
        case .inUse(let path):
            "a broker serves \(path), or another command restores it; stop that first, or name another data directory (--data)"
        case .newer(let path, let migration):
            "\(path) was written by a newer Kịp (migration “\(migration)”); install that version, or restore a backup"
        case .journal(let error): "the journal: \(error)"
        case .journalForked(let path, let line):
            "\(path) and the database tell different things from line \(line) on: they belong to different lives of this "
                + "broker; keep both, and restore what belongs together"
        case .unknown(let path, let detail):
            "a commit of \(path) failed (\(detail)), and so did the attempt to undo it: a restart may find it there; check "
                + "the disk"
        case .syncFailed(let path, let detail):
            "the disk did not take what was to be synced (\(detail), \(path)): nobody knows what of it is on the disk, so "
                + "nothing is confirmed any more and the broker ends; look after the disk (dmesg), then start the broker, "
                + "which reads what is there"
        case .filesReplaced(let path):
            "\(path) was removed or replaced while the broker served it: what is written now would be lost, so it stops at "
                + "once. Look what happened to the directory; what was confirmed stands in the files that were there before"
        case .statementDisproved(let commits):
            "something was done since the backup: the journal has \(commits) commits that the database lacks; no job "
                + "was let go. Run “kip restore --reconcile” without --nothing-since"
        case .failed(let detail): "the database failed: \(detail)"
        }
    }
}
