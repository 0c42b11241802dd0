import Foundation
import GRDB

/// Case files that were one receipt's number in several spellings, and are one since the register compares numbers by
/// `CaseCode.key`.
public struct CaseMerge: Sendable, Equatable {
    /// The spelling that is no more a case file of its own.
    public var code: String
    /// The one that it is a part of.
    public var into: String
    /// In what the two differed, by Kịp's names of the columns; what stayed is what the remaining one had.
    public var differed: [String]
}

extension Register {
    static func addCaseKeys(_ db: Database) throws {
        try db.execute(
            sql: """
                ALTER TABLE case_files ADD COLUMN code_key TEXT NOT NULL DEFAULT '';
                CREATE TABLE case_merges (
                    number INTEGER NOT NULL PRIMARY KEY, code TEXT NOT NULL, into_code TEXT NOT NULL, file TEXT NOT NULL,
                    differed TEXT NOT NULL, is_told INTEGER NOT NULL DEFAULT 0
                ) STRICT;
                """)
        var spellings: [String: [String]] = [:]
        let set = try db.makeStatement(sql: "UPDATE case_files SET code_key = ? WHERE code = ?")
        // In the order in which they came: the first spelling is the one that is shown.
        for code in try String.fetchAll(db, sql: "SELECT code FROM case_files ORDER BY rowid") {
            let key = CaseCode.key(code)
            try set.execute(arguments: [key, code])
            spellings[key, default: []].append(code)
        }
        for (_, codes) in spellings.sorted(by: { $0.key < $1.key }) where codes.count > 1 { try merge(codes, db) }
        try db.execute(sql: "CREATE UNIQUE INDEX case_files_by_key ON case_files (code_key)")
    }

    /// Makes one case file of several: the first that has a letter, or the first of all, as its letter must find it. What it
    /// lacks the others give. Letters stay with the code that they bear.
    private static func merge(_ codes: [String], _ db: Database) throws {
        let lettered = try codes.first { code in
            try Bool.fetchOne(
                db, sql: "SELECT 1 FROM documents WHERE key IN (?, ?)",
                arguments: StatementArguments(LetterKey.all(of: code))) ?? false
        }
        guard let kept = lettered ?? codes.first, var file = try storedFile(kept, db) else { return }
        for code in codes where code != kept {
            guard let other = try storedFile(code, db) else { continue }
            let differed = CaseChange.between(file, other).map(\.column)
            file.addMissing(from: other)
            try db.execute(
                sql: """
                    INSERT INTO case_merges (code, into_code, file, differed) SELECT code, ?, file, ? FROM case_files WHERE code = ?
                    """, arguments: [kept, try encode(differed), code])
            try db.execute(sql: "DELETE FROM case_files WHERE code = ?", arguments: [code])
            try db.execute(sql: "DELETE FROM needs_data WHERE code = ?", arguments: [code])
            try db.execute(sql: "UPDATE case_history SET code = ? WHERE code = ?", arguments: [kept, code])
            try db.execute(
                sql: "INSERT INTO case_history (code, at, changes) VALUES (?, ?, ?)",
                arguments: [
                    kept, ISO8601DateFormatter().string(from: Date()),
                    try encode([CaseChange("ma_ho_so", old: code, new: kept)]),
                ])
        }
        try db.execute(
            sql: "UPDATE case_files SET file = ? WHERE code = ?", arguments: [try encode(file), kept])
    }

    private static func storedFile(_ code: String, _ db: Database) throws -> CaseFile? {
        try String.fetchOne(db, sql: "SELECT file FROM case_files WHERE code = ?", arguments: [code]).map(decode)
    }

    /// Case files that became one and that nobody has been told of; they are told from now on.
    /// - Throws: `OfficeError.register`.
    public func tellCaseMerges() throws(OfficeError) -> [CaseMerge] {
        let merges = try read { db in
            try Row.fetchAll(
                db, sql: "SELECT code, into_code, differed FROM case_merges WHERE is_told = 0 ORDER BY number"
            ).map { CaseMerge(code: $0["code"], into: $0["into_code"], differed: try Self.decode($0["differed"])) }
        }
        if !merges.isEmpty { try write { db in try db.execute(sql: "UPDATE case_merges SET is_told = 1") } }
        return merges
    }
}

extension CaseFile {
    /// Takes what this file has nothing of.
    fileprivate mutating func addMissing(from other: CaseFile) {
        func add(_ column: WritableKeyPath<CaseFile, String>) {
            if self[keyPath: column].isEmpty { self[keyPath: column] = other[keyPath: column] }
        }
        // A citizen whose time is over does not come back.
        if isWiped != true {
            for column in [\CaseFile.applicant, \.address, \.phone, \.email] { add(column) }
        }
        add(\.delayReason)
        resolvedOn = resolvedOn ?? other.resolvedOn
        returnedOn = returnedOn ?? other.returnedOn
        newPromise = newPromise ?? other.newPromise
        if suspensions.isEmpty { suspensions = other.suspensions }
    }
}
