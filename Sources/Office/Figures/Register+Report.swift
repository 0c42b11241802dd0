import Foundation
import GRDB

extension Register {
    /// The day that the letter about the first promise of each case file bears, of letters up to a day.
    /// - Throws: `OfficeError.register`.
    public func letterDays(upTo date: LocalDate) throws(OfficeError) -> [String: LocalDate] {
        let rows = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT key, dated FROM documents WHERE kind = 'letter' AND dated <= ?",
                arguments: [date.description]
            ).map { ($0["key"] as String, $0["dated"] as String) }
        }
        var days: [String: LocalDate] = [:]
        for (key, dated) in rows {
            guard let letter = LetterKey(key), letter.promise == 1, let day = LocalDate(dated) else { continue }
            days[letter.code] = day
        }
        return days
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
