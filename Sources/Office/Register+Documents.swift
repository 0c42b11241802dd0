import Foundation
import GRDB
import HashChain

/// A document that was issued.
public struct IssuedDocument: Sendable {
    /// What it is about: at most one document for a key.
    public var key: String
    /// `letter`, `notice` or `report`.
    public var kind: String
    /// Its number in its book and year.
    public var number: Int?
    /// What lists show.
    public var subject: String
    /// The day that it bears.
    public var dated: LocalDate
    /// The name of its file.
    public var fileName: String
    /// Its bytes.
    public var bytes: [UInt8]

    /// SHA-256 of its bytes, as the register's chain has it.
    public var sha256: String { Self.sha256(bytes) }

    /// SHA-256 of a document's bytes.
    public static func sha256(_ bytes: [UInt8]) -> String { Digest.sha256(bytes) }

    /// A document that is to be issued.
    public init(
        key: String, kind: String, number: Int? = nil, subject: String, dated: LocalDate, fileName: String,
        bytes: [UInt8]
    ) {
        self.key = key
        self.kind = kind
        self.number = number
        self.subject = subject
        self.dated = dated
        self.fileName = fileName
        self.bytes = bytes
    }
}

/// A document as lists have it: without its bytes, so that a year of letters fits in memory.
public struct DocumentEntry: Sendable, Codable, Equatable {
    /// What it is about.
    public var key: String
    /// Its number in its book and year.
    public var number: Int?
    /// What lists show.
    public var subject: String
    /// The day that it bears.
    public var dated: LocalDate
    /// The name of its file.
    public var fileName: String
    /// The size of its file.
    public var bytes: Int

    /// An entry.
    public init(key: String, number: Int?, subject: String, dated: LocalDate, fileName: String, bytes: Int) {
        self.key = key
        self.number = number
        self.subject = subject
        self.dated = dated
        self.fileName = fileName
        self.bytes = bytes
    }
}

extension Register {
    /// Why the file beside the register that knows its last line (`office.last`) could not be written when this process added
    /// one; nil = it could. Numbers are given all the same.
    public var unwrittenMark: String? { mirror.degradedReason }

    /// Issues a document once for its key. The number is taken and the document rendered in one transaction, so that
    /// numbers of a book and a year have no gap, however a worker ends; a document that is there is given back as it is.
    /// - Parameters:
    ///   - key: what it is about.
    ///   - book: the book that numbers it; nil = it bears no number.
    ///   - year: the year of the book.
    ///   - moment: when, for the chain.
    ///   - make: renders it with its number.
    /// - Returns: the document, and whether it is new.
    /// - Throws: `OfficeError.register`, as where the register was put back from an older copy; then no number was taken.
    public func issue(
        key: String, book: String?, year: Int, at moment: Date = Date(), make: @Sendable (Int?) throws -> IssuedDocument
    ) throws(OfficeError) -> (document: IssuedDocument, isNew: Bool) {
        try write { db in
            if let present = try Self.document(db, key) { return (present, false) }
            if book != nil { try mirror.check { try Self.chainLine($0, db) } }
            var number: Int?
            if let book {
                number = try Int.fetchOne(
                    db,
                    sql: """
                        INSERT INTO number_books (book, year, last) VALUES (?, ?, 1)
                        ON CONFLICT (book, year) DO UPDATE SET last = last + 1 RETURNING last
                        """, arguments: [book, year])
            }
            var document = try Self.made { try make(number) }
            (document.key, document.number) = (key, number)
            try db.execute(
                sql: """
                    INSERT INTO documents
                        (key, kind, book, year, number, subject, dated, file_name, bytes, created_at, chained)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
                    """,
                arguments: [
                    key, document.kind, book, year, number, document.subject, document.dated.description,
                    document.fileName, Data(document.bytes), ISO8601DateFormatter().string(from: Date()),
                ])
            if let book, let number {
                try Self.note(book: book, year: year, number: number, document, at: moment, db)
            }
            if document.kind == "letter" {
                try db.execute(
                    sql: "INSERT INTO letter_steps (key, state, at, by, note) VALUES (?, 'drafted', ?, 'kip', '')",
                    arguments: [key, ISO8601DateFormatter().string(from: Date())])
            }
            return (document, true)
        }
    }

    /// What goes wrong while a document is made is no fault of the register.
    private static func made(_ make: () throws -> IssuedDocument) throws(OfficeError) -> IssuedDocument {
        do {
            return try make()
        } catch let error as OfficeError {
            throw error
        } catch {
            throw .register("the document could not be made: \(error)")
        }
    }

    /// Documents of a kind, in the order of their numbers, then keys.
    public func documents(kind: String) throws(OfficeError) -> [DocumentEntry] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT key, number, subject, dated, file_name, length(bytes) AS size FROM documents
                    WHERE kind = ? ORDER BY year, number, key
                    """, arguments: [kind]
            ).map { row in
                DocumentEntry(
                    key: row["key"], number: row["number"], subject: row["subject"],
                    dated: LocalDate(row["dated"] as String) ?? LocalDate(number: 0), fileName: row["file_name"],
                    bytes: row["size"])
            }
        }
    }

    /// The keys of all documents of a kind; with a date, of those that bear a day up to it.
    public func issuedKeys(kind: String, upTo date: LocalDate? = nil) throws(OfficeError) -> Set<String> {
        try read { db in
            try String.fetchSet(
                db, sql: "SELECT key FROM documents WHERE kind = ? AND dated <= ?",
                arguments: [kind, date?.description ?? "9999-12-31"])
        }
    }

    /// The keys of all documents.
    public func documentKeys() throws(OfficeError) -> Set<String> {
        try read { try String.fetchSet($0, sql: "SELECT key FROM documents") }
    }

    /// One document.
    public func document(key: String) throws(OfficeError) -> IssuedDocument? {
        try read { db in try Self.document(db, key) }
    }

    private static func document(_ db: Database, _ key: String) throws -> IssuedDocument? {
        try Row.fetchOne(db, sql: "SELECT * FROM documents WHERE key = ?", arguments: [key]).map(document)
    }

    private static func document(_ row: Row) throws -> IssuedDocument {
        IssuedDocument(
            key: row["key"], kind: row["kind"], number: row["number"], subject: row["subject"],
            dated: LocalDate(row["dated"] as String) ?? LocalDate(number: 0), fileName: row["file_name"],
            bytes: [UInt8](row["bytes"] as Data))
    }
}
