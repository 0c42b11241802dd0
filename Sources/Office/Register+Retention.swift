import Foundation
import GRDB

extension Register {
    /// What a wiping came to.
    public struct WipeCount: Sendable, Equatable {
        /// Case files without their citizens from now on.
        public var caseFiles = 0
        /// The names of the files of letters that were wiped.
        public var letters: [String] = []
    }

    /// Wipes citizens' data whose time is over: names and addresses of case files, the pages of their letters. Numbers, days,
    /// digests and steps stay, so that the register still tells that each late file had its apology; each wiping is a line of
    /// the chain. A letter that has not gone, or is in doubt, keeps its file.
    /// - Throws: `OfficeError.register`; what was wiped before it stays wiped.
    public func wipe(asOf date: LocalDate, by rules: RetentionRules) throws(OfficeError) -> WipeCount {
        var count = WipeCount()
        for file in try cases() where file.namesCitizen && rules.isOver(file, asOf: date) {
            guard let letters = try write({ try Self.wipe(file.code, $0) }) else { continue }
            count.caseFiles += 1
            count.letters += letters
        }
        return count
    }

    /// - Returns: the names of its letters' files; nil = a letter of it is still on its way.
    private static func wipe(_ code: String, _ db: Database) throws -> [String]? {
        let keys = [1, 2].map { LetterKey(code: code, promise: $0).description }
        let letters = try Row.fetchAll(
            db, sql: "SELECT key, file_name FROM documents WHERE kind = 'letter' AND key IN (?, ?)",
            arguments: StatementArguments(keys))
        for letter in letters {
            let state = try String.fetchOne(
                db, sql: "SELECT state FROM letter_steps WHERE key = ? ORDER BY number DESC LIMIT 1",
                arguments: [letter["key"]]
            ).flatMap { LetterState(rawValue: $0) }
            guard state == .sent || state == .delivered else { return nil }
        }
        guard let text = try String.fetchOne(db, sql: "SELECT file FROM case_files WHERE code = ?", arguments: [code])
        else { return nil }
        let file: CaseFile = try decode(text)
        try db.execute(
            sql: "UPDATE case_files SET file = ? WHERE code = ?", arguments: [try encode(file.withoutCitizen), code])
        for letter in letters {
            let key: String = letter["key"]
            try db.execute(sql: "UPDATE documents SET bytes = x'' WHERE key = ?", arguments: [key])
            try db.execute(sql: "DELETE FROM signed_documents WHERE key = ?", arguments: [key])
            try chain(WipeEntry(key: key), db)
        }
        return letters.map { $0["file_name"] }
    }

    private struct WipeEntry: Encodable {
        let what = "wiped"
        var key: String
    }
}
