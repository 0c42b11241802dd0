import Foundation
import KipCore
import Office
import Testing

@testable import JobLibrary

/// How letters reach citizens, and what happens when they do not.
extension JobLibraryTests {
    private func printed(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder + "/print").sorted()
    }

    @Test("a letter that is posted lies in the print tray with the sheet for its envelope")
    func addressSheet() async throws {
        try await withOffice { office, folder in
            var file = late("A-1")
            file.address = "12 Tôn Thất Đạm, Phường Bến Nghé, Quận 1"
            _ = try office.register.importCases([file], calendar: office.calendar)
            for _ in 0..<2 {
                _ = try await ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29")).run(
                    in: context(ApologyLetter.self))
            }
            #expect(
                try printed(folder) == [".put", "A-1-phieu-xin-loi-dia-chi.pdf", "A-1-phieu-xin-loi.pdf"])
        }
    }

    @Test("a letter whose job comes a day or more after its sweep bears the last day that was worked")
    func lateJob() async throws {
        try await withOffice { office, _ in
            let today = LocalDate.today
            let sweep = office.calendar.onOrBefore(today.adding(days: -1))
            var file = late("A-1")
            (file.receivedOn, file.promisedOn) = (today.adding(days: -40), today.adding(days: -10))
            file.newPromise = office.calendar.adding(workingDays: 5, to: today)
            _ = try office.register.importCases([file], calendar: office.calendar)
            _ = try await ApologyLetter(caseCode: "A-1", asOf: sweep).run(in: context(ApologyLetter.self))
            #expect(
                try office.register.documents(kind: "letter").map(\.dated) == [office.calendar.onOrBefore(today)])
        }
    }

    @Test("after a long Tết the sweep before it is as fresh as after a weekend; five working days later it is a replay")
    func freshness() throws {
        let tet = (0..<9).map { DayOff(date: day("2025-01-25").adding(days: $0), name: "Tết", mark: .official) }
        let calendar = WorkingCalendar(off: tet, years: [2025])
        let sweep = day("2025-01-24")
        #expect(OfficeHours.isFresh(sweep, on: day("2025-02-03"), calendar))
        #expect(OfficeHours.isFresh(sweep, on: day("2025-02-06"), calendar))
        #expect(!OfficeHours.isFresh(sweep, on: day("2025-02-07"), calendar))
        #expect(!OfficeHours.isFresh(day("2025-02-04"), on: day("2025-02-03"), calendar))
    }

    @Test("whom no letter can reach, and nobody can call, is in the list of what needs data")
    func unreachable() async throws {
        try await withOffice { office, _ in
            var file = late("A-1")
            file.phone = ""
            _ = try office.register.importCases([file], calendar: office.calendar)
            _ = try await LateCaseSweep(asOf: day("2024-03-29")).run(in: context(LateCaseSweep.self))
            #expect(try office.register.needsData().map(\.what) == ["địa chỉ, email hoặc điện thoại"])
        }
    }

    @Test("a second letter bears the day of the latest sweep, not that of the one which asked a person")
    func secondLetterDay() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            _ = try await ApologyLetter(caseCode: "A-1", asOf: day("2024-03-22")).run(in: context(ApologyLetter.self))
            for date in ["2024-04-08", "2024-04-09", "2024-04-10"] {
                _ = try await LateCaseSweep(asOf: day(date)).run(in: context(LateCaseSweep.self))
            }
            // Released on 10 April.
            let second = ApologyLetter(caseCode: "A-1", asOf: day("2024-04-08"), promise: 2)
            _ = try await second.run(in: context(ApologyLetter.self))
            #expect(
                try office.register.documents(kind: "letter").map(\.dated) == [day("2024-03-22"), day("2024-04-10")])
        }
    }

    @Test("when their time is over citizens' data go, and numbers, steps and the audit stay")
    func retention() async throws {
        let rule = "\nretention: { personalDataDays: 100 }\n"
        try await withOffice(profile: { example, _ in example + rule }) { office, folder in
            let files = ["A-1", "A-2", "A-3", "A-4"].map { code in
                var file = late(code)
                file.address = "12 Tôn Thất Đạm"
                file.resolvedOn = code == "A-2" ? nil : day("2024-04-01")
                if code == "A-4" { file.resolvedOn = day("2024-03-22") }
                return file
            }
            _ = try office.register.importCases(files, calendar: office.calendar)
            for code in ["A-1", "A-2"] {
                _ = try await ApologyLetter(caseCode: code, asOf: day("2024-03-29")).run(
                    in: context(ApologyLetter.self))
            }
            func sweep(_ date: String) async throws -> [String: Any] {
                try result(try await RetentionSweep(asOf: day(date)).run(in: context(RetentionSweep.self)))
            }
            #expect(try await sweep("2024-06-30")["caseFiles"] as? Int == 0)
            let outcome = try await sweep("2024-07-11")
            // The one that was on time, and the one whose letter went; not the open one, nor the one that owes its letter.
            #expect(outcome["caseFiles"] as? Int == 2)
            #expect(outcome["letters"] as? Int == 1)
            #expect(try await sweep("2024-07-11")["caseFiles"] as? Int == 0)
            #expect(try office.register.caseFile("A-3")?.applicant == "Trần Văn Bình")
            #expect(try office.register.caseFile("A-4")?.applicant == "")
            // An import brings nobody back.
            _ = try office.register.importCases(files, calendar: office.calendar)
            #expect(try office.register.caseFile("A-1")?.applicant == "")
            #expect(try office.register.caseFile("A-2")?.applicant == "Trần Văn Bình")
            // A copy that a sweep which died has left, and a report of the mail that went then.
            _ = FileManager.default.createFile(
                atPath: folder + "/print/A-1-phieu-xin-loi.pdf", contents: Data("x".utf8))
            _ = try await sweep("2024-07-12")
            _ = try await ApologyLetter(caseCode: "A-1", asOf: day("2024-07-12")).run(in: context(ApologyLetter.self))
            #expect(try office.register.document(key: "apology/A-1/1")?.bytes == [])
            #expect(
                try printed(folder) == [".put", "A-2-phieu-xin-loi-dia-chi.pdf", "A-2-phieu-xin-loi.pdf"])
            let audit = try LetterAudit(
                office.register, from: day("2024-03-01"), to: day("2024-03-31"), asOf: day("2024-07-11"))
            #expect(audit.strangers == [])
            #expect(audit.rows.map(\.number) == [1, 2, nil])
        }
    }

    /// A report that a mail server sends where a mailbox is not there (RFC 3464).
    private func report(about key: String) -> String {
        let id = key.utf8.map { byte in
            let letter = Character(Unicode.Scalar(byte))
            return letter.isLetter || letter.isNumber || letter == "-"
                ? String(letter) : "=" + String(byte, radix: 16, uppercase: true)
        }.joined()
        return """
            From: <>
            To: <nhac-viec@quan1.example>
            Subject: Undelivered Mail
            Content-Type: multipart/report; report-type=delivery-status; boundary="b"

            --b
            Content-Type: text/plain

            I'm sorry.
            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; mx.example

            Final-Recipient: rfc822; binh@dan.example
            Action: failed
            Status: 5.1.1
            Diagnostic-Code: smtp; 550 no such user

            --b
            Content-Type: text/rfc822-headers

            Message-ID: <\(id).kip@quan1.example>

            --b--
            """.replacingOccurrences(of: "\n", with: "\r\n")
    }

    @Test("a letter whose mail comes back goes out on paper, and is told to internal affairs, each once")
    func bounce() async throws {
        let back = "\nmail: { bounces: back }\n"
        try await withOffice(profile: { example, _ in Self.byMail(example) + back }) { office, folder in
            var file = late("A-1")
            file.email = "binh@dan.example"
            _ = try office.register.importCases([file], calendar: office.calendar)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            _ = try await letter.run(in: context(ApologyLetter.self))
            #expect(try office.register.letterSteps(of: "apology/A-1/1").last?.state == .sent)
            _ = try office.register.issue(key: "reminder/noi-vu/2024-03-29", book: nil, year: 2024) { _ in
                IssuedDocument(
                    key: "", kind: "notice", subject: "", dated: day("2024-03-29"), fileName: "n.eml", bytes: [1])
            }

            try FileManager.default.createDirectory(atPath: folder + "/back", withIntermediateDirectories: true)
            for (name, key) in [
                ("1", "apology/A-1/1"), ("2", "reminder/noi-vu/2024-03-29"), ("3", "apology/\r\nKính gửi/1"),
            ] {
                try report(about: key).write(toFile: folder + "/back/\(name).eml", atomically: true, encoding: .utf8)
            }
            for noted in [2, 0] {
                let outcome = try result(
                    try await BounceSweep(asOf: day("2024-04-01")).run(in: context(BounceSweep.self)))
                #expect(outcome["noted"] as? Int == noted)
            }
            #expect(try office.register.letterSteps(of: "apology/A-1/1").last?.state == .returned)

            let sweep = context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-04-01")).run(in: sweep)
            let again = try JSONDecoder().decode(
                ApologyLetter.self, from: Data(try #require(sweep.enqueued.first).payload))
            // Paper fails once: that does not make a mail of it again.
            try "".write(toFile: folder + "/print", atomically: true, encoding: .utf8)
            await #expect(throws: (any Error).self) { try await again.run(in: context(ApologyLetter.self)) }
            try FileManager.default.removeItem(atPath: folder + "/print")
            for _ in 0..<2 { _ = try await again.run(in: context(ApologyLetter.self)) }
            #expect(try printed(folder) == [".put", "A-1-phieu-xin-loi.pdf"])
            #expect(
                try office.register.letterSteps(of: "apology/A-1/1").map { step in
                    "\(step.state) \(step.state == .drafted ? String(step.note.prefix(5)) : step.note)"
                } == [
                    "drafted ", "sending mail", "sent mail", "returned mail: 5.1.1", "sending print", "drafted print",
                    "sending print", "sent print",
                ])
            #expect(try office.register.documents(kind: "letter").map(\.number) == [1])

            let reminders = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day("2024-04-01")).run(in: reminders)
            let digests = try reminders.enqueued.map {
                try JSONDecoder().decode(ReminderNotice.self, from: Data($0.payload)).digest
            }
            let bounced = digests.flatMap { digest in
                digest.sections.filter { $0.kind == .bounced }.map { (digest.recipient, $0.items.map(\.code)) }
            }
            #expect(bounced.map(\.0) == ["noi-vu"])
            #expect(bounced.first?.1 == ["A-1", "reminder/noi-vu/2024-03-29"])
        }
    }

    @Test("a report that cannot be made out is listed for a person, and told each day until somebody has seen to it")
    func unreadReport() async throws {
        try await withOffice(profile: { example, _ in Self.byMail(example) + "\nmail: { bounces: back }\n" }) {
            office, folder in
            try FileManager.default.createDirectory(atPath: folder + "/back", withIntermediateDirectories: true)
            let known = report(about: "apology/A-1/1")
            let files = [
                "1": known.replacingOccurrences(of: "Action: failed", with: "X: y").replacingOccurrences(
                    of: "Status: 5.1.1", with: "X: z"
                ).replacingOccurrences(of: "Diagnostic-Code: smtp; 550 no such user", with: "X: v"),
                "2": known.replacingOccurrences(of: "Message-ID:", with: "X:").replacingOccurrences(
                    of: ".kip@quan1.example", with: "@x"),
                // Of an older or another register.
                "3": known,
                "4": "From: Lan <lan@x.example>\r\nSubject: Re: hồ sơ\r\n\r\nCảm ơn.\r\n",
            ]
            for (name, text) in files {
                try text.write(toFile: folder + "/back/\(name).eml", atomically: true, encoding: .utf8)
            }
            for unread in [3, 0] {
                let outcome = try result(
                    try await BounceSweep(asOf: day("2024-04-01")).run(in: context(BounceSweep.self)))
                #expect(outcome["unread"] as? Int == unread)
                #expect(outcome["noted"] as? Int == 0)
            }
            let list = try office.register.unreadReports()
            #expect(list.map(\.file) == ["1.eml", "2.eml", "3.eml"])
            #expect(list.map(\.reason) == [.noStatus, .noMessage, .unknownMessage])
            #expect(list.map(\.key) == ["apology/A-1/1", nil, "apology/A-1/1"])

            func told(_ date: String) async throws -> [String] {
                let reminders = context(ReminderSweep.self)
                _ = try await ReminderSweep(asOf: day(date)).run(in: reminders)
                return try reminders.enqueued.flatMap { child in
                    let digest = try JSONDecoder().decode(ReminderNotice.self, from: Data(child.payload)).digest
                    return digest.sections.filter { $0.kind == .unreadReport }.flatMap { section in
                        section.items.map { "\(digest.recipient) \($0.code) \($0.note ?? "")" }
                    }
                }
            }
            #expect(
                try await told("2024-04-01") == [
                    "noi-vu 1.eml không nêu rõ thư có bị trả lại hay không, về A-1",
                    "noi-vu 2.eml không nêu là thư nào",
                    "noi-vu 3.eml nói về một thư không có trong sổ của hệ thống, về A-1",
                ])
            try office.register.noteHandled(report: "1.eml", by: "Lan", on: day("2024-04-01"))
            try office.register.noteHandled(report: "3.eml", by: "Lan", on: day("2024-04-01"))
            #expect(try await told("2024-04-02") == ["noi-vu 2.eml không nêu là thư nào"])
            #expect(throws: OfficeError.self) {
                try office.register.noteHandled(report: "1.eml", by: "Lan", on: day("2024-04-02"))
            }
        }
    }

    @Test("a report that comes before anybody knows that the mail had gone counts when it is known")
    func earlyBounce() async throws {
        try await withOffice { office, _ in
            var file = late("A-1")
            file.email = "binh@dan.example"
            _ = try office.register.importCases([file], calendar: office.calendar)
            let key = "apology/A-1/1"
            _ = try office.register.issue(key: key, book: "PXL", year: 2024) { _ in
                IssuedDocument(
                    key: key, kind: "letter", subject: "", dated: day("2024-03-29"), fileName: "f.pdf", bytes: [1])
            }
            try office.register.note(letter: key, .sending, by: "kip", note: "mail")
            let bounce = BouncedMail(key: key, status: "5.1.1", notedOn: day("2024-04-01"))
            #expect(try office.register.note(bounce, from: "1.eml"))
            #expect(try office.register.letterSteps(of: key).last?.state == .sending)
            try office.register.note(letter: key, .sent, by: "Lan", note: "máy chủ đã nhận")
            #expect(try office.register.letterSteps(of: key).last?.isReturnedMail == true)
        }
    }

    @Test("mail that comes back after the day's reminders is told by those of the next")
    func lateBounce() async throws {
        try await withOffice { office, _ in
            _ = try office.register.issue(key: "reminder/x/2024-03-29", book: nil, year: 2024) { _ in
                IssuedDocument(key: "", kind: "notice", subject: "", dated: day("2024-03-29"), fileName: "", bytes: [1])
            }
            try office.register.noteReminderSweep(of: day("2024-04-01"))
            let bounce = BouncedMail(key: "reminder/x/2024-03-29", status: "5.1.1", notedOn: day("2024-04-01"))
            #expect(try office.register.note(bounce, from: "1.eml"))
            let sweep = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day("2024-04-02")).run(in: sweep)
            #expect(sweep.enqueued.contains { String(decoding: $0.payload, as: UTF8.self).contains("bounced") })
        }
    }

    @Test("a letter that has its number goes out, also where its file owes nothing any more")
    func numberedGoes() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            try "".write(toFile: folder + "/print", atomically: true, encoding: .utf8)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-21"))
            await #expect(throws: (any Error).self) { try await letter.run(in: context(ApologyLetter.self)) }
            var onTime = late("A-1")
            onTime.resolvedOn = day("2024-03-22")
            _ = try office.register.importCases([onTime], calendar: office.calendar)
            let sweep = context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-03-25")).run(in: sweep)
            #expect(sweep.enqueued.map(\.wire.uniqueKey) == [office.register.identity.owned("apology/A-1/1")])
        }
    }

    @Test("a sweep of a day that has not come is refused: it would number letters of another year")
    func future() async throws {
        try await withOffice { _, _ in
            let outcomes = [
                try await LateCaseSweep(asOf: day("2124-03-29")).run(in: context(LateCaseSweep.self)),
                try await ReminderSweep(asOf: day("2124-03-29")).run(in: context(ReminderSweep.self)),
                try await BounceSweep(asOf: day("2124-03-29")).run(in: context(BounceSweep.self)),
                try await RetentionSweep(asOf: day("2124-03-29")).run(in: context(RetentionSweep.self)),
            ]
            for outcome in outcomes {
                guard case .discard(let reason) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(reason.contains("2124-03-29 has not come yet"))
            }
        }
    }
}
