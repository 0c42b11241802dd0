import Foundation
import GRDB
import HashChain

/// The record of official numbers: each that was given stands in a chain that cannot be bent, written in the very
/// transaction that gave it.
extension Register {
    /// The lines of the record, every link checked.
    /// - Throws: `OfficeError.register` that names the line where it was bent.
    public func journal() throws(OfficeError) -> [ChainLine] {
        let texts = try read { db in try String.fetchAll(db, sql: "SELECT line FROM journal ORDER BY number") }
        do {
            return try ChainLine.chain(texts, in: "the register's journal")
        } catch {
            throw .register("\(error)")
        }
    }

    /// Numbers that documents bear and the record does not know, or the reverse; empty = they tell the same. Documents of
    /// before the record are not counted.
    /// - Throws: `OfficeError.register`.
    public func numbersBesideJournal() throws(OfficeError) -> [String] {
        let lines = try journal()
        let known = Set(lines.compactMap { Self.number(of: $0) })
        let borne = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT book, year, number FROM documents WHERE book IS NOT NULL AND chained = 1"
            ).map { Self.label($0["book"], $0["year"], $0["number"]) }
        }
        return known.symmetricDifference(borne).sorted()
    }

    static func note(book: String, year: Int, number: Int, key: String, _ db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = try encoder.encode(Entry(book: book, key: key, number: number, year: year))
        let last = try String.fetchOne(db, sql: "SELECT line FROM journal ORDER BY number DESC LIMIT 1")
        let line = ChainLine(
            after: last.flatMap { ChainLine($0) }, content: String(decoding: content, as: UTF8.self),
            at: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
        try db.execute(sql: "INSERT INTO journal (number, line) VALUES (?, ?)", arguments: [line.number, line.text])
    }

    private struct Entry: Codable {
        var what = "number"
        var book: String
        var key: String
        var number: Int
        var year: Int
    }

    private static func number(of line: ChainLine) -> String? {
        (try? JSONDecoder().decode(Entry.self, from: Data(line.content.utf8))).map {
            label($0.book, $0.year, $0.number)
        }
    }

    private static func label(_ book: String, _ year: Int, _ number: Int) -> String { "\(book) \(number)/\(year)" }

    static let journalTable = """
        CREATE TABLE journal (number INTEGER NOT NULL PRIMARY KEY, line TEXT NOT NULL) STRICT;
        CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        CREATE TRIGGER journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        ALTER TABLE documents ADD COLUMN chained INTEGER NOT NULL DEFAULT 0;
        """
}
