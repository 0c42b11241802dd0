import Foundation
import GRDB
import Testing

@testable import Office

/// Rule T6 of the plan: every late case file has its apology, and it can be shown.
@Suite struct LetterAuditTests {
    private func file(_ code: String, promised: String, resolved: String? = nil, again: String? = nil) -> CaseFile {
        var file = Example.caseFile(code)
        file.promisedOn = Example.day(promised)
        file.resolvedOn = resolved.map(Example.day)
        file.newPromise = again.map(Example.day)
        return file
    }

    private func noon(_ day: String) -> Date {
        Date(timeIntervalSince1970: Double(Example.day(day).number) * 86_400 + 18_000)
    }

    /// - Parameters:
    ///   - real: when it got its number; nil = on the day that it bears.
    ///   - went: when it was sent; nil = on the day of its number.
    private func letter(
        _ code: String, promise: Int = 1, on day: String, really real: String? = nil, went: String? = nil,
        _ register: Register
    ) throws {
        let key = LetterKey(code: code, promise: promise).description
        let numbered = real ?? day
        _ = try register.issue(key: key, book: "PXL", year: 2024, at: noon(numbered)) { _ in
            IssuedDocument(
                key: key, kind: "letter", subject: code, dated: Example.day(day), fileName: "\(code).pdf",
                bytes: Array(key.utf8))
        }
        if let went, went != numbered {
            try register.note(letter: key, .sending, by: "kip", note: "print", at: noon(numbered))
        }
        try register.note(letter: key, .sent, by: "kip", note: "print", at: noon(went ?? numbered))
    }

    private func audit(_ register: Register, asOf: String = "2024-03-31") throws -> LetterAudit {
        try LetterAudit(
            register, from: Example.day("2024-03-01"), to: Example.day("2024-03-31"), asOf: Example.day(asOf))
    }

    private func withLate(_ body: (Register) throws -> Void) throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let files = [
                file("A-1", promised: "2024-03-08"), file("A-2", promised: "2024-03-12", resolved: "2024-03-14"),
                // On its day, before the period, after the day of the look, not known yet to be late: none of them counts.
                file("A-3", promised: "2024-03-12", resolved: "2024-03-12"),
                file("A-5", promised: "2024-04-12"), file("A-6", promised: "2024-03-31"),
            ]
            _ = try register.importCases(files, calendar: try Example.calendar())
            var early = file("A-4", promised: "2024-02-28")
            early.receivedOn = Example.day("2024-02-20")
            _ = try register.importCases([early], calendar: try Example.calendar())
            try body(register)
        }
    }

    @Test("late 2, letters 2, missing 0: and a letter on the promised day is in time")
    func whole() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            let audit = try audit(register)
            #expect(audit.rows.map(\.obligation.key.code) == ["A-1", "A-2"])
            #expect(audit.rows.map(\.number) == [1, 2])
            #expect(audit.rows.map(\.isInTime) == [true, false])
            #expect(audit.isWhole)
            #expect((audit.caseFiles, audit.letters, audit.inTime) == (2, 2, 1))
            #expect(audit.chainLine == (try register.journal().count))
        }
    }

    @Test("a letter that is not there, or was taken out of the register, is missing")
    func missing() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.pool.write { try $0.execute(sql: "DELETE FROM documents WHERE key = 'apology/A-2/1'") }
            let audit = try audit(register)
            #expect(audit.rows.map(\.verdict) == [.apologised, .missing])
            #expect(!audit.isWhole)
            #expect(audit.strangers.first == "PXL 2/2024: no document bears it")
        }
    }

    @Test("a letter after the day of the look is not known then")
    func later() throws {
        try withLate { register in
            try letter("A-1", on: "2024-04-01", register)
            #expect(try audit(register).count(.missing) == 2)
            #expect(try audit(register, asOf: "2024-04-01").count(.missing) == 2)  // A-2 and A-6.
        }
    }

    @Test("what nobody knows to have gone is uncertain, until somebody says so")
    func uncertain() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.note(letter: "apology/A-2/1", .sending, by: "kip", note: "mail")
            #expect(try audit(register).rows.map(\.verdict) == [.apologised, .uncertain])
            #expect(try !audit(register).isWhole)
            try register.note(letter: "apology/A-2/1", .delivered, by: "Lan", note: "ký nhận")
            #expect(try audit(register).rows.map(\.step?.state) == [.sent, .delivered])
        }
    }

    @Test(
        "a letter that has its number and did not go, or came back, does not count",
        arguments: [
            LetterState.drafted, .signed, .returned,
        ])
    func unsent(state: LetterState) throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.note(letter: "apology/A-2/1", state, by: "Lan", note: "")
            #expect(try audit(register).rows.map(\.verdict) == [.apologised, .unsent])
            #expect(try !audit(register).isWhole)
            let reported = try register.reportedLetters(upTo: Example.day("2024-12-31"))
            #expect(reported.keys.sorted() == (state == .returned ? ["A-1", "A-2"] : ["A-1"]))
            #expect(reported["A-2"]?.isReturned == (state == .returned ? true : nil))
        }
    }

    @Test("a letter whose bytes are not those that were issued is named")
    func changed() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.pool.write {
                try $0.execute(sql: "UPDATE documents SET bytes = x'00' WHERE key = 'apology/A-1/1'")
            }
            #expect(try audit(register).strangers == ["apology/A-1/1: it is not the document that was issued"])
            #expect(try !audit(register).isWhole)
        }
    }

    @Test("steps that were put in beside the chain, and a signed letter that is not the one that was signed, are named")
    func bent() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            _ = try register.keep(signed: [1, 2], of: "apology/A-2/1", by: "kip")
            #expect(try audit(register).strangers == [])
            try register.pool.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO letter_steps (key, state, at, by, note)
                        VALUES ('apology/A-1/1', 'delivered', '2024-03-09T00:00:00Z', 'x', '')
                        """)
                try db.execute(sql: "UPDATE signed_documents SET bytes = x'00'")
            }
            #expect(
                try audit(register).strangers == [
                    "apology/A-1/1: its steps are not those of the chain",
                    "apology/A-2/1: it is not the letter that was signed",
                ])
            try register.pool.write { try $0.execute(sql: "DELETE FROM signed_documents") }
            #expect(try audit(register).strangers.last == "apology/A-2/1: the signed letter is gone")
        }
    }

    @Test("a letter that bears the promised day and got its number after it is not in time")
    func backdated() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", really: "2024-03-11", register)
            try letter("A-2", on: "2024-03-12", register)
            let audit = try audit(register)
            #expect(audit.rows.map(\.isInTime) == [false, true])
            #expect(audit.rows.map(\.issuedOn) == [Example.day("2024-03-11"), Example.day("2024-03-12")])
            #expect((audit.backdated, audit.inTime) == (1, 1))
        }
    }

    @Test("in time is a letter that went by the promised day; one that had its number by then is counted beside it")
    func wentLate() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-12", went: "2024-03-19", register)
            let audit = try audit(register)
            #expect(audit.rows.map(\.isInTime) == [true, false])
            #expect(audit.rows.map(\.isNumberedInTime) == [true, true])
            #expect(audit.rows.map(\.wentOn) == [Example.day("2024-03-08"), Example.day("2024-03-19")])
            #expect((audit.inTime, audit.numberedInTime) == (1, 2))
        }
    }

    @Test("a chain whose last line was taken out, with the step that it tells, ends before what office.last has seen")
    func shortened() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.note(letter: "apology/A-2/1", .returned, by: "Lan", note: "bưu điện")
            #expect(try audit(register).strangers == [])
            try register.pool.write { db in
                try db.execute(sql: "DROP TRIGGER journal_keeps; DROP TRIGGER letter_steps_keep")
                try db.execute(sql: "DELETE FROM journal WHERE number = (SELECT max(number) FROM journal)")
                try db.execute(sql: "DELETE FROM letter_steps WHERE number = (SELECT max(number) FROM letter_steps)")
            }
            let audit = try audit(register)
            #expect(audit.rows.map(\.verdict) == [.apologised, .apologised])
            #expect(audit.strangers.count == 1)
            #expect(audit.strangers.first?.contains("its chain ends before line 5") == true)
            #expect(!audit.isWhole)
        }
    }

    @Test("an older register beside office.last, also one whose chain has grown since, is named and leaves the mark")
    func older() throws {
        try Example.withRegister { (register: Register, folder: String) throws -> Void in
            _ = try register.importCases(
                [file("A-1", promised: "2024-03-08")], calendar: try Example.calendar())
            try letter("A-1", on: "2024-03-08", register)
            // As if another register had been there before.
            let other = String(repeating: "ab", count: 32)
            try "2 \(other)\n".write(toFile: folder + "/office.last", atomically: true, encoding: .utf8)
            let reopened = try Register(directory: folder)
            try reopened.note(letter: "apology/A-1/1", .delivered, by: "Lan", note: "")
            #expect(try audit(reopened).strangers.first?.contains("they belong to two registers") == true)
            #expect(try String(contentsOfFile: folder + "/office.last", encoding: .utf8).hasPrefix("2 \(other)"))
        }
    }

    @Test("a book that stands elsewhere than its last number is named")
    func books() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.pool.write { try $0.execute(sql: "UPDATE number_books SET last = 1") }
            #expect(try audit(register).strangers == ["PXL of 2024 stands at 1, its last number is 2"])
        }
    }

    @Test("a letter whose receipt is about another one is uncertain, and a number on two letters is named")
    func strangeReceipt() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.note(
                letter: "apology/A-2/1", .uncertain, by: "kip",
                note: LetterStep.noteOfStrangeReceipt(number: 1, digest: "ab"))
            let audit = try audit(register)
            #expect(audit.rows.map(\.verdict) == [.apologised, .uncertain])
            #expect(
                audit.strangers == [
                    "apology/A-2/1: the letter that went out bears number 1, the register has 2",
                    "PXL 1/2024: it is on two letters, apology/A-2/1 and apology/A-1/1",
                ])
            #expect(!audit.isWhole)
            // A person has looked.
            try register.note(letter: "apology/A-2/1", .sent, by: "Lan", note: "giấy mang số 1")
            #expect(try self.audit(register).isWhole)
        }
    }

    @Test("a letter that the chain never saw is a stranger, with a number or without")
    func unseen() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try register.pool.write { db in
                try db.execute(
                    sql: """
                        INSERT INTO documents
                            (key, kind, book, year, number, subject, dated, file_name, bytes, created_at, chained)
                        VALUES ('apology/A-2/1', 'letter', NULL, 2024, NULL, 's', '2024-03-12', 'f', x'01', '', 0),
                            ('apology/A-9/1', 'letter', 'PXL', 2024, 2, 's', '2024-03-12', 'f', x'01', '', 0);
                        INSERT INTO letter_steps (key, state, at, by, note) VALUES ('apology/A-2/1', 'sent', '', 'x', '');
                        """)
            }
            #expect(
                try audit(register).strangers == [
                    "PXL 2/2024: the chain does not know it", "PXL of 2024 stands at 1, its last number is 2",
                    "apology/A-2/1: a letter without a number",
                ])
        }
    }

    @Test("a letter that was taken out and written anew is doubled")
    func doubled() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            try letter("A-2", on: "2024-03-13", register)
            try register.pool.write { try $0.execute(sql: "DELETE FROM documents WHERE key = 'apology/A-2/1'") }
            try letter("A-2", on: "2024-03-13", register)
            let audit = try audit(register)
            #expect(audit.rows.map(\.verdict) == [.apologised, .doubled])
            #expect(!audit.isWhole)
        }
    }

    @Test("a new date that no letter has promised owes no second letter")
    func unpromised() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let late = file("A-1", promised: "2024-03-08", resolved: "2024-03-18", again: "2024-03-15")
            _ = try register.importCases([late], calendar: try Example.calendar())
            #expect(try audit(register).rows.map(\.verdict) == [.missing])
            // It is written when the result is there, and promises nothing.
            try letter("A-1", on: "2024-03-19", register)
            #expect(try audit(register).rows.map(\.verdict) == [.apologised])
        }
    }

    @Test("a new date that was not kept owes a second letter")
    func second() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let files = [file("A-1", promised: "2024-03-08", again: "2024-03-15")]
            _ = try register.importCases(files, calendar: try Example.calendar())
            try letter("A-1", on: "2024-03-08", register)
            #expect(try audit(register, asOf: "2024-03-15").rows.map(\.verdict) == [.apologised])
            #expect(try audit(register).rows.map(\.verdict) == [.apologised, .missing])
            try letter("A-1", promise: 2, on: "2024-03-18", register)
            #expect(try audit(register).rows.map(\.verdict) == [.apologised, .apologised])
            #expect(try audit(register).caseFiles == 1)
        }
    }

    @Test("steps stand in the chain, and cannot be taken back; the same state is no step")
    func steps() throws {
        try withLate { register in
            try letter("A-1", on: "2024-03-08", register)
            #expect(try !register.note(letter: "apology/A-1/1", .sent, by: "kip"))
            #expect(try register.letterSteps(of: "apology/A-1/1").map(\.state) == [.drafted, .sent])
            #expect(try register.journal().last?.content.contains(#""state":"sent""#) == true)
            #expect(throws: DatabaseError.self) {
                try register.pool.write { try $0.execute(sql: "DELETE FROM letter_steps") }
            }
            #expect(throws: OfficeError.self) { try register.note(letter: "apology/B/1", .sent, by: "kip") }
        }
    }

    @Test("keys of letters are read as they are written, whatever a code holds")
    func keys() {
        for key in [LetterKey(code: "000.00.19.H29-240104-0001", promise: 1), LetterKey(code: "A/B/3", promise: 2)] {
            #expect(LetterKey(key.description) == key)
        }
        for wrong in ["apology//1", "apology/A/0", "apology/A/x", "apology/A", "report/A/1"] {
            #expect(LetterKey(wrong) == nil)
        }
    }

    @Test("what a person writes into a note of a returned letter makes no mail of it")
    func returnedByPerson() {
        let words = "mail came back from the post office"
        #expect(!LetterStep(state: .returned, at: "", by: "Lan", note: words).isReturnedMail)
        #expect(!LetterStep(state: .returned, at: "", by: "Lan", note: words).waitsToGo)
        #expect(LetterStep(state: .returned, at: "", by: "kip", note: "mail: 5.1.1").waitsToGo)
    }
}
