import Foundation
import GRDB

extension Register {
    /// What a wiping came to.
    public struct WipeCount: Sendable, Equatable {
        /// Case files without their citizens from now on.
        public var caseFiles = 0
        /// Letters that have no page any more.
        public var letters = 0
    }

    /// Wipes citizens' data whose time is over: names and addresses of case files, the pages of their letters. Numbers, days,
    /// digests and steps stay, so that the register still tells that each late file had its apology; each wiping is a line of
    /// the chain. A file for which an apology is owed, or whose letter has not gone, stays as it is.
    /// - Parameter since: promises before it owe no apology; nil = all do.
    /// - Throws: `OfficeError.register`; what was wiped before it stays wiped.
    public func wipe(
        asOf date: LocalDate, by rules: RetentionRules, since: LocalDate? = nil
    ) throws(OfficeError) -> WipeCount {
        var count = WipeCount()
        for file in try cases() where file.namesCitizen && rules.isOver(file, asOf: date) {
            guard let letters = try write({ try Self.wipe(file.code, asOf: date, since, $0) }) else { continue }
            count.caseFiles += 1
            count.letters += letters
        }
        return count
    }

    /// The names of the files of letters that were wiped.
    public func wipedLetters() throws(OfficeError) -> [String] {
        try read { db in
            try String.fetchAll(
                db, sql: "SELECT file_name FROM documents WHERE kind = 'letter' AND bytes = x'' ORDER BY key")
        }
    }

    /// - Returns: how many letters were wiped; nil = one of it is still to go, or to be written.
    private static func wipe(
        _ code: String, asOf date: LocalDate, _ since: LocalDate?, _ db: Database
    ) throws -> Int? {
        guard let text = try String.fetchOne(db, sql: "SELECT file FROM case_files WHERE code = ?", arguments: [code])
        else { return nil }
        let file: CaseFile = try decode(text)
        let letters = try Row.fetchAll(
            db, sql: "SELECT key, dated FROM documents WHERE kind = 'letter' AND key IN (?, ?) ORDER BY key",
            arguments: StatementArguments(LetterKey.all(of: code)))
        let written = Set(letters.map { $0["key"] as String })
        let first = letters.first.flatMap { LocalDate($0["dated"] as String) }
        let owed = LetterObligation.of(file, firstLetter: first, asOf: date).filter { $0.due >= since ?? $0.due }
        guard owed.allSatisfy({ written.contains($0.key.description) }) else { return nil }
        for key in written where try lastStep(of: key, db)?.isOut != true { return nil }
        try db.execute(
            sql: "UPDATE case_files SET file = ? WHERE code = ?", arguments: [try encode(file.withoutCitizen), code])
        for key in written.sorted() {
            try db.execute(sql: "UPDATE documents SET bytes = x'' WHERE key = ?", arguments: [key])
            try db.execute(sql: "DELETE FROM signed_documents WHERE key = ?", arguments: [key])
            try chain(WipeEntry(key: key), db)
        }
        return written.count
    }

    private struct WipeEntry: Encodable {
        let what = "wiped"
        var key: String
    }
}
