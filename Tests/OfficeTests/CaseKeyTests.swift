import Foundation
import GRDB
import Testing

@testable import Office

/// One receipt's number in several spellings is one case file of the register.
@Suite struct CaseKeyTests {
    @Test("a code is compared without case, width, kind of dash and what is not seen")
    func keys() {
        let spellings = [
            "000.00.19.H29-240104-0001", "000.00.19.h29-240104-0001", "000.00.19.H29–240104–0001",
            "０００.００.１９.Ｈ２９－２４０１０４－０００１", "000.00.19.H29\u{2011}240104\u{2212}0001",
            "\u{FEFF}000.00.19.H29-\u{200B}240104-0001\u{AD}",
        ]
        #expect(Set(spellings.map(CaseCode.key)) == ["000.00.19.h29-240104-0001"])
        #expect(CaseCode.key("A-10") != CaseCode.key("A-1"))
        #expect(CaseCode.key("BN/Đ-1") == CaseCode.key("bn/đ-1"))
    }

    @Test("imports, questions and what a clerk gives find a file by any spelling, and the first one is shown")
    func imports() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            _ = try register.importCases([Example.caseFile("H29-240301-0001")], calendar: calendar)
            var again = Example.caseFile("h29–240301–0001")
            again.resolvedOn = Example.day("2024-03-07")
            #expect(try register.importCases([again], calendar: calendar) == Register.ImportCount(updated: 1))
            #expect(try register.importCases([again], calendar: calendar) == Register.ImportCount(unchanged: 1))
            #expect(try register.cases().map(\.code) == ["H29-240301-0001"])
            #expect(try register.caseFile("h29-240301-0001")?.resolvedOn == again.resolvedOn)
            #expect(try register.history(of: "h29-240301-0001").count == 1)
            #expect(try register.give("h29-240301-0001", reason: "x", newDate: nil, calendar: calendar).updated == 1)
        }
    }

    @Test("a trial says what an import would do, and leaves nothing")
    func trial() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            _ = try register.importCases([Example.caseFile("A-1")], calendar: calendar)
            var changed = Example.caseFile("A-1")
            changed.resolvedOn = Example.day("2024-03-07")
            let count = try register.importCases([changed, Example.caseFile("A-2")], calendar: calendar, isTrial: true)
            #expect(count == Register.ImportCount(inserted: 1, updated: 1))
            #expect(try register.cases() == [Example.caseFile("A-1")])
            #expect(try register.history(of: "A-1").isEmpty)
        }
    }

    @Test("a register of before is merged: the file that has a letter stays, takes what it lacks, and it is told once")
    func migration() throws {
        try Example.withRegister { (register: Register, folder: String) throws -> Void in
            let calendar = try Example.calendar()
            _ = try register.importCases([Example.caseFile("H29-1"), Example.caseFile("B-1")], calendar: calendar)
            let key = LetterKey(code: "h29-1", promise: 1).description
            _ = try register.issue(key: key, book: "PXL", year: 2024) { _ in
                IssuedDocument(
                    key: key, kind: "letter", subject: "", dated: Example.day("2024-03-08"), fileName: "a.pdf",
                    bytes: [])
            }
            // As an older program had it: the tables of before, with the same receipt in three spellings.
            try register.write { db in
                try db.execute(
                    sql: """
                        DELETE FROM grdb_migrations WHERE identifier = '9 keys of case codes';
                        DROP TABLE case_merges; DROP INDEX case_files_by_key; ALTER TABLE case_files DROP COLUMN code_key
                        """)
                var other = Example.caseFile("h29-1")
                other.delayReason = ""
                try db.execute(
                    sql: "INSERT INTO case_files (code, file) VALUES ('h29-1', ?)",
                    arguments: [try Register.encode(other)])
                other.code = "H29–1"
                other.delayReason = "chờ xác minh"
                other.promisedOn = Example.day("2024-03-11")
                try db.execute(
                    sql: "INSERT INTO case_files (code, file) VALUES ('H29–1', ?)",
                    arguments: [try Register.encode(other)])
                try db.execute(
                    sql: "INSERT INTO case_history (code, at, changes) VALUES ('H29-1', '2024-03-02T00:00:00Z', '[]')")
            }
            let opened = try Register(directory: folder)
            #expect(try opened.cases().map(\.code) == ["B-1", "h29-1"])
            let file = try #require(try opened.caseFile("H29-1"))
            #expect(file.delayReason == "chờ xác minh")
            #expect(file.promisedOn == Example.day("2024-03-08"))
            #expect(try opened.document(key: key) != nil)
            let merges = try opened.tellCaseMerges()
            #expect(merges.map(\.code) == ["H29-1", "H29–1"])
            #expect(merges.allSatisfy { $0.into == "h29-1" })
            #expect(merges.last?.differed.contains("ngay_hen_tra") == true)
            #expect(try opened.tellCaseMerges().isEmpty)
            #expect(try opened.history(of: "h29-1").count == 3)
        }
    }
}
