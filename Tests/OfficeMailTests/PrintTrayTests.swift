import Foundation
import Testing

@testable import OfficeMail

@Suite struct PrintTrayTests {
    @Test("a document lies in the tray whole and once; a second of its name leaves the first as it is")
    func once() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tray-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tray = PrintTray(folder: folder)
        #expect(tray.delivery(name: "a.pdf") == .undone)
        let first = try tray.put([1, 2, 3], name: "a.pdf")
        #expect(first.isNew)
        #expect(try !tray.put([4], name: "a.pdf").isNew)
        #expect(tray.delivery(name: "a.pdf") == .done)
        #expect(FileManager.default.contents(atPath: first.path) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == [".put", "a.pdf"])
    }

    @Test("a document that was taken away was put all the same, and is not put again; a crash in between is a doubt")
    func taken() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tray-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tray = PrintTray(folder: folder)
        let put = try tray.put([1], name: "a.pdf")
        try FileManager.default.removeItem(atPath: put.path)
        #expect(tray.delivery(name: "a.pdf") == .done)
        #expect(try !tray.put([1], name: "a.pdf").isNew)
        #expect(!FileManager.default.fileExists(atPath: put.path))
        // The worker died after it had laid the document there, or before: the document is gone.
        try FileManager.default.moveItem(atPath: folder + "/.put/a.pdf", toPath: folder + "/.put/a.pdf.begun")
        #expect(tray.delivery(name: "a.pdf") == .inDoubt)
    }

    @Test("a tray that cannot be written is refused by name")
    func refused() throws {
        let error = #expect(throws: MailError.self) { try PrintTray(folder: "/dev/null/tray").put([1], name: "a.pdf") }
        #expect(error?.description.contains("/dev/null/tray") == true)
    }

    private func withTray(_ body: (PrintTray, String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tray-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try body(PrintTray(folder: folder), folder)
    }

    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func record(_ folder: String) -> DeliveryRecord {
        DeliveryRecord(folder: folder + "/.put", overtaken: .uncertainFile("overtaken"))
    }

    @Test("a file, a link or a folder under the name of a document is not taken for it, and nothing is put beside it")
    func foreign() throws {
        try withTray { tray, folder in
            let path = folder + "/a.pdf"
            let makers: [() throws -> Void] = [
                { try "x".write(toFile: path, atomically: true, encoding: .utf8) },
                { try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/etc/hostname") },
                { try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "/nowhere") },
                { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) },
            ]
            for make in makers {
                try make()
                #expect(tray.delivery(name: "a.pdf") == .undone)
                let error = #expect(throws: MailError.self) {
                    try tray.put([1], name: "a.pdf", with: (name: "a-dia-chi.pdf", bytes: [2]))
                }
                #expect(error?.isUndone == true && error?.description.contains("take it away") == true)
                #expect(try names(folder) == [".put", "a.pdf"])
                try FileManager.default.removeItem(atPath: path)
            }
            // The very document, as of a folder that was copied without its record.
            try Data([1]).write(to: URL(fileURLWithPath: path))
            #expect(try !tray.put([1], name: "a.pdf").isNew)
            #expect(tray.delivery(name: "a.pdf") == .done)
        }
    }

    @Test("one that wakes up after another has put the document, and somebody has taken it, puts no second copy there")
    func stale() throws {
        try withTray { tray, folder in
            let mark = DeliveryRecord.Mark(receipt: .unnamed(file: "a.pdf"), bytes: "")
            try record(folder).prepare("a.pdf")
            // It has looked for the mark, and was stopped.
            let put = try tray.put([1], name: "a.pdf")
            try FileManager.default.removeItem(atPath: put.path)
            #expect(throws: MailError.self) { try record(folder).begin("a.pdf", mark) }
            #expect(try names(folder) == [".put"])
            // It was stopped later: nobody else puts the document there meanwhile.
            try record(folder).prepare("b.pdf")
            let lock = try record(folder).begin("b.pdf", mark)
            let error = #expect(throws: MailError.self) { try tray.put([1], name: "b.pdf") }
            #expect(error?.isUndone == false)
            #expect(tray.delivery(name: "b.pdf") == .inDoubt)
            #expect(try names(folder) == [".put"])
            withExtendedLifetime(lock) {}
        }
    }

    @Test("of many that put one document at once, one does; the others say what was put")
    func race() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tray-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tray = PrintTray(folder: folder)
        let new = await withTaskGroup(of: Bool?.self) { group in
            for _ in 0..<16 { group.addTask { try? tray.put([1, 2], name: "a.pdf").isNew } }
            return await group.reduce(into: 0) { $0 += $1 == true ? 1 : 0 }
        }
        #expect(new == 1)
        #expect(tray.delivery(name: "a.pdf") == .done)
        #expect(try names(folder + "/.put") == ["a.pdf"])
    }

    @Test("the sheet of the envelope goes with its letter under one mark: after a kill in between nothing is put again")
    func sheet() throws {
        try withTray { tray, folder in
            let sheet = (name: "a-dia-chi.pdf", bytes: [UInt8]([2]))
            try tray.put([1], name: "a.pdf", with: sheet)
            #expect(try names(folder) == [".put", "a-dia-chi.pdf", "a.pdf"])
            // A worker was killed when it had laid the sheet there, which was taken since.
            let mark = DeliveryRecord.Mark(receipt: .unnamed(file: "b.pdf"), bytes: "")
            do { _ = try record(folder).begin("b.pdf", mark) }
            #expect(tray.delivery(name: "b.pdf") == .inDoubt)
            // A sheet that cannot be put there keeps the letter back.
            try "x".write(toFile: folder + "/c-dia-chi.pdf", atomically: true, encoding: .utf8)
            #expect(throws: MailError.self) {
                try tray.put([1], name: "c.pdf", with: (name: "c-dia-chi.pdf", bytes: [2]))
            }
            #expect(tray.delivery(name: "c.pdf") == .undone)
            #expect(tray.content(name: "c.pdf") == .nothing)
        }
    }

    @Test("what was put is remembered with its number and digest, whatever is put under its name later")
    func receipts() throws {
        try withTray { tray, folder in
            let receipt = DeliveryReceipt.document(file: "a.pdf", number: 5, sha256: "ab")
            #expect(try tray.put([1], name: "a.pdf", receipt: receipt).receipt == receipt)
            let later = DeliveryReceipt.document(file: "a.pdf", number: 7, sha256: "cd")
            #expect(try tray.put([9], name: "a.pdf", receipt: later).receipt == receipt)
            #expect(tray.receipt(name: "a.pdf") == receipt)
            // A mark of a release before receipts.
            try Data().write(to: URL(fileURLWithPath: folder + "/.put/b.pdf"))
            #expect(try tray.put([9], name: "b.pdf", receipt: later).receipt == .unnamed(file: "b.pdf"))
            for each in [receipt, .unnamed(file: "x"), .statement("bà Lan đã gửi")] {
                #expect(try JSONDecoder().decode(DeliveryReceipt.self, from: JSONEncoder().encode(each)) == each)
            }
            #expect(try JSONDecoder().decode(DeliveryReceipt.self, from: Data("true".utf8)) == .statement(""))
        }
    }
}
