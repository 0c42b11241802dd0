import Foundation
import GRDB

extension Register {
    /// What an import did.
    public struct ImportCount: Sendable, Equatable {
        /// Case files that are new.
        public var inserted = 0
        /// Case files that are different now.
        public var updated = 0
        /// Case files that were there as they are.
        public var unchanged = 0
        /// Case files that were given a second new date after a letter had promised the first, which stays.
        public var secondPromises: [String] = []
        /// Case files that had a result and have none any more.
        public var reopened: [String] = []

        /// A count.
        public init(
            inserted: Int = 0, updated: Int = 0, unchanged: Int = 0, secondPromises: [String] = [],
            reopened: [String] = []
        ) {
            self.inserted = inserted
            self.updated = updated
            self.unchanged = unchanged
            self.secondPromises = secondPromises
            self.reopened = reopened
        }
    }

    /// Writes case files by their codes (`CaseCode.key`), all in one transaction, and what changed into their histories.
    ///
    /// The first promise of a file that is there stays: it decides about lateness. Times in which its clock stood come to
    /// those that are known. A new date that an apology letter has promised stays as well: a second one is a warning
    /// (Decree 61/2018/NĐ-CP, article 19: a new date at most once).
    /// - Parameters:
    ///   - columns: what is told of each file (`CaseFileTable.columns`); nil = everything. What is not told stays as it is.
    ///   - calendar: by which suspensions move the promised date.
    ///   - moment: when, for the histories.
    ///   - isTrial: nothing stays written; it is only said what would be.
    ///   - progress: told how many are done, each hundred.
    /// - Throws: `OfficeError.register`; then nothing was written.
    public func importCases(
        _ cases: [CaseFile], columns: Set<String>? = nil, calendar: WorkingCalendar, at moment: Date = Date(),
        isTrial: Bool = false, progress: @Sendable (Int) -> Void = { _ in }
    ) throws(OfficeError) -> ImportCount {
        let at = ISO8601DateFormatter().string(from: moment)
        return try write { db in
            var count = ImportCount()
            try db.inSavepoint {
                count = try Self.put(cases, columns, calendar, at, letters: try Self.codesWithLetters(db), progress, db)
                return isTrial ? .rollback : .commit
            }
            return count
        }
    }

    /// Gives what a case file's letter lacks; all else stays as it is at that moment.
    /// - Parameters:
    ///   - reason: why it is late; nil = as it was.
    ///   - newDate: the new return date; nil = as it was.
    /// - Throws: `OfficeError.register`.
    public func give(
        _ code: String, reason: String?, newDate: LocalDate?, calendar: WorkingCalendar, at moment: Date = Date()
    ) throws(OfficeError) -> ImportCount {
        let at = ISO8601DateFormatter().string(from: moment)
        return try write { db in
            guard var file = try Self.caseFile(code, db) else { return ImportCount() }
            let code = file.code
            let promised = file.newPromise
            file.delayReason = reason ?? file.delayReason
            file.newPromise = newDate ?? file.newPromise
            let keys = LetterKey.all(of: code)
            let hasLetter =
                try Bool.fetchOne(
                    db, sql: "SELECT 1 FROM documents WHERE key IN (?, ?)", arguments: StatementArguments(keys))
                ?? false
            // Nothing is written where a letter has promised another date.
            if hasLetter, let promised, file.newPromise != promised { return ImportCount(secondPromises: [code]) }
            let count = try Self.put([file], nil, calendar, at, letters: [], { _ in }, db)
            try Self.noteGiven(file, calendar, db)
            return count
        }
    }

    private static func put(
        _ cases: [CaseFile], _ columns: Set<String>?, _ calendar: WorkingCalendar, _ at: String, letters: Set<String>,
        _ progress: (Int) -> Void, _ db: Database
    ) throws -> ImportCount {
        var count = ImportCount()
        let find = try db.makeStatement(sql: "SELECT file FROM case_files WHERE code_key = ?")
        let insert = try db.makeStatement(sql: "INSERT INTO case_files (code, file, code_key) VALUES (?, ?, ?)")
        let update = try db.makeStatement(sql: "UPDATE case_files SET file = ? WHERE code_key = ?")
        let note = try db.makeStatement(sql: "INSERT INTO case_history (code, at, changes) VALUES (?, ?, ?)")
        for (number, each) in cases.enumerated() {
            if number.isMultiple(of: 100) { progress(number) }
            let key = CaseCode.key(each.code)
            guard let text = try String.fetchOne(find, arguments: [key]) else {
                try insert.execute(arguments: [each.code, each.withMovedPromise(calendar).stored, key])
                count.inserted += 1
                continue
            }
            // The same text is the same file; it need not be read.
            if text == each.withMovedPromise(calendar).stored {
                count.unchanged += 1
                continue
            }
            let present: CaseFile = try decode(text)
            var file = each.following(present, calendar, columns: columns)
            if letters.contains(file.code), let promised = present.newPromise, file.newPromise != promised {
                count.secondPromises.append(file.code)
                file.newPromise = promised
            }
            if present == file {
                count.unchanged += 1
                continue
            }
            if present.resolvedOn != nil, file.resolvedOn == nil { count.reopened.append(file.code) }
            try update.execute(arguments: [file.stored, key])
            try note.execute(arguments: [file.code, at, try encode(CaseChange.between(present, file))])
            count.updated += 1
        }
        return count
    }

    /// What was given is not asked for any more.
    private static func noteGiven(_ file: CaseFile, _ calendar: WorkingCalendar, _ db: Database) throws {
        let noted = try String.fetchOne(db, sql: "SELECT as_of FROM needs_data WHERE code = ?", arguments: [file.code])
        guard let date = noted.flatMap({ LocalDate($0) }) else { return }
        try note(missing: file.missingForLetter(asOf: date, calendar: calendar), for: file.code, asOf: date, db)
    }

    /// The codes of case files that have a letter.
    private static func codesWithLetters(_ db: Database) throws -> Set<String> {
        let keys = try String.fetchAll(db, sql: "SELECT key FROM documents WHERE kind = 'letter'")
        return Set(keys.compactMap { LetterKey($0)?.code })
    }

    /// What imports have changed in a case file, the latest last.
    public func history(of code: String) throws(OfficeError) -> [CaseHistoryLine] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT at, changes FROM case_history
                    WHERE code = (SELECT code FROM case_files WHERE code_key = ?) ORDER BY number
                    """, arguments: [CaseCode.key(code)]
            )
            .map { CaseHistoryLine(at: $0["at"], changes: try Self.decode($0["changes"])) }
        }
    }

    /// All case files by code.
    public func cases() throws(OfficeError) -> [CaseFile] {
        try read { db in try String.fetchAll(db, sql: "SELECT file FROM case_files ORDER BY code").map(Self.decode) }
    }

    /// One case file.
    /// - Parameter code: in any spelling.
    public func caseFile(_ code: String) throws(OfficeError) -> CaseFile? {
        try read { db in try Self.caseFile(code, db) }
    }

    private static func caseFile(_ code: String, _ db: Database) throws -> CaseFile? {
        try String.fetchOne(
            db.cachedStatement(sql: "SELECT file FROM case_files WHERE code_key = ?"), arguments: [CaseCode.key(code)]
        ).map(decode)
    }

    /// Replaces a plan.
    public func importPlan(_ plan: Plan) throws(OfficeError) {
        try write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO plans (plan, content) VALUES (?, ?)",
                arguments: [plan.plan, try Self.encode(plan)])
        }
    }

    /// All plans.
    public func plans() throws(OfficeError) -> [Plan] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT content FROM plans ORDER BY plan").map(Self.decode)
        }
    }

    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func decode<T: Decodable>(_ text: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(text.utf8))
    }
}
