import GRDB
import HashChain
import KipCore

/// The store's own journal: in the database, in the very transaction of what it tells, and mirrored to a file outside.
///
/// A commit that has nothing to tell costs nothing; one that has costs one hash, one row, and an fsync of the file.
///
/// @unchecked Sendable: it belongs to its store, which one thread at a time calls.
final class Journal: @unchecked Sendable {
    let file: ChainFile
    private var head: ChainLine?
    /// In the database, not yet in the file.
    private var unmirrored: [ChainLine] = []
    /// In a transaction that is not committed.
    private var written: ChainLine?
    /// Why the file could not be written, the last time.
    private(set) var trouble: ChainError?
    /// What stands between the database and the file.
    let standing: JournalStanding
    /// The file lacks lines that it had: it was replaced by an older copy of itself, and does not tell of everything.
    let isFileCut: Bool
    /// Lines that the file has.
    private(set) var mirroredCount: Int
    /// What was mended of the file, for the log.
    private(set) var repairs: [String] = []

    /// Compares the database with the file, and brings the file up to date where only that is behind.
    /// A last line of the file that is no line any more is written anew, if the database has it.
    /// - Parameter mark: what the database must know at least (`HighWaterMark`); nil = that is not known.
    /// - Throws: `ChainError`, or `StoreError.journalForked`.
    init(_ db: Database, file: ChainFile, mark: HighWaterMark.Mark? = nil) throws {
        self.file = file
        var comparison = try JournalComparison(db, file)
        if let repair = try comparison.repairLastLine(of: file) { repairs.append(repair) }
        head = comparison.storedHead
        mirroredCount = comparison.fileEnd.lines
        isFileCut = mark?.lines.map { $0 > comparison.fileEnd.lines } ?? false
        standing = try comparison.standing(
            isThere: file.exists, isCopy: try BackupMark.isSet(db), path: file.path
        ).lowered(by: mark?.number, to: try HighWaterMark.number(db))
        if case .fileBehind(let missing) = standing { unmirrored = missing }
        mirror()
    }

    static func lines(_ db: Database) throws -> [ChainLine] {
        try ChainLine.chain(
            try String.fetchAll(db, sql: "SELECT line FROM journal ORDER BY number"), in: "the table “journal”")
    }

    /// The file has all that the database has.
    var isMirrored: Bool { unmirrored.isEmpty }

    /// Writes what a transaction has to tell.
    func write(_ entries: [JournalEntry], _ db: Database) throws {
        guard !standing.isHeld else {
            throw StoreError.failed(
                "a database that is older than its journal takes no decisions; stop the broker and run “kip restore "
                    + "--reconcile”")
        }
        let line = ChainLine(
            after: head, content: try JournalEntry.content(entries), at: Timestamp.now().milliseconds)
        try db.execute(sql: "INSERT INTO journal (number, line) VALUES (?, ?)", arguments: [line.number, line.text])
        written = line
    }

    /// The transaction was not committed.
    func forget() {
        written = nil
    }

    /// The transaction is on disk: the file follows. Where that fails it is tried again with the next commit; nothing is
    /// lost, as the database has the lines.
    func mirror() {
        if let line = written {
            head = line
            unmirrored.append(line)
            written = nil
        }
        // A database that is older than its file adds nothing to it before somebody has reconciled them.
        guard !unmirrored.isEmpty, !standing.isHeld else { return }
        do throws(ChainError) {
            try file.append(unmirrored)
            mirroredCount += unmirrored.count
            unmirrored = []
            trouble = nil
        } catch {
            trouble = error
        }
    }
}

/// How a database stands to the journal outside of it.
public enum JournalStanding: Sendable, Equatable {
    /// They tell the same.
    case same
    /// The file lacks the last lines: a crash came between.
    case fileBehind([ChainLine])
    /// The database lacks lines that the file has: it was restored from a backup.
    case databaseBehind([ChainLine])
    /// The database tells something, and there is no file: nobody knows what happened since.
    case fileMissing
    /// The database is a copy, and the file does not go on after it: it proves nothing of what happened since.
    case fileAsOld
    /// The database lacks commits that were on disk: its log was removed, or an older database was put in its place.
    case commitsMissing(known: Int64, found: Int64)

    /// Nothing may be handed out before somebody has looked.
    public var isHeld: Bool {
        switch self {
        case .same, .fileBehind: false
        case .databaseBehind, .fileMissing, .fileAsOld, .commitsMissing: true
        }
    }

    /// What stands between them if the database knows less than a mark outside of it says.
    func lowered(by mark: Int64?, to number: Int64) -> JournalStanding {
        guard let mark, number < mark, !isHeld else { return self }
        return .commitsMissing(known: mark, found: number)
    }
}
