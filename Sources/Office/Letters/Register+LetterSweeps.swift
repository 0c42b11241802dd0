import GRDB

/// What the sweeps for late case files leave behind: what letters wait for, and the days that were swept.
extension Register {
    /// Notes what a case file lacks before its letter can be written; an empty list takes the note away.
    public func note(missing: [String], for code: String, asOf date: LocalDate) throws(OfficeError) {
        try write { try Self.note(missing: missing, for: code, asOf: date, $0) }
    }

    static func note(missing: [String], for code: String, asOf date: LocalDate, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM needs_data WHERE code = ?", arguments: [code])
        if missing.isEmpty { return }
        try db.execute(
            sql: "INSERT INTO needs_data (code, what, as_of) VALUES (?, ?, ?)",
            arguments: [code, missing.joined(separator: ", "), date.description])
    }

    /// Replaces the list of case files whose letters wait for data by that of a sweep: what no longer lacks anything, or owes
    /// nothing, leaves it.
    public func note(lacking: [String: [String]], asOf date: LocalDate) throws(OfficeError) {
        try write { db in
            try db.execute(sql: "DELETE FROM needs_data")
            for (code, missing) in lacking.sorted(by: { $0.key < $1.key }) {
                try Self.note(missing: missing, for: code, asOf: date, db)
            }
        }
    }

    /// The case files whose letters wait for data, and what they lack.
    /// - Parameter date: what was noted up to that day; nil = all.
    public func needsData(upTo date: LocalDate? = nil) throws(OfficeError) -> [(code: String, what: String)] {
        try read { db in
            try Row.fetchAll(
                db, sql: "SELECT code, what FROM needs_data WHERE as_of <= ? ORDER BY code",
                arguments: [date?.description ?? "9999-12-31"]
            ).map { ($0["code"], $0["what"]) }
        }
    }

    /// Writes down that a day was swept for late case files.
    public func noteLetterSweep(of date: LocalDate) throws(OfficeError) {
        try write { db in
            try db.execute(sql: "INSERT OR IGNORE INTO letter_sweeps (as_of) VALUES (?)", arguments: [date.description])
        }
    }

    /// The latest day that was swept for late case files; nil = none was.
    public func lastLetterSweep() throws(OfficeError) -> LocalDate? {
        try read { db in
            try String.fetchOne(db, sql: "SELECT max(as_of) FROM letter_sweeps").flatMap { LocalDate($0) }
        }
    }

    static let letterSweepsTable = """
        CREATE TABLE letter_sweeps (as_of TEXT NOT NULL PRIMARY KEY) STRICT;
        """
}
