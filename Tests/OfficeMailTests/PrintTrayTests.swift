import Foundation
import OfficeMail
import Testing

@Suite struct PrintTrayTests {
    @Test("a document lies in the tray whole and once; a second of its name leaves the first as it is")
    func once() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tray-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let tray = PrintTray(folder: folder)
        #expect(!tray.has(name: "a.pdf"))
        let first = try tray.put([1, 2, 3], name: "a.pdf")
        #expect(first.isNew)
        #expect(try !tray.put([4], name: "a.pdf").isNew)
        #expect(tray.has(name: "a.pdf"))
        #expect(FileManager.default.contents(atPath: first.path) == Data([1, 2, 3]))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.pdf"])
    }

    @Test("a tray that cannot be written is refused by name")
    func refused() throws {
        let error = #expect(throws: MailError.self) { try PrintTray(folder: "/dev/null/tray").put([1], name: "a.pdf") }
        #expect(error?.description.contains("/dev/null/tray") == true)
    }
}
