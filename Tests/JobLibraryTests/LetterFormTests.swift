import Foundation
import KipCore
import OfficeDocuments
import Testing

@testable import JobLibrary
@testable import Office

/// What stands on the letters, envelopes and mails that jobs make.
extension JobLibraryTests {
    private func letter(_ file: CaseFile, _ office: OfficeSetup, _ folder: String) async throws -> String {
        _ = try office.register.importCases([file], calendar: office.calendar)
        _ = try await ApologyLetter(caseCode: file.code, asOf: day("2024-03-29")).run(in: context(ApologyLetter.self))
        let document = try #require(try office.register.document(key: "apology/\(file.code)/1"))
        return try printedText(document.bytes)
    }

    @Test(
        "letter, envelope and mail address a person or a body alike",
        arguments: [
            ("Ông Nguyễn Văn An", "Kính gửi: Ông Nguyễn Văn An", "của Ông về thủ tục"),
            ("Trần Thị Hoa", "Kính gửi: Ông/Bà Trần Thị Hoa", "của Ông/Bà về thủ tục"),
            ("Cty TNHH ABC", "Kính gửi: Cty TNHH ABC", "của Quý tổ chức về thủ tục"),
            ("株式会社 山田 Ltd", "Kính gửi: 株式会社 山田 Ltd", "của Quý tổ chức về thủ tục"),
        ])
    func addressee(name: String, salutation: String, sentence: String) async throws {
        try await withOffice(profile: { example, _ in example }) { office, folder in
            var file = late("A-1")
            (file.applicant, file.address) = (name, "12 Lê Lợi, Quận 1")
            let words = try await letter(file, office, folder)
            #expect(words.contains(salutation) && words.contains(sentence), "\(words)")
            let sheet = try #require(
                FileManager.default.contents(atPath: folder + "/print/A-1-phieu-xin-loi-dia-chi.pdf"))
            #expect(try printedText([UInt8](sheet)).contains(salutation + " 12 Lê Lợi"))
        }
        try await withOffice(profile: { example, _ in Self.byMail(example) }) { office, folder in
            var file = late("A-1")
            (file.applicant, file.email) = (name, "a@dan.example")
            _ = try await letter(file, office, folder)
            let mail = try String(contentsOfFile: folder + "/outbox/A-1-phieu-xin-loi.eml", encoding: .utf8)
            let bodies = mail.components(separatedBy: "\r\n\r\n").compactMap {
                Data(base64Encoded: $0.prefix { $0 != "-" }.filter { !$0.isWhitespace })
            }.map { String(decoding: $0, as: UTF8.self) }
            #expect(bodies.contains { $0.contains(salutation) })
        }
    }

    @Test("a name that cannot be printed, or turns the line around, takes no number and is on the clerk's list")
    func undrawable() async throws {
        try await withOffice { office, _ in
            let names = ["A-1": "Nguyễn \u{1f600} Lan", "A-2": "Lan \u{202e}nA nễyugN", "A-3": "Nguyễn Thị Lan"]
            for (code, name) in names {
                var file = late(code)
                file.applicant = name
                _ = try office.register.importCases([file], calendar: office.calendar)
            }
            let context = context(LateCaseSweep.self)
            let outcome = try result(try await LateCaseSweep(asOf: day("2024-03-29")).run(in: context))
            #expect(outcome["needsData"] as? Int == 2)
            #expect(context.enqueued.map { $0.wire.uniqueKey.prefix { $0 != "@" } } == ["apology/A-3/1"])
            for code in ["A-1", "A-2"] {
                let outcome = try await ApologyLetter(caseCode: code, asOf: day("2024-03-29")).run(
                    in: self.context(ApologyLetter.self))
                guard case .discard = outcome else {
                    Issue.record("\(code): \(outcome)")
                    continue
                }
            }
            #expect(try office.register.documents(kind: "letter").isEmpty)
            let list = try office.register.needsData()
            #expect(
                list.map(\.what) == [
                    "họ tên hoặc tên tổ chức viết bằng ký tự in được (không in được U+1F600)",
                    "họ tên hoặc tên tổ chức không có ký tự ẩn đảo chiều chữ (U+202E)",
                ])
            #expect(
                try office.previewLetter("A-2", promise: 1, asOf: day("2024-03-29")).lacks == [list[1].what])
            // What was mended goes out.
            var file = late("A-1")
            file.applicant = "Nguyễn Lan"
            _ = try office.register.importCases([file], calendar: office.calendar)
            let next = self.context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-03-29")).run(in: next)
            #expect(next.enqueued.contains { $0.wire.uniqueKey.hasPrefix("apology/A-1/1@") })
        }
    }

    @Test("a letter that is longer than its page takes no number, is not tried again, and stands in the clerk's list")
    func tooLong() async throws {
        try await withOffice { office, _ in
            var file = late("A-1")
            file.delayReason = String(repeating: "chờ xác minh ", count: 75)
            file.procedure = String(repeating: "Cấp giấy phép ", count: 70)
            _ = try office.register.importCases([file, late("A-2")], calendar: office.calendar)
            let outcome = try await ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29")).run(
                in: context(ApologyLetter.self))
            guard case .discard(let reason) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains("pages, 1 are allowed"), "\(reason)")
            #expect(try office.register.needsData().map(\.what) == [ApologyLetter.lacksRoom])
            // The number that it did not take is the next letter's.
            _ = try await ApologyLetter(caseCode: "A-2", asOf: day("2024-03-29")).run(in: context(ApologyLetter.self))
            #expect(try office.register.documents(kind: "letter").map(\.number) == [1])
        }
    }

    @Test("a letter and its job are found by any spelling of the code; a second spelling makes no second letter")
    func spellings() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("H29-240301-0001")], calendar: office.calendar)
            for code in ["h29–240301–0001", "H29-240301-0001", "h29-240301-0001"] {
                _ = try await ApologyLetter(caseCode: code, asOf: day("2024-03-29")).run(
                    in: context(ApologyLetter.self))
                #expect(try office.register.letterKey(said: code) == LetterKey(code: "H29-240301-0001", promise: 1))
            }
            #expect(try office.register.documents(kind: "letter").map(\.key) == ["apology/H29-240301-0001/1"])
            #expect(try office.register.letterKey(said: "apology/h29-240301-0001/1").code == "H29-240301-0001")
            #expect(try office.register.letterKey(said: "X-1") == LetterKey(code: "X-1", promise: 1))
        }
    }

    @Test("a unit's name has the spaces of office.yaml, however the case file writes it")
    func unitName() async throws {
        try await withOffice { office, folder in
            var file = late("A-1")
            (file.unit, file.field) = ("Phòng  quản lý\u{a0}đô thị ", "Xây   dựng")
            let words = try await letter(file, office, folder)
            #expect(words.contains("lĩnh vực Xây dựng, do Phòng Quản lý đô thị giải quyết"), "\(words)")
            #expect(words.contains("- Phòng Quản lý đô thị;"))
            #expect(office.profile.unitName("Đội  Trật tự\u{a0}đô thị") == "Đội Trật tự đô thị")
        }
    }

    @Test(
        "the dunning letter names the plan with its day and issuer, and the unit that gathers answers is not told to answer itself"
    )
    func dunningWords() async throws {
        try await withOffice { office, folder in
            let plan = try String(contentsOf: Self.example.appendingPathComponent("plan.yaml"), encoding: .utf8)
            try office.register.importPlan(Plan.parse(yaml: plan))
            var words: [String: String] = [:]
            for unit in ["tu-phap", "noi-vu"] {
                _ = try await DunningLetter(unit: unit, asOf: day("2024-04-09")).run(in: context(DunningLetter.self))
                let document = try #require(try office.register.document(key: "dunning/\(unit)/2024-04-08"))
                words[unit] = try printedText(document.bytes)
            }
            let cited = "Kế hoạch số 04/KH-UBND ngày 04 tháng 01 năm 2024 của Ủy ban nhân dân Quận 1, qua theo dõi"
            #expect(words["tu-phap"]?.contains(cited) == true)
            #expect(words["tu-phap"]?.contains("Báo cáo gửi về Phòng Nội vụ Quận 1") == true)
            #expect(words["noi-vu"]?.contains("Báo cáo gửi trực tiếp lãnh đạo Ủy ban nhân dân Quận 1./.") == true)
            #expect(words["noi-vu"]?.contains("Báo cáo gửi về Phòng Nội vụ") == false)
        }
    }

    @Test("whether a text names a unit: its name or an alias, as whole words")
    func named() throws {
        let units = try OfficeProfile.load(path: Self.example.appendingPathComponent("office.yaml").path).units
        func names(_ id: String, _ text: String) -> Bool {
            units.first { $0.id == id }?.isNamed(in: text) ?? false
        }
        #expect(names("noi-vu", "bà Lan, PHÒNG  NỘI VỤ Quận 1, điện thoại 028"))
        #expect(names("cntt", "Trung tâm CNTT"))
        #expect(!names("noi-vu", "Phòng Nội vụng"))
        #expect(!names("tu-phap", "Phòng Nội vụ Quận 1"))
    }

    @Test("the certificate counts returned letters in a line of their own, and shows the day that the report counts")
    func returnedLetters() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1"), late("A-2")], calendar: office.calendar)
            let (numbered, bears) = (day("2024-03-26"), day("2024-03-21"))
            let morning = Date(timeIntervalSince1970: Double(numbered.number) * 86_400 + 10_000)
            for code in ["A-1", "A-2"] {
                let key = "apology/\(code)/1"
                _ = try office.register.issue(key: key, book: "PXL", year: 2024, at: morning) { _ in
                    IssuedDocument(
                        key: key, kind: "letter", subject: code, dated: bears, fileName: "\(code).pdf",
                        bytes: [1])
                }
                try office.register.note(letter: key, .sent, by: "kip", note: "print")
            }
            try office.register.note(letter: "apology/A-2/1", .returned, by: "Lan", note: "bưu điện trả lại")
            let audit = try LetterAudit(
                office.register, from: day("2024-03-01"), to: day("2024-03-31"), asOf: day("2024-03-29"))
            let certificate = LetterCertificate(audit, office.profile, period: "tháng 3 năm 2024").document
            let words = try printedText(PDFRenderer.render(certificate))
            #expect(words.contains("Đã gửi nhưng bị trả lại 1"), "\(words)")
            #expect(words.contains("Đã lập nhưng chưa gửi 0"))
            #expect(words.contains("21/03/2024") && words.contains("(cấp số"))
            #expect(audit.rows.map(\.countsOn) == [day("2024-03-26"), day("2024-03-26")])
            let period = try #require(ReportPeriod("2024-03", asOf: day("2024-03-29")))
            let report = try OfficeReport(office, period, asOf: day("2024-03-29"))
            #expect(report.figures.lateFiles.map(\.letterOn) == [audit.rows[0].countsOn, nil])
            let apologies = report.figures.apologies
            #expect((apologies.inTime, apologies.afterwards, apologies.returned, apologies.without) == (0, 1, 1, 0))
            #expect(apologies.inTime == audit.inTime)
            #expect(try printedText(report.file(.pdf)).contains("thư bị trả lại: 1"))
        }
    }

    @Test("a digest says how late a result was, and of a deadline on a day off that today is the last working day")
    func digestWords() async throws {
        try await withOffice { office, _ in
            func text(_ item: ReminderDigest.Item, _ kind: ReminderDigest.Section.Kind) throws -> String {
                let section = ReminderDigest.Section(kind: kind, items: [item], count: 1)
                let digest = ReminderDigest(recipient: "noi-vu", date: day("2024-03-29"), sections: [section])
                let recipient = try #require(office.profile.recipient("noi-vu"))
                return digest.message(to: recipient, "a@b.example", office.profile, key: "k").text
            }
            let late = ReminderDigest.Item(
                code: "A-1", title: "x", due: day("2024-02-12"), daysLeft: -8, resolvedOn: day("2024-02-20"),
                isTask: false)
            let resolved = try text(late, .needsData)
            #expect(resolved.contains("Ngày hẹn trả 12/2/2024 – có kết quả ngày 20/2/2024, trễ 8 ngày"))
            let sunday = ReminderDigest.Item(
                code: "1.4", title: "x", due: day("2024-03-31"), lastWorkingDay: day("2024-03-29"), daysLeft: 2,
                isTask: true)
            let today = try text(sunday, .today)
            #expect(today.contains("Hạn 31/3/2024 – hôm nay là ngày làm việc cuối cùng"))
            #expect(!today.contains("còn 2 ngày"))
            let later = ReminderDigest.Item(
                code: "1.4", title: "x", due: day("2024-04-07"), lastWorkingDay: day("2024-04-05"), daysLeft: 9,
                isTask: true)
            let soon = try text(later, .soon)
            #expect(soon.contains("Hạn 7/4/2024, ngày làm việc cuối cùng 5/4/2024 – còn 9 ngày"))
        }
    }
}
