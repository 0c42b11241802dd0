import Foundation
import GRDB
import HashChain

extension Register {
    /// The letters about the first promises of case files that went out, by the files' codes, of letters that bear a day up to
    /// one.
    /// - Throws: `OfficeError.register`.
    public func reportedLetters(upTo date: LocalDate) throws(OfficeError) -> [String: ReportedLetter] {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT key, dated, coalesce((
                        SELECT state FROM letter_steps WHERE letter_steps.key = documents.key ORDER BY number DESC LIMIT 1
                    ), 'drafted') AS state
                    FROM documents WHERE kind = 'letter' AND dated <= ?
                    """,
                arguments: [date.description])
            let numberedOn = try Self.numberedOn(db)
            var letters: [String: ReportedLetter] = [:]
            while let row = try rows.next() {
                let key: String = row["key"]
                guard let letter = LetterKey(key), letter.promise == 1, let dated = LocalDate(row["dated"] as String),
                    let state = LetterState(rawValue: row["state"]), state != .drafted, state != .signed
                else { continue }
                letters[letter.code] = ReportedLetter(
                    day: LetterAudit.day(dated: dated, numberedOn: numberedOn[key]), isReturned: state == .returned)
            }
            return letters
        }
    }

    /// The day, in Viet Nam, of the first line of the chain that gave a number to each key.
    private static func numberedOn(_ db: Database) throws -> [String: LocalDate] {
        var days: [String: LocalDate] = [:]
        // What a line says of a number begins with its book; the others are steps of letters.
        let lines = try String.fetchCursor(
            db, sql: "SELECT line FROM journal WHERE line LIKE '%\"what\":\"number\"%' ORDER BY number")
        let decoder = JSONDecoder()
        while let text = try lines.next() {
            guard let line = ChainLine(text),
                let told = try? decoder.decode(NumberedKey.self, from: Data(line.content.utf8)), told.what == "number",
                days[told.key] == nil
            else { continue }
            days[told.key] = LocalDate(milliseconds: line.at)
        }
        return days
    }

    private struct NumberedKey: Decodable {
        var what: String
        var key: String
    }

    /// The case files of one unit, under all the names that it goes by; with no unit, those of strangers.
    /// - Throws: `OfficeError.register`.
    public func cases(of unit: OfficeProfile.Unit?, in profile: OfficeProfile) throws(OfficeError) -> [CaseFile] {
        try read { db in
            let spellings = try String.fetchAll(
                db, sql: "SELECT DISTINCT json_extract(file, '$.unit') FROM case_files")
            let own = spellings.filter { profile.unit(named: $0)?.id == unit?.id }
            return try String.fetchAll(
                db,
                sql: """
                    SELECT file FROM case_files
                    WHERE json_extract(file, '$.unit') IN (SELECT value FROM json_each(?)) ORDER BY code
                    """, arguments: [try Self.encode(own)]
            ).map(Self.decode)
        }
    }

    /// Issues several documents at once, none of which bears a number: all of them, or, where the first one's key is taken,
    /// none.
    /// - Returns: whether they are new.
    /// - Throws: `OfficeError.register`; then none was issued.
    public func issue(together documents: [IssuedDocument], year: Int) throws(OfficeError) -> Bool {
        try write { db in
            for (index, document) in documents.enumerated() {
                let isTaken =
                    try Bool.fetchOne(
                        db, sql: "SELECT EXISTS (SELECT 1 FROM documents WHERE key = ?)", arguments: [document.key])
                    ?? false
                if isTaken {
                    if index == 0 { return false }
                    throw OfficeError.register(
                        "\(document.key) is issued, \(documents[0].key) is not: they belong together; nothing was issued"
                    )
                }
                try db.execute(
                    sql: """
                        INSERT INTO documents
                            (key, kind, book, year, number, subject, dated, file_name, bytes, created_at, chained)
                        VALUES (?, ?, NULL, ?, NULL, ?, ?, ?, ?, ?, 1)
                        """,
                    arguments: [
                        document.key, document.kind, year, document.subject, document.dated.description,
                        document.fileName, Data(document.bytes), ISO8601DateFormatter().string(from: Date()),
                    ])
            }
            return true
        }
    }
}
