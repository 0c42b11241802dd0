import Foundation
import OfficeMail
import Testing

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
}
