import Foundation
import Testing

@testable import Office

/// A case file whose clock stood.
@Suite struct SuspensionTests {
    private func suspended(from: String, to: String? = nil) throws -> CaseFile {
        var file = Example.caseFile()
        file.suspensions = [Suspension(from: Example.day(from), to: to.map(Example.day), reason: "chờ bổ sung")]
        return file.withMovedPromise(try Example.calendar())
    }

    @Test("while the clock stands a file is neither overdue nor owed an apology")
    func stands() throws {
        let file = try suspended(from: "2024-03-07")
        for day in ["2024-03-07", "2024-03-11", "2024-04-30"] {
            #expect(file.state(asOf: Example.day(day)) == .suspended)
            #expect(
                !file.owesApology(asOf: Example.day(day), calendar: try Example.calendar(), leadWorkingDays: 1))
        }
        #expect(file.state(asOf: Example.day("2024-03-06")) == .pendingInTime)
    }

    @Test(
        "the promised date moves by the working days of the time in which the clock stood",
        arguments: [
            // Thursday to Monday: Thursday and Friday. Promised on Friday 8 March.
            ("2024-03-07", "2024-03-11", "2024-03-12"),
            // On and off on one day: nothing.
            ("2024-03-07", "2024-03-07", "2024-03-08"),
            // A weekend: nothing.
            ("2024-03-02", "2024-03-04", "2024-03-08"),
        ])
    func moves(from: String, to: String, due: String) throws {
        let file = try suspended(from: from, to: to)
        #expect(file.dueOn(asOf: Example.day("2024-03-30")) == Example.day(due))
        #expect(file.promisedOn == Example.day("2024-03-08"))
        // Known only from the day on which it goes on.
        #expect(file.dueOn(asOf: Example.day(to).adding(days: -1)) == file.promisedOn)
    }

    @Test("lateness counts from the moved date")
    func judged() throws {
        var file = try suspended(from: "2024-03-07", to: "2024-03-11")
        #expect(file.state(asOf: Example.day("2024-03-12")) == .pendingInTime)
        #expect(file.state(asOf: Example.day("2024-03-13")) == .pendingOverdue)
        file.resolvedOn = Example.day("2024-03-12")
        #expect(file.state(asOf: Example.day("2024-03-29")) == .onTime)
        file.resolvedOn = Example.day("2024-03-13")
        #expect(file.state(asOf: Example.day("2024-03-29")) == .late)
    }

    @Test(
        "a result while the clock stands ends it: the file is in time, if the clock had stood since before the promised day",
        arguments: [
            // Promised on Friday 8 March. Open, and closed after the result.
            ("2024-03-07", nil, "2024-03-20"), ("2024-03-07", "2024-03-29", "2024-03-20"),
            ("2024-03-08", nil, "2024-03-11"),
            // On a day off.
            ("2024-03-08", nil, "2024-03-10"),
        ] as [(String, String?, String)])
    func resultWhileStanding(from: String, to: String?, result: String) throws {
        var file = try suspended(from: from, to: to)
        file.resolvedOn = Example.day(result)
        // As a register of before has it, and as an import writes it.
        for file in [file, file.withMovedPromise(try Example.calendar())] {
            for day in [result, "2024-03-28", "2024-03-29", "2024-04-30"] where day >= result {
                #expect([.early, .onTime].contains(file.state(asOf: Example.day(day))), "\(day)")
                #expect(!file.owesApology(asOf: Example.day(day), calendar: try Example.calendar(), leadWorkingDays: 1))
                #expect(LetterObligation.of(file, firstLetter: nil, asOf: Example.day(day)).isEmpty)
            }
        }
    }

    @Test(
        "a result while the clock stands is late, if the clock was stopped after the promised day, or went on before it"
    )
    func lateResult() throws {
        var file = try suspended(from: "2024-03-11")
        file.resolvedOn = Example.day("2024-03-20")
        #expect(file.withMovedPromise(try Example.calendar()).state(asOf: Example.day("2024-03-29")) == .late)
        // Thursday to Monday: promised for Tuesday the 12th.
        file = try suspended(from: "2024-03-07", to: "2024-03-11")
        file.resolvedOn = Example.day("2024-03-13")
        #expect(file.withMovedPromise(try Example.calendar()).state(asOf: Example.day("2024-03-29")) == .late)
    }

    @Test("who was late when the clock was stopped stays late")
    func lateBefore() throws {
        let standing = try suspended(from: "2024-03-12")
        #expect(standing.state(asOf: Example.day("2024-03-14")) == .pendingOverdue)
        let over = try suspended(from: "2024-03-12", to: "2024-03-20")
        #expect(over.dueOn(asOf: Example.day("2024-03-29")) == over.promisedOn)
        #expect(over.state(asOf: Example.day("2024-03-29")) == .pendingOverdue)
    }

    @Test(
        "times in which the clock stood come together over the imports, and the history says what changed, without names"
    )
    func imports() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            var file = Example.caseFile()
            _ = try register.importCases([file], calendar: calendar)
            file.suspensions = [Suspension(from: Example.day("2024-03-05"))]
            _ = try register.importCases([file], calendar: calendar)
            file.suspensions = [Suspension(from: Example.day("2024-03-05"), to: Example.day("2024-03-06"))]
            _ = try register.importCases([file], calendar: calendar)
            // The office's software moves the date itself.
            file.promisedOn = Example.day("2024-03-12")
            file.suspensions = [Suspension(from: Example.day("2024-03-07"), to: Example.day("2024-03-08"))]
            file.applicant = "Nguyễn Thị Liên"
            _ = try register.importCases([file], calendar: calendar)
            let kept = try #require(try register.caseFile(file.code))
            #expect(kept.suspensions.map(\.from) == ["2024-03-05", "2024-03-07"].map(Example.day))
            #expect(kept.dueOn(asOf: Example.day("2024-03-29")) == Example.day("2024-03-12"))
            #expect(kept.promisedOn == Example.day("2024-03-08"))
            #expect(kept.newPromise == nil)
            let history = try register.history(of: file.code)
            #expect(
                history.map { $0.changes.map(\.column) } == [["tam_dung"], ["tam_dung"], ["nguoi_nop", "tam_dung"]])
            #expect(!"\(history)".contains("Liên") && !"\(history)".contains("Lan"))
        }
    }

    @Test("a time that a later import forgets to end is ended by the next one, and hides no lateness")
    func forgotten() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            var file = Example.caseFile()
            file.suspensions = [Suspension(from: Example.day("2024-03-04"))]
            _ = try register.importCases([file], calendar: calendar)
            file.suspensions = [Suspension(from: Example.day("2024-03-06"), to: Example.day("2024-03-08"))]
            _ = try register.importCases([file], calendar: calendar)
            let kept = try #require(try register.caseFile(file.code))
            // Monday and Tuesday, then Wednesday and Thursday: promised on Friday 8 March.
            #expect(kept.dueOn(asOf: Example.day("2024-03-29")) == Example.day("2024-03-14"))
            #expect(kept.state(asOf: Example.day("2024-03-15")) == .pendingOverdue)
        }
    }

    @Test("a promised date that is put earlier is no new promise")
    func earlier() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            var file = Example.caseFile()
            _ = try register.importCases([file], calendar: calendar)
            file.promisedOn = Example.day("2024-03-07")
            _ = try register.importCases([file], calendar: calendar)
            #expect(try register.caseFile(file.code)?.newPromise == nil)
        }
    }

    @Test("a second new date after a letter has promised the first is a warning, and the first stays")
    func secondPromise() throws {
        try Example.withRegister { (register: Register, _: String) throws -> Void in
            let calendar = try Example.calendar()
            var file = Example.caseFile()
            file.newPromise = Example.day("2024-03-15")
            _ = try register.importCases([file], calendar: calendar)
            file.newPromise = Example.day("2024-03-18")
            // Before there is a letter it is a correction.
            #expect(try register.importCases([file], calendar: calendar) == Register.ImportCount(updated: 1))
            let key = LetterKey(code: file.code, promise: 1).description
            _ = try register.issue(key: key, book: "PXL", year: 2024) { _ in
                IssuedDocument(
                    key: key, kind: "letter", subject: "", dated: Example.day("2024-03-08"), fileName: "a.pdf",
                    bytes: [])
            }
            file.newPromise = Example.day("2024-03-25")
            let count = try register.importCases([file], calendar: calendar)
            #expect(count.secondPromises == [file.code])
            #expect(try register.caseFile(file.code)?.newPromise == Example.day("2024-03-18"))
        }
    }

    @Test(
        "columns of a suspension are read, and refused where they cannot be",
        arguments: [
            ("05/03/2024;06/03/2024", nil), ("05/03/2024;", nil), (";", nil), (";06/03/2024", "tam_dung_tu"),
            ("29/02/2024;", "trước ngày tiếp nhận"), ("05/03/2024;04/03/2024", "trước ngày tạm dừng"),
        ] as [(String, String?)])
    func columns(cells: String, reason: String?) throws {
        let text = """
            ma_ho_so;ten_thu_tuc;linh_vuc;don_vi;ngay_tiep_nhan;ngay_hen_tra;tam_dung_tu;tam_dung_den
            A-1;Đăng ký khai sinh;Hộ tịch;UBND Phường Bến Nghé;01/03/2024;08/03/2024;\(cells)
            """
        let table = try Example.table(text)
        #expect(table.cases.count == (reason == nil ? 1 : 0))
        if let reason { #expect(table.rejects.first?.reason.contains(reason) == true) }
        if cells == ";" { #expect(table.cases.first?.suspensions.isEmpty == true) }
    }
}
