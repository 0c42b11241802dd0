import Foundation
import OwnThread
import Testing

@testable import OfficeDocuments

/// Word documents in programs that are not ours. With `OFFICE_DOCUMENTS_DIR` the documents and their pages stay there, to be
/// looked at; `scripts/check-documents` does so.
@Suite(.ownThread, .serialized) struct OtherReadersTests {
    private static let hasLibreOffice = works("soffice", ["--version"])
    private static let python = "/usr/bin/python3"
    private static let hasPythonDocx = works(python, ["-c", "import docx"])

    private static func works(_ tool: String, _ arguments: [String]) -> Bool { (try? run(tool, arguments)) != nil }

    private struct Failed: Error {}

    @discardableResult
    private static func run(_ tool: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [tool] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed() }
        return String(decoding: data, as: UTF8.self)
    }

    /// A folder for a test; kept where somebody wants to look.
    private func folder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        if let kept = ProcessInfo.processInfo.environment["OFFICE_DOCUMENTS_DIR"] {
            let folder = URL(fileURLWithPath: kept)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try body(folder)
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// LibreOffice's PDF of a Word document.
    private func converted(_ document: OfficialDocument, pages: Int?, name: String) throws -> (
        ours: [UInt8], theirs: [UInt8]
    ) {
        try folder { folder in
            let word = folder.appendingPathComponent("\(name).docx")
            try Data(DOCXRenderer.render(document, pages: pages)).write(to: word)
            let ours = try PDFRenderer.render(document, pages: pages)
            try Data(ours).write(to: folder.appendingPathComponent("\(name)-pdf.pdf"))
            // A profile of its own: LibreOffice runs once for each.
            let profile = FileManager.default.temporaryDirectory.appendingPathComponent("soffice-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: profile) }
            try Self.run(
                "soffice",
                [
                    "-env:UserInstallation=\(profile.absoluteString)", "--headless", "--convert-to", "pdf", "--outdir",
                    folder.path, word.path,
                ])
            let theirs = try Data(contentsOf: folder.appendingPathComponent("\(name).pdf"))
            return (ours, [UInt8](theirs))
        }
    }

    @Test(
        "LibreOffice makes one page of a letter, with each line where the PDF has it",
        .enabled(if: hasLibreOffice, "LibreOffice is not installed; scripts/check-documents installs it"))
    func letters() throws {
        let letters = try [("official-letter", Sample.officialLetter), ("apology-letter", LetterTests.form().document)]
        for (name, document) in letters {
            let (ours, theirs) = try converted(document, pages: 1, name: name)
            let (first, second) = try (PageReader(ours), PageReader(theirs))
            #expect(first.papers.count == 1 && second.papers.count == 1)
            let words = { (page: PageReader) in page.lines.map(\.text).sorted() }
            #expect(words(first) == words(second))
            for line in first.lines {
                let other = try #require(second.lines.first { $0.text == line.text }, "\(line.text)")
                #expect(abs(other.x - line.x) < 3 && abs(other.top - line.top) < 6, "\(line.text): \(line), \(other)")
            }
        }
    }

    @Test(
        "LibreOffice makes the same report: its words, its page numbers, its page that lies, repeated heads, its charts",
        .enabled(if: hasLibreOffice, "LibreOffice is not installed; scripts/check-documents installs it"))
    func report() throws {
        let (ours, theirs) = try converted(Sample.report, pages: nil, name: "report")
        let (first, second) = try (PageReader(ours), PageReader(theirs))
        #expect(abs(first.papers.count - second.papers.count) <= 1)
        #expect(second.papers.contains { $0.width > $0.height })
        let numbers = second.lines.filter { $0.bottom < 56 }
        let own = second.papers.count { $0.width < $0.height }
        let appendix = second.papers.count - own
        #expect(numbers.map(\.text) == ((2...own).map { "\($0)" } + (2...appendix).map { "\($0)" }))
        let words = try Poppler.words(theirs).replacingOccurrences(of: "\u{a0}", with: " ")
        for text in [
            "Bảng 1. Kết quả theo lĩnh vực", "Hình 1. Tỷ lệ đúng hạn", "Hình 2. Số hồ sơ theo tháng", "Không phát sinh",
            "Lĩnh vực số 40", "Trung bình năm 2023", "hồ sơ",
        ] { #expect(words.contains(text), "\(text)") }
        #expect(second.lines.count { $0.text.hasPrefix("Số hồ sơ nhận giải quyết") } >= 2)
    }

    @Test(
        "python-docx sees paragraphs, tables, sections and properties",
        .enabled(if: hasPythonDocx, "python3-docx is not installed; scripts/setup installs it"))
    func pythonDocx() throws {
        let script = """
            import docx, sys
            document = docx.Document(sys.argv[1])
            for paragraph in document.paragraphs:
                if paragraph.text: print("P", paragraph.style.name, "|", paragraph.text[:40])
            for table in document.tables: print("T", len(table.rows), len(table.columns), table.cell(0, 0).text)
            for section in document.sections:
                print("S", section.orientation, round(section.left_margin.mm), round(section.right_margin.mm),
                    section.different_first_page_header_footer)
            core = document.core_properties
            print("C", core.title, "|", core.author, "|", core.language, "|", core.created)
            print("I", len(document.inline_shapes))
            """
        let said = try folder { folder in
            let word = folder.appendingPathComponent("python.docx")
            try Data(DOCXRenderer.render(Sample.report)).write(to: word)
            return try Self.run(Self.python, ["-c", script, word.path])
        }
        for line in [
            "P Tên loại | BÁO CÁO", "P Heading 1 | I. KẾT QUẢ", "P Caption | Bảng 1. Kết quả theo lĩnh vực",
            "T 15 5 STT", "T 43 13 STT", "S PORTRAIT (0) 30 18 True", "S LANDSCAPE (1) 30 18 True", "I 2",
            "C BÁO CÁO Kết quả giải quyết thủ tục hành chính quý I năm 2024 | ỦY BAN NHÂN DÂN QUẬN 1 | vi-VN | 2024-03-29 00:00:00",
        ] { #expect(said.contains(line), "\(line) is not in:\n\(said)") }
    }
}
