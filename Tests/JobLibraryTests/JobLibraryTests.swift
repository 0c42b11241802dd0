import Foundation
import KipCore
import Logging
import Office
import Testing

@testable import JobLibrary

/// The jobs of the office, run by hand on a register of their own. One office serves a process, so one at a time.
@Suite(.serialized) struct JobLibraryTests {
    private static let example: URL = {
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { root.deleteLastPathComponent() }
        return root.appendingPathComponent("deploy/example")
    }()

    private func withOffice(_ body: (OfficeSetup, String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("jobs-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let office = try OfficeSetup(
            directory: folder, profile: Self.example.appendingPathComponent("office.yaml").path,
            daysOff: Self.example.appendingPathComponent("days-off.yaml").path)
        OfficeSetup.install(office)
        try await body(office, folder)
    }

    private func day(_ text: String) -> LocalDate { LocalDate(text)! }

    private func late(_ code: String) -> CaseFile {
        CaseFile(
            code: code, procedure: "Cấp giấy phép xây dựng nhà ở riêng lẻ", field: "Xây dựng",
            unit: "Phòng Quản lý đô thị", applicant: "Trần Văn Bình", receivedOn: day("2024-03-01"),
            promisedOn: day("2024-03-22"), delayReason: "chờ xác minh", newPromise: day("2024-04-05"))
    }

    private func context<J: Job>(_ kind: J.Type) -> JobContext {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return JobContext(kind: J.kind, logger: logger)
    }

    private func result(_ outcome: Outcome) throws -> [String: Any] {
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
            _ = try office.register.importCases([late("A-1"), lacking, onTime])
            let context = context(LateCaseSweep.self)
            let outcome = try result(try await LateCaseSweep(asOf: day("2024-03-29")).run(in: context))
            #expect(outcome["owed"] as? Int == 2)
            #expect(outcome["needsData"] as? Int == 1)
            #expect(context.enqueued.map(\.wire.kind) == ["apology-letter"])
            #expect(context.enqueued.map(\.wire.uniqueKey) == ["apology/A-1/1/2024-03-29"])
            let payload = String(decoding: context.enqueued[0].payload, as: UTF8.self)
            #expect(payload.contains("A-1"))
            #expect(!payload.contains("Bình"))
            #expect(try office.register.needsData().map(\.what) == ["lý do trễ hạn"])
        }
    }

    @Test("a letter job that runs twice makes one letter with one number")
    func letterOnce() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1"), late("A-2")])
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
            _ = try office.register.importCases([lacking, onTime])
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

    @Test("reminders: one notice for a unit and a day, none on a day off, no citizen's name in it")
    func reminders() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")])
            let sunday = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day("2024-03-31")).run(in: sunday)
            #expect(sunday.enqueued.isEmpty)
            let friday = context(ReminderSweep.self)
            _ = try await ReminderSweep(asOf: day("2024-03-29")).run(in: friday)
            #expect(
                friday.enqueued.map(\.wire.uniqueKey) == [
                    "reminder/quan-ly-do-thi/2024-03-29", "reminder/quan-ly-do-thi.head/2024-03-29",
                ])
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

    @Test("a report is compiled once for a period and a day; what is no period is discarded")
    func report() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")])
            for isNew in [true, false] {
                let report = ReportCompilation(period: "2024-Q1", asOf: day("2024-03-29"))
                let outcome = try result(try await report.run(in: context(ReportCompilation.self)))
                #expect(outcome["isNew"] as? Bool == isNew)
            }
            let documents = try office.register.documents(kind: "report")
            #expect(documents.map(\.fileName) == ["bao-cao-2024-Q1-2024-03-29.pdf"])
            let wrong = ReportCompilation(period: "2024-Q9", asOf: day("2024-03-29"))
            guard case .discard = try await wrong.run(in: context(ReportCompilation.self)) else {
                Issue.record("not discarded")
                return
            }
        }
    }
}
