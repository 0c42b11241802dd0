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
        try await withOffice { _, folder in
            let path = folder + "/office.yaml"
            let text = try String(
                contentsOfFile: Self.example.appendingPathComponent("office.yaml").path, encoding: .utf8)
            try (text + "\nretention: { personalDataDays: 100 }\n").write(
                toFile: path, atomically: true, encoding: .utf8)
            let office = try OfficeSetup(
                directory: folder, profile: path, daysOff: Self.example.appendingPathComponent("days-off.yaml").path)
            OfficeSetup.install(office)
            let files = ["A-1", "A-2", "A-3"].map { code in
                var file = late(code)
                file.address = "12 Tôn Thất Đạm"
                file.resolvedOn = code == "A-2" ? nil : day("2024-04-01")
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
            #expect(try await sweep("2024-07-10")["caseFiles"] as? Int == 0)
            let outcome = try await sweep("2024-07-11")
            #expect(outcome["caseFiles"] as? Int == 2)
            #expect(outcome["letters"] as? Int == 1)
            #expect(try await sweep("2024-07-11")["caseFiles"] as? Int == 0)
            #expect(try office.register.caseFile("A-1")?.applicant == "")
            #expect(try office.register.caseFile("A-2")?.applicant == "Trần Văn Bình")
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
        try await withOffice { _, folder in
            let path = folder + "/office.yaml"
            let text = try String(
                contentsOfFile: Self.example.appendingPathComponent("office.yaml").path, encoding: .utf8)
            try
                (text.replacingOccurrences(of: "  book: PXL\n", with: "  book: PXL\n  delivery: mail\n")
                + "\nmail: { bounces: back }\n").write(toFile: path, atomically: true, encoding: .utf8)
            let office = try OfficeSetup(
                directory: folder, profile: path, daysOff: Self.example.appendingPathComponent("days-off.yaml").path)
            OfficeSetup.install(office)
            var file = late("A-1")
            file.email = "binh@dan.example"
            _ = try office.register.importCases([file], calendar: office.calendar)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            _ = try await letter.run(in: context(ApologyLetter.self))
            #expect(try office.register.letterSteps(of: "apology/A-1/1").last?.state == .sent)

            try FileManager.default.createDirectory(atPath: folder + "/back", withIntermediateDirectories: true)
            for (name, key) in [("1", "apology/A-1/1"), ("2", "reminder/noi-vu/2024-03-29")] {
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
            for _ in 0..<2 { _ = try await again.run(in: context(ApologyLetter.self)) }
            #expect(try printed(folder) == [".put", "A-1-phieu-xin-loi.pdf"])
            #expect(
                try office.register.letterSteps(of: "apology/A-1/1").map { "\($0.state) \($0.note)" } == [
                    "drafted ", "sending mail", "sent mail", "returned mail: 5.1.1", "sending print", "sent print",
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
}
