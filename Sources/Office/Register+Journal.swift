import Foundation
import GRDB
import HashChain

/// The record of official numbers: each that was given stands in a chain that cannot be bent, written in the very
/// transaction that gave it.
extension Register {
    /// The lines of the record, every link checked.
    /// - Throws: `OfficeError.register` that names the line where it was bent.
    public func journal() throws(OfficeError) -> [ChainLine] {
        try read { try Self.journal($0) }
    }

    static func journal(_ db: Database) throws -> [ChainLine] {
        let texts = try String.fetchAll(db, sql: "SELECT line FROM journal ORDER BY number")
        do {
            return try ChainLine.chain(texts, in: "the register's journal")
        } catch {
            throw OfficeError.register("\(error)")
        }
    }

    /// A number was given, to a document of these bytes.
    @discardableResult
    static func note(
        book: String, year: Int, number: Int, _ document: IssuedDocument, at moment: Date, _ db: Database
    ) throws -> ChainLine {
        try chain(
            Entry(
                book: book, dated: document.dated.description, key: document.key, number: number,
                sha256: Digest.sha256(document.bytes), year: year), at: moment, db)
    }

    static func chainLine(_ number: Int, _ db: Database) throws -> ChainLine? {
        try String.fetchOne(db, sql: "SELECT line FROM journal WHERE number = ?", arguments: [number]).flatMap {
            ChainLine($0)
        }
    }

    static func lastChainLine(_ db: Database) throws -> ChainLine? {
        try String.fetchOne(db, sql: "SELECT line FROM journal ORDER BY number DESC LIMIT 1").flatMap { ChainLine($0) }
    }

    /// Adds a line to the chain.
    @discardableResult
    static func chain(_ entry: some Encodable, at moment: Date = Date(), _ db: Database) throws -> ChainLine {
        let line = ChainLine(
            after: try lastChainLine(db), content: try encode(entry),
            at: Int64((moment.timeIntervalSince1970 * 1000).rounded()))
        try db.execute(sql: "INSERT INTO journal (number, line) VALUES (?, ?)", arguments: [line.number, line.text])
        return line
    }

    /// Lines of before have no `dated`, and older ones no `sha256`.
    private struct Entry: Encodable {
        let what = "number"
        var book: String
        /// The day that the document bears.
        var dated: String
        var key: String
        var number: Int
        /// Of the document's bytes, in hexadecimal.
        var sha256: String
        var year: Int
    }

    static let journalTable = """
        CREATE TABLE journal (number INTEGER NOT NULL PRIMARY KEY, line TEXT NOT NULL) STRICT;
        CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        CREATE TRIGGER journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        ALTER TABLE documents ADD COLUMN chained INTEGER NOT NULL DEFAULT 0;
        """
}
