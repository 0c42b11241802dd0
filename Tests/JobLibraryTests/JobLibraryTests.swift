import Foundation
import KipCore
import Logging
import Office
import Testing

@testable import JobLibrary

/// The jobs of the office, run by hand on a register of their own. One office serves a process, so one at a time.
@Suite(.serialized) struct JobLibraryTests {
    static let example: URL = {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root.appendingPathComponent("deploy/example")
    }()

    func withOffice(_ body: (OfficeSetup, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jobs-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(try install(folder, Self.example.appendingPathComponent("office.yaml").path), folder)
    }

    /// With an office whose profile stands in its folder, changed.
    func withOffice(
        profile change: (_ example: String, _ folder: String) -> String,
        _ body: (OfficeSetup, String) async throws -> Void
    ) async throws {
        try await withOffice { _, folder in try await body(try changed(folder, change), folder) }
    }

    /// The office of a folder from now on, with a changed profile.
    @discardableResult
    func changed(_ folder: String, _ change: (_ example: String, _ folder: String) -> String) throws -> OfficeSetup {
        let path = folder + "/office.yaml"
        let example = try String(
            contentsOfFile: Self.example.appendingPathComponent("office.yaml").path, encoding: .utf8)
        try change(example, folder).write(toFile: path, atomically: true, encoding: .utf8)
        return try install(folder, path)
    }

    func install(_ folder: String, _ profile: String, of example: URL = Self.example) throws -> OfficeSetup {
        let office = try OfficeSetup(
            directory: folder, profile: profile, daysOff: example.appendingPathComponent("days-off.yaml").path)
        OfficeSetup.install(office)
        return office
    }

    /// Letters go by mail.
    static func byMail(_ example: String) -> String {
        example.replacingOccurrences(of: "  book: PXL\n", with: "  book: PXL\n  delivery: mail\n")
    }

    func day(_ text: String) -> LocalDate { LocalDate(text)! }

    func late(_ code: String) -> CaseFile {
        CaseFile(
            code: code, procedure: "Cấp giấy phép xây dựng nhà ở riêng lẻ", field: "Xây dựng",
            unit: "Phòng Quản lý đô thị", applicant: "Trần Văn Bình", phone: "028 0000 0000",
            receivedOn: day("2024-03-01"),
            promisedOn: day("2024-03-22"), delayReason: "chờ xác minh", newPromise: day("2024-04-05"))
    }

    func context<J: Job>(_ kind: J.Type) -> JobContext {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return JobContext(kind: J.kind, logger: logger)
    }

    func result(_ outcome: Outcome) throws -> [String: Any] {
        guard case .succeeded(let bytes) = outcome else { return ["outcome": "\(outcome)"] }
        return try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
    }

    @Test("the sweep makes a letter job for each file that has what it needs, and notes what the others lack")
    func sweep() async throws {
        try await withOffice { office, _ in
            var lacking = late("A-2")
            lacking.delayReason = ""
            var onTime = late("A-3")
            onTime.resolvedOn = day("2024-03-22")
            _ = try office.register.importCases([late("A-1"), lacking, onTime], calendar: office.calendar)
            let context = context(LateCaseSweep.self)
            let outcome = try result(try await LateCaseSweep(asOf: day("2024-03-29")).run(in: context))
            #expect(outcome["owed"] as? Int == 2)
            #expect(outcome["needsData"] as? Int == 1)
            #expect(context.enqueued.map(\.wire.kind) == ["apology-letter"])
            #expect(context.enqueued.map(\.wire.uniqueKey) == [office.register.identity.owned("apology/A-1/1")])
            let payload = String(decoding: context.enqueued[0].payload, as: UTF8.self)
            #expect(payload.contains("A-1"))
            #expect(!payload.contains("Bình"))
            #expect(try office.register.needsData().map(\.what) == ["lý do trễ hạn"])
        }
    }

    @Test("a letter job that runs twice makes one letter with one number")
    func letterOnce() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1"), late("A-2")], calendar: office.calendar)
            for code in ["A-1", "A-1", "A-2"] {
                let letter = ApologyLetter(caseCode: code, asOf: day("2024-03-29"))
                _ = try await letter.run(in: context(ApologyLetter.self))
            }
            let letters = try office.register.documents(kind: "letter")
            #expect(letters.map(\.number) == [1, 2])
            #expect(letters.map(\.fileName) == ["A-1-phieu-xin-loi.pdf", "A-2-phieu-xin-loi.pdf"])
            let letter = try #require(try office.register.document(key: "apology/A-1/1"))
            #expect(letter.bytes.starts(with: Array("%PDF".utf8)))
            // It lies in the print tray, as it stands in the register, and whoever looks finds it.
            let printed = try FileManager.default.contentsOfDirectory(atPath: folder + "/print").sorted()
            #expect(printed == [".put", "A-1-phieu-xin-loi.pdf", "A-2-phieu-xin-loi.pdf"])
            let paper = try #require(FileManager.default.contents(atPath: folder + "/print/A-1-phieu-xin-loi.pdf"))
            #expect([UInt8](paper) == letter.bytes)
            guard case .done = try await ApologyLetter.look("print/apology/A-1/1"),
                case .undone = try await ApologyLetter.look("print/apology/A-9/1")
            else {
                Issue.record("the reconciler looks elsewhere")
                return
            }
            // The next day's sweep finds nothing to do.
            let context = context(LateCaseSweep.self)
            let outcome = try result(try await LateCaseSweep(asOf: day("2024-04-01")).run(in: context))
            #expect(outcome["written"] as? Int == 2)
            #expect(context.enqueued.isEmpty)
        }
    }

    @Test("a letter about a file that is not there, lacks data or owes nothing takes no number")
    func noLetter() async throws {
        try await withOffice { office, _ in
            var lacking = late("A-2")
            lacking.newPromise = nil
            var onTime = late("A-3")
            onTime.resolvedOn = day("2024-03-22")
            _ = try office.register.importCases([lacking, onTime], calendar: office.calendar)
            var outcomes: [Outcome] = []
            for code in ["A-1", "A-2", "A-3"] {
                let letter = ApologyLetter(caseCode: code, asOf: day("2024-03-29"))
                outcomes.append(try await letter.run(in: context(ApologyLetter.self)))
            }
            guard case .discard = outcomes[0], case .discard(let reason) = outcomes[1] else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(!reason.contains("Bình"))
            #expect(try result(outcomes[2])["note"] as? String == "no apology is owed any more")
            #expect(try office.register.documents(kind: "letter").isEmpty)
            #expect(try office.register.needsData().map(\.code) == ["A-2"])
        }
    }

    @Test("a file that is late twice goes to the leader, and its second letter waits for a person and promises nothing")
    func lateTwice() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            _ = try await ApologyLetter(caseCode: "A-1", asOf: day("2024-03-22")).run(in: context(ApologyLetter.self))
            // The new date is 5 April.
            let before = context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-04-05")).run(in: before)
            #expect(before.enqueued.isEmpty)
            let sweep = context(LateCaseSweep.self)
            let outcome = try result(try await LateCaseSweep(asOf: day("2024-04-08")).run(in: sweep))
            #expect(outcome["escalated"] as? Int == 1)
            #expect(sweep.enqueued.map(\.wire.kind) == ["leader-dossier", "apology-letter"])
            #expect(sweep.enqueued.map(\.wire.conditions.hold) == [false, true])
            #expect(
                sweep.enqueued.map(\.wire.uniqueKey)
                    == ["dossier/A-1", "apology/A-1/2"].map { office.register.identity.owned($0) })
            _ = try await LeaderDossier(caseCode: "A-1", asOf: day("2024-04-08")).run(in: context(LeaderDossier.self))
            let letter = try JSONDecoder().decode(ApologyLetter.self, from: Data(sweep.enqueued[1].payload))
            _ = try await letter.run(in: context(ApologyLetter.self))
            let printed = try FileManager.default.contentsOfDirectory(atPath: folder + "/print").sorted()
            #expect(
                printed == [".put", "A-1-phieu-trinh.pdf", "A-1-phieu-xin-loi.pdf", "A-1-thu-xin-loi-lan-2.pdf"])
            #expect(try office.register.documents(kind: "letter").map(\.number) == [1, 2])
            #expect(try office.register.letterSteps(of: "apology/A-1/2").map(\.state) == [.drafted, .sending, .sent])
            guard case .done = try await LeaderDossier.look("print/dossier/A-1"),
                case .done = try await ApologyLetter.look("print/apology/A-1/2")
            else {
                Issue.record("the reconcilers look elsewhere")
                return
            }
        }
    }

    @Test("a letter that could not be printed is drafted again, and the next sweep sends it under its number")
    func unprinted() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            // A file stands where the tray should be.
            try "".write(toFile: folder + "/print", atomically: true, encoding: .utf8)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            await #expect(throws: (any Error).self) { try await letter.run(in: context(ApologyLetter.self)) }
            #expect(
                try office.register.letterSteps(of: "apology/A-1/1").map(\.state) == [.drafted, .sending, .drafted])
            try FileManager.default.removeItem(atPath: folder + "/print")
            // It is resolved meanwhile: what has its number goes out all the same.
            var resolved = late("A-1")
            resolved.resolvedOn = day("2024-04-01")
            _ = try office.register.importCases([resolved], calendar: office.calendar)
            let sweep = context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-04-01")).run(in: sweep)
            #expect(sweep.enqueued.map(\.wire.uniqueKey) == [office.register.identity.owned("apology/A-1/1")])
            let again = try JSONDecoder().decode(ApologyLetter.self, from: Data(sweep.enqueued[0].payload))
            _ = try await again.run(in: context(ApologyLetter.self))
            #expect(try office.register.letterSteps(of: "apology/A-1/1").last?.state == .sent)
            #expect(try office.register.documents(kind: "letter").map(\.number) == [1])
        }
    }

    @Test("a letter that went is not signed when the office begins to sign")
    func signedLater() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let letter = ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29"))
            _ = try await letter.run(in: context(ApologyLetter.self))
            try changed(folder) { $0 + "\nsigning: { nssDirectory: \($1)/none, nickname: none }\n" }
            _ = try await letter.run(in: context(ApologyLetter.self))
            #expect(try office.register.letterSteps(of: "apology/A-1/1").last?.state == .sent)
        }
    }

    @Test("on a day off no letter is written; a list of what waits for data is that of the last sweep")
    func dayOff() async throws {
        try await withOffice { office, _ in
            var lacking = late("A-1")
            lacking.delayReason = ""
            _ = try office.register.importCases([lacking], calendar: office.calendar)
            let sunday = context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-03-31")).run(in: sunday)
            #expect(sunday.enqueued.isEmpty)
            #expect(try office.register.needsData().isEmpty)
            _ = try await LateCaseSweep(asOf: day("2024-03-29")).run(in: context(LateCaseSweep.self))
            #expect(try office.register.needsData().map(\.code) == ["A-1"])
            lacking.resolvedOn = day("2024-03-22")
            _ = try office.register.importCases([lacking], calendar: office.calendar)
            _ = try await LateCaseSweep(asOf: day("2024-04-01")).run(in: context(LateCaseSweep.self))
            #expect(try office.register.needsData().isEmpty)
        }
    }

    @Test("a letter by mail carries its page, goes once, and says how it went; without an address it is printed")
    func byMail() async throws {
        try await withOffice(profile: { example, _ in Self.byMail(example) }) { office, folder in
            var reachable = late("A-1")
            reachable.email = "binh@dan.example"
            _ = try office.register.importCases([reachable, late("A-2")], calendar: office.calendar)
            for code in ["A-1", "A-1", "A-2"] {
                _ = try await ApologyLetter(caseCode: code, asOf: day("2024-03-29")).run(
                    in: context(ApologyLetter.self))
            }
            let mails = try FileManager.default.contentsOfDirectory(atPath: folder + "/outbox").sorted()
            #expect(mails == [".put", "A-1-phieu-xin-loi.eml"])
            let mail = try String(contentsOfFile: folder + "/outbox/A-1-phieu-xin-loi.eml", encoding: .utf8)
            #expect(mail.contains("To: <binh@dan.example>") && mail.contains("application/pdf"))
            let printed = try FileManager.default.contentsOfDirectory(atPath: folder + "/print").sorted()
            #expect(printed == [".put", "A-2-phieu-xin-loi.pdf"])
            #expect(try office.register.letterSteps(of: "apology/A-1/1").map(\.note) == ["", "mail", "mail"])
            #expect(try office.register.letterSteps(of: "apology/A-2/1").map(\.state) == [.drafted, .sending, .sent])
            guard case .done = try await ApologyLetter.look("mail/apology/A-1/1") else {
                Issue.record("the reconciler looks elsewhere")
                return
            }
        }
    }

    @Test("a text of the office's own that cannot be used stops the worker before anything is numbered")
    func templates() async throws {
        try await withOffice { _, folder in
            try FileManager.default.createDirectory(atPath: folder + "/templates", withIntermediateDirectories: true)
            let path = folder + "/templates/thu-xin-loi.mustache"
            try "# THƯ\n\n{{ho_ten}}".write(toFile: path, atomically: true, encoding: .utf8)
            do {
                _ = try OfficeSetup(
                    directory: folder, profile: Self.example.appendingPathComponent("office.yaml").path,
                    daysOff: Self.example.appendingPathComponent("days-off.yaml").path)
                Issue.record("accepted")
            } catch {
                #expect("\(error)".contains("thu-xin-loi.mustache:3: there is no placeholder “ho_ten”"))
            }
        }
    }

    @Test("reminders: one notice for a unit and a day, none on a day off, no citizen's name in it")
    func reminders() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let sunday = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day("2024-03-31")).run(in: sunday)
            #expect(sunday.enqueued.isEmpty)
            let friday = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day("2024-03-29")).run(in: friday)
            #expect(
                friday.enqueued.map(\.wire.uniqueKey)
                    == ["reminder/quan-ly-do-thi/2024-03-29", "reminder/quan-ly-do-thi.head/2024-03-29"].map {
                        office.register.identity.owned($0)
                    })
            let notice = try JSONDecoder().decode(ReminderNotice.self, from: Data(friday.enqueued[0].payload))
            for isNew in [true, false] {
                let outcome = try result(try await notice.run(in: context(ReminderNotice.self)))
                #expect(outcome["isNew"] as? Bool == isNew)
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/outbox")
            #expect(files.sorted() == [".put", "2024-03-29-quan-ly-do-thi.eml"])
            let documents = try office.register.documents(kind: "notice")
            #expect(documents.count == 1)
            #expect(documents[0].subject == "Nhắc việc 29/3/2024: 1 việc quá hạn")
        }
    }
}
