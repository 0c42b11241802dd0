import Foundation
import GRDB
import KipCore
import Logging
import OfficeMail
import Testing

@testable import JobLibrary
@testable import Office

/// Paper, mail and register do not part: restored registers, new folders, two offices, files that are not the letters.
extension JobLibraryTests {
    private func context<J: Job>(
        _ kind: J.Type, _ ledger: any EffectLedger, failures: Int = 0, headers: [String: String] = [:]
    ) -> JobContext {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return JobContext(kind: J.kind, failures: failures, headers: headers, logger: logger, ledger: ledger)
    }

    private func send(_ code: String, _ ledger: any EffectLedger) async throws {
        _ = try await ApologyLetter(caseCode: code, asOf: day("2024-03-29")).run(
            in: context(ApologyLetter.self, ledger))
    }

    private func temporaryFolder() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("jobs-\(UUID().uuidString)").path
    }

    private func open(_ folder: String) throws -> OfficeSetup {
        let office = try OfficeSetup(
            directory: folder, profile: Self.example.appendingPathComponent("office.yaml").path,
            daysOff: Self.example.appendingPathComponent("days-off.yaml").path)
        OfficeSetup.install(office)
        return office
    }

    private func audit(_ office: OfficeSetup, _ folder: String) throws -> LetterAudit {
        try LetterAudit(
            office.register, from: day("2024-03-01"), to: day("2024-03-31"), asOf: day("2024-03-29"),
            deliveries: try DeliveryAudit(office.register, directory: folder).disagreements)
    }

    @Test(
        "a restored register beside effects that happened since: what went out under another number is uncertain, and named"
    )
    func restored() async throws {
        let ledger = MemoryEffectLedger()
        let restored = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: restored) }
        try await withOffice { office, folder in
            let files = ["A-1", "A-2", "A-3"].map { late($0) }
            _ = try office.register.importCases(files, calendar: office.calendar)
            // The backup is made here, and the sweep goes on.
            try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
            for file in ["office.db", "office.db-wal"] {
                try FileManager.default.copyItem(atPath: "\(folder)/\(file)", toPath: "\(restored)/\(file)")
            }
            for code in ["A-1", "A-2"] { try await send(code, ledger) }
            #expect(try office.register.documents(kind: "letter").map(\.number) == [1, 2])

            let later = try open(restored)
            #expect(later.register.identity == office.register.identity)
            for code in ["A-3", "A-2", "A-1"] { try await send(code, ledger) }
            let states = try ["A-1", "A-2", "A-3"].map {
                try later.register.letterSteps(of: "apology/\($0)/1").last?.state
            }
            // A-2 bears the same number as its paper, and the same text.
            #expect(states == [.uncertain, .sent, .sent])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: restored + "/print").contains(
                    "A-3-phieu-xin-loi.pdf"))
            let audit = try audit(later, restored)
            #expect(!audit.isWhole)
            #expect(audit.count(.uncertain) == 1)
            #expect(
                audit.strangers == [
                    "apology/A-1/1: the letter that went out bears number 1, the register has 3",
                    "PXL 1/2024: it is on two letters, apology/A-1/1 and apology/A-3/1",
                ])
        }
    }

    @Test(
        "a new office folder beside an old broker prints its letters, and two offices on one broker do not share effects"
    )
    func newFolder() async throws {
        let ledger = MemoryEffectLedger()
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            try await send("A-1", ledger)
        }
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            try await send("A-1", ledger)
            #expect(FileManager.default.fileExists(atPath: folder + "/print/A-1-phieu-xin-loi.pdf"))
            #expect(try audit(office, folder).isWhole)
        }
    }

    @Test("a new register in the folder of an old one does not take the old papers for its own")
    func oldFolder() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1"), late("A-2")], calendar: office.calendar)
            for code in ["A-1", "A-2"] { try await send(code, MemoryEffectLedger()) }
            for name in ["A-1", "A-2"] {
                try FileManager.default.removeItem(atPath: "\(folder)/print/\(name)-phieu-xin-loi.pdf")
            }
            for file in ["office.db", "office.db-wal", "office.db-shm", "office.last"] {
                try FileManager.default.moveItem(atPath: "\(folder)/\(file)", toPath: "\(folder)/old-\(file)")
            }
            let anew = try open(folder)
            _ = try anew.register.importCases([late("A-1"), late("A-2")], calendar: anew.calendar)
            for code in ["A-2", "A-1"] { try await send(code, MemoryEffectLedger()) }
            for code in ["A-1", "A-2"] {
                #expect(try anew.register.letterSteps(of: "apology/\(code)/1").last?.state == .uncertain)
            }
        }
    }

    @Test(
        "a job of another register is tried again later, by a worker that serves it, and its effects are not looked up here"
    )
    func otherOffice() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let sweep = context(LateCaseSweep.self)
            _ = try await LateCaseSweep(asOf: day("2024-03-29")).run(in: sweep)
            let own = sweep.enqueued[0].wire.conditions.headers.values
            #expect(own == ["kip-office-register": office.register.identity.id])
            let stranger = context(
                ApologyLetter.self, MemoryEffectLedger(), headers: ["kip-office-register": "0123456789abcdef"])
            await #expect(throws: JobSignal.self) {
                try await ApologyLetter(caseCode: "A-1", asOf: day("2024-03-29")).run(in: stranger)
            }
            #expect(try office.register.documents(kind: "letter").isEmpty)
            guard case .unknown = try await ApologyLetter.look("print/apology/A-1/1@0123456789abcdef"),
                case .undone = try await ApologyLetter.look(
                    office.register.identity.owned("print/apology/A-1/1"))
            else {
                Issue.record("the reconciler looks for another office")
                return
            }
        }
    }

    @Test("a job runs in the queue of the sweep that made it, so that two offices keep theirs apart")
    func queue() async throws {
        try await withOffice { office, _ in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let sweep = JobContext(kind: LateCaseSweep.kind, queue: "quan-1", logger: logger)
            _ = try await LateCaseSweep(asOf: day("2024-03-29")).run(in: sweep)
            #expect(sweep.enqueued.map(\.wire.queue) == ["quan-1"])
        }
    }

    @Test("the audit names files that are not the letters, links among them, and letters that never lay in the tray")
    func files() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases(
                ["A-1", "A-2", "A-3", "A-4"].map { late($0) }, calendar: office.calendar)
            for code in ["A-1", "A-2", "A-3", "A-4"] { try await send(code, MemoryEffectLedger()) }
            #expect(try audit(office, folder).isWhole)
            let print = folder + "/print/"
            // A-1 was taken, as it should be.
            try FileManager.default.removeItem(atPath: print + "A-1-phieu-xin-loi.pdf")
            #expect(try audit(office, folder).isWhole)
            try FileManager.default.removeItem(atPath: print + "A-2-phieu-xin-loi.pdf")
            try FileManager.default.createSymbolicLink(
                atPath: print + "A-2-phieu-xin-loi.pdf", withDestinationPath: print + "A-4-phieu-xin-loi.pdf")
            try Data([1]).write(to: URL(fileURLWithPath: print + "A-3-phieu-xin-loi.pdf"))
            try FileManager.default.removeItem(atPath: print + "A-4-phieu-xin-loi.pdf")
            try FileManager.default.removeItem(atPath: print + ".put/A-4-phieu-xin-loi.pdf")
            // The tray has a memory from before that letter.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -60)], ofItemAtPath: print + ".put/A-1-phieu-xin-loi.pdf"
            )
            let audit = try audit(office, folder)
            #expect(
                audit.strangers == [
                    "print/A-2-phieu-xin-loi.pdf: it is no plain file",
                    "print/A-3-phieu-xin-loi.pdf: it is not the letter that was issued",
                    "print/A-4-phieu-xin-loi.pdf: the register has it sent, and it never lay in the tray",
                ])
            #expect(!audit.isWhole)
        }
    }

    @Test("a worker whose step was overtaken does not send, and looks anew")
    func overtaken() async throws {
        try await withOffice { office, folder in
            _ = try office.register.importCases([late("A-1")], calendar: office.calendar)
            let ledger = MeddlingLedger {
                // While this one begins the effect, a person says that the letter was returned.
                _ = try? office.register.note(letter: "apology/A-1/1", .returned, by: "Lan", note: "trả lại")
            }
            try await send("A-1", ledger)
            #expect(
                try office.register.letterSteps(of: "apology/A-1/1").map(\.state) == [.drafted, .sending, .returned])
        }
    }

    @Test(
        "letters that went out and that a register put back from a copy does not know are named, by print and by mail")
    func strangers() async throws {
        let ledger = MemoryEffectLedger()
        let restored = temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: restored) }
        try await withOffice { office, folder in
            _ = try office.register.importCases(["A-1", "A-2"].map { late($0) }, calendar: office.calendar)
            try await send("A-1", ledger)
            try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
            for file in ["office.db", "office.db-wal"] {
                try FileManager.default.copyItem(atPath: "\(folder)/\(file)", toPath: "\(restored)/\(file)")
            }
            try await send("A-2", ledger)
            #expect(try DeliveryAudit(office.register, directory: folder).disagreements == [])
            // What went out stays, the register goes back.
            try FileManager.default.copyItem(atPath: "\(folder)/print", toPath: "\(restored)/print")
            // An outbox is such a folder, too.
            try PrintTray(folder: restored + "/outbox").put(
                [120], name: "phieu-xin-loi-B-9.eml", receipt: .document(file: "B-9", number: 7, sha256: "ab"))
        }
        let office = try open(restored)
        let words = try DeliveryAudit(office.register, directory: restored).disagreements
        #expect(words.count == 2, "\(words)")
        #expect(words.contains { $0.hasPrefix("print A-2") && $0.contains("number 2") }, "\(words)")
        #expect(words.contains { $0.hasPrefix("mail phieu-xin-loi-B-9") && $0.contains("number 7") }, "\(words)")
        #expect(try !audit(office, restored).isWhole)
    }
}

/// A ledger during which something else happens.
private struct MeddlingLedger: EffectLedger {
    let meddle: @Sendable () -> Void
    private let ledger = MemoryEffectLedger()

    init(_ meddle: @escaping @Sendable () -> Void) { self.meddle = meddle }

    func begin(_ key: String) async throws -> EffectStanding {
        meddle()
        return ledger.begin(key)
    }

    func settle(_ key: String, _ settlement: EffectSettlement) async throws { ledger.settle(key, settlement) }
}
