import GRDB
import HashChain

/// What one pass over the journal in a database and the file outside found. Only lines that one of the two lacks are kept, so
/// that a journal of years costs no memory.
package struct JournalComparison {
    /// The last line in the database.
    let storedHead: ChainLine?
    /// Number of lines in the database.
    let storedLines: Int
    /// Where the whole lines of the file end.
    private(set) var fileEnd: ChainFileEnd
    /// The last lines of the database, which the file lacks.
    private(set) var unmirrored: [ChainLine]
    /// The last lines of the file, which the database lacks.
    let unstored: [ChainLine]
    /// The first line in which they differ; nil = they agree as far as both go.
    let fork: Int?

    /// Reads both.
    /// - Parameter fileBytes: bytes of the file that count. A reader beside a broker takes them before its transaction begins:
    ///   the file follows the database, so that it has no line then that the transaction does not see.
    /// - Throws: `ChainError`, or what GRDB throws.
    init(_ db: Database, _ file: ChainFile, fileBytes: Int = .max) throws {
        let stored = try StoredLines(db)
        var failure: (any Error)?
        var unstored: [ChainLine] = []
        var fork: Int?
        let fileEnd = try file.scan(upTo: fileBytes) { line in
            guard failure == nil else { return }
            do {
                if let next = try stored.next() {
                    if next != line { fork = fork ?? line.number }
                } else {
                    unstored.append(line)
                }
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        var unmirrored: [ChainLine] = []
        while let line = try stored.next() { unmirrored.append(line) }
        (self.fileEnd, self.unmirrored, self.unstored, self.fork) = (fileEnd, unmirrored, unstored, fork)
        (storedHead, storedLines) = (stored.last, stored.count)
    }

    /// Compares two chains that are in memory.
    package init(stored: [ChainLine], mirrored: [ChainLine]) {
        let common = min(stored.count, mirrored.count)
        (storedHead, storedLines) = (stored.last, stored.count)
        fileEnd = ChainFileEnd(lines: mirrored.count)
        unmirrored = Array(stored[common...])
        unstored = Array(mirrored[common...])
        fork = zip(stored, mirrored).first { $0 != $1 }?.0.number
    }

    /// Writes a last line of the file that is damaged anew, as the database has it.
    /// - Returns: what was done, for the log; nil = the last line was whole.
    /// - Throws: `ChainError.broken` if the line is lost: the database lacks it, too.
    mutating func repairLastLine(of file: ChainFile) throws(ChainError) -> String? {
        guard fileEnd.isDamaged, fork == nil else { return nil }
        guard let line = unmirrored.first else { throw .broken(place: file.path, line: fileEnd.lines + 1) }
        try file.replaceLastLine(at: fileEnd, with: line)
        unmirrored.removeFirst()
        fileEnd = ChainFileEnd(lines: line.number, bytes: fileEnd.bytes + line.text.utf8.count + 1)
        return "\(file.path): the last line, \(line.number), was damaged and was written anew as the database has it"
    }

    /// What the two tell together.
    /// - Throws: `StoreError.journalForked` if they differ.
    package func standing(isThere: Bool, isCopy: Bool, path: String) throws(StoreError) -> JournalStanding {
        if !isThere { return storedLines == 0 && !isCopy ? .same : .fileMissing }
        if let fork { throw .journalForked(path: path, line: fork) }
        // A copy that knows more than the file: the file is itself an old one, and tells nothing of what came since.
        if !unmirrored.isEmpty { return isCopy ? .fileMissing : .fileBehind(unmirrored) }
        if !unstored.isEmpty { return .databaseBehind(unstored) }
        return isCopy ? .fileAsOld : .same
    }
}

/// The journal's rows in a database, read one after the other, each link checked.
private final class StoredLines {
    private let rows: FastDatabaseValueCursor<String>
    private(set) var last: ChainLine?
    private(set) var count = 0

    init(_ db: Database) throws {
        rows = try String.fetchCursor(db, sql: "SELECT line FROM journal ORDER BY number")
    }

    func next() throws -> ChainLine? {
        guard let text = try rows.next() else { return nil }
        guard let line = ChainLine(text), line.follows(last) else {
            throw ChainError.broken(place: "the table “journal”", line: count + 1)
        }
        last = line
        count += 1
        return line
    }
}
