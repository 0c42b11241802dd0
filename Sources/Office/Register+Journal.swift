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
    /// - Parameter lines: the record, as `journal` gives it.
    /// - Throws: `OfficeError.register`.
    public func numbers(beside lines: [ChainLine]) throws(OfficeError) -> [String] {
        let known = Set(Self.entries(lines).map { Self.label($0.book, $0.year, $0.number) })
        let borne = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT book, year, number FROM documents WHERE book IS NOT NULL AND chained = 1"
            ).map { Self.label($0["book"], $0["year"], $0["number"]) }
        }
        return known.symmetricDifference(borne).sorted()
    }

    /// The keys of documents whose bytes are not those that the record knows, sorted. Documents of before the record, and
    /// of before it knew bytes, are not looked at.
    /// - Parameter lines: the record, as `journal` gives it.
    /// - Throws: `OfficeError.register`.
    public func documents(beside lines: [ChainLine]) throws(OfficeError) -> [String] {
        var known: [String: String] = [:]
        for entry in Self.entries(lines) { known[entry.key] = entry.sha256 }
        return try read { db in
            let rows = try Row.fetchCursor(db, sql: "SELECT key, bytes FROM documents WHERE chained = 1 ORDER BY key")
            var changed: [String] = []
            while let row = try rows.next() {
                let key: String = row["key"]
                if let digest = known[key], digest != Digest.sha256(row["bytes"] as Data) { changed.append(key) }
            }
            return changed
        }
    }

    /// How many numbers each document's key was ever given.
    static func numbersGiven(in lines: [ChainLine]) -> [String: Int] {
        entries(lines).reduce(into: [:]) { counts, entry in counts[entry.key, default: 0] += 1 }
    }

    /// The numbers that a record tells of, beside its other lines.
    private static func entries(_ lines: [ChainLine]) -> [Entry] {
        let decoder = JSONDecoder()
        return lines.compactMap { try? decoder.decode(Entry.self, from: Data($0.content.utf8)) }
    }

    /// A number was given, to a document of these bytes.
    static func note(
        book: String, year: Int, number: Int, key: String, bytes: [UInt8], _ db: Database
    ) throws {
        try chain(Entry(book: book, key: key, number: number, sha256: Digest.sha256(bytes), year: year), db)
    }

    /// Adds a line to the chain.
    static func chain(_ entry: some Encodable, _ db: Database) throws {
        let last = try String.fetchOne(db, sql: "SELECT line FROM journal ORDER BY number DESC LIMIT 1")
        let line = ChainLine(
            after: last.flatMap { ChainLine($0) }, content: try encode(entry),
            at: Int64((Date().timeIntervalSince1970 * 1000).rounded()))
        try db.execute(sql: "INSERT INTO journal (number, line) VALUES (?, ?)", arguments: [line.number, line.text])
    }

    private struct Entry: Codable {
        var what = "number"
        var book: String
        var key: String
        var number: Int
        /// Of the document's bytes, in hexadecimal; nil in lines of before there was one.
        var sha256: String?
        var year: Int
    }

    private static func label(_ book: String, _ year: Int, _ number: Int) -> String { "\(book) \(number)/\(year)" }

    static let journalTable = """
        CREATE TABLE journal (number INTEGER NOT NULL PRIMARY KEY, line TEXT NOT NULL) STRICT;
        CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        CREATE TRIGGER journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        ALTER TABLE documents ADD COLUMN chained INTEGER NOT NULL DEFAULT 0;
        """
}
