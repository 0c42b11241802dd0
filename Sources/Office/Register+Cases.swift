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
    }

    /// Writes case files by their codes, all in one transaction. The first promise of a file that is there stays: it
    /// decides about lateness.
    /// - Parameter progress: told how many are done, each hundred.
    /// - Throws: `OfficeError.register`; then nothing was written.
    public func importCases(
        _ cases: [CaseFile], progress: @Sendable (Int) -> Void = { _ in }
    ) throws(OfficeError) -> ImportCount {
        try write { db in
            var count = ImportCount()
            let find = try db.makeStatement(sql: "SELECT file FROM case_files WHERE code = ?")
            let put = try db.makeStatement(
                sql: "INSERT INTO case_files (code, file) VALUES (?1, ?2) ON CONFLICT (code) DO UPDATE SET file = ?2")
            for (number, each) in cases.enumerated() {
                if number.isMultiple(of: 100) { progress(number) }
                var file = each
                let present: CaseFile? = try String.fetchOne(find, arguments: [file.code]).map(Self.decode)
                if let present, present.promisedOn != file.promisedOn {
                    file.newPromise = file.newPromise ?? file.promisedOn
                    file.promisedOn = present.promisedOn
                }
                if present == file {
                    count.unchanged += 1
                    continue
                }
                try put.execute(arguments: [file.code, try Self.encode(file)])
                if present == nil { count.inserted += 1 } else { count.updated += 1 }
            }
            return count
        }
    }

    /// All case files by code.
    public func cases() throws(OfficeError) -> [CaseFile] {
        try read { db in try String.fetchAll(db, sql: "SELECT file FROM case_files ORDER BY code").map(Self.decode) }
    }

    /// One case file.
    public func caseFile(_ code: String) throws(OfficeError) -> CaseFile? {
        try read { db in
            try String.fetchOne(db, sql: "SELECT file FROM case_files WHERE code = ?", arguments: [code]).map(
                Self.decode)
        }
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
