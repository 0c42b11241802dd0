import Foundation
import OwnThread
import Testing

@testable import OfficeDocuments

/// What a PDF says beside its letters: structure, outline, metadata.
@Suite(.ownThread) struct StructureTests {
    /// Tags with their text, as a reader aloud meets them.
    private func structure(_ bytes: [UInt8]) throws -> [String] {
        try Poppler.run("pdfinfo", ["-struct-text", "%"], bytes).split(separator: "\n").map {
            $0.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: " (block)", with: "")
        }
    }

    @Test("a document is tagged: headings by their level, paragraphs, lists, tables with heads, figures")
    func tags() throws {
        let lines = try structure(PDFRenderer.render(Sample.report))
        func text(after tag: String) -> [String] {
            zip(lines, lines.dropFirst()).filter { $0.0 == tag }.map { $0.1.trimmingCharacters(in: ["\""]) }
        }
        #expect(lines.first == "Document")
        #expect(text(after: "H1") == ["BÁO CÁO Kết quả giải quyết thủ tục hành chính quý I năm 2024"])
        #expect(
            text(after: "H2").map { $0.prefix(12) }
                == ["I. KẾT QUẢ", "II. NHIỆM VỤ", "Phụ lục TÌNH"].map { $0.prefix(12) })
        #expect(text(after: "H3") == ["1. Theo lĩnh vực", "2. Theo tháng"])
        #expect(text(after: "Caption").map { $0.prefix(7) } == ["Bảng 1.", "Hình 1.", "Hình 2."])
        #expect(lines.count { $0 == "Table" } == 2 && lines.count { $0 == "Figure" } == 2)
        #expect(text(after: "TH").prefix(6) == ["STT", "Lĩnh vực", "Đã giải quyết", "Tỷ lệ", "Đúng hạn", "Trễ hạn"])
        // The head that stands again on the next page is not read again.
        #expect(text(after: "TH").count { $0 == "Số hồ sơ nhận giải quyết" } == 1)
        #expect(text(after: "TD").contains("Lĩnh vực số 40"))
    }

    @Test("a paragraph is read whole, over all its lines and over a page")
    func wholeParagraphs() throws {
        let lines = try structure(PDFRenderer.render(Sample.report))
        let read = lines.filter { $0.contains("đã chỉ đạo") }.joined(separator: " ")
            .replacingOccurrences(of: "\"", with: "")
        #expect(read.split(separator: " ").count == (Sample.text(6) + Sample.text(12)).split(separator: " ").count)
    }

    @Test("the outline holds the headings by their level, and the appendices")
    func outline() throws {
        let rows = try Poppler.run("pdftohtml", ["-xml", "-i", "-stdout", "%"], PDFRenderer.render(Sample.report))
            .components(separatedBy: "<outline>")
        let items = rows.dropFirst().joined(separator: "\n<outline>").split(separator: "\n").filter {
            $0.contains("<item") || $0.contains("<outline>")
        }
        let text = items.map { $0.replacingOccurrences(of: "<[^>]*>", with: "", options: .regularExpression) }
            .filter { !$0.isEmpty }
        #expect(
            text == [
                "I. KẾT QUẢ", "1. Theo lĩnh vực", "2. Theo tháng", "II. NHIỆM VỤ KỲ TỚI",
                "Phụ lục. TÌNH HÌNH GIẢI QUYẾT HỒ SƠ",
            ])
        #expect(rows.count == 3, "one outline within another")
    }

    @Test("title, author, day and language are said; figures say what they show")
    func metadata() throws {
        let bytes = try PDFRenderer.render(Sample.report)
        let info = try Poppler.run("pdfinfo", ["-isodates", "%"], bytes)
        #expect(info.contains("BÁO CÁO Kết quả giải quyết thủ tục hành chính quý I năm 2024"))
        #expect(info.contains("ỦY BAN NHÂN DÂN QUẬN 1") && info.contains("Tagged:          yes"))
        #expect(info.contains("2024-03-28T17:00:00Z") || info.contains("2024-03-29T00:00:00+07"))
        let file = String(decoding: bytes, as: UTF8.self)
        #expect(file.contains("/Lang (vi-VN)") && file.contains("/DisplayDocTitle true"))
        let alternatives = file.components(separatedBy: "/Alt <FEFF").dropFirst().map { part in
            let digits = Array(part.prefix { $0 != ">" })
            return String(
                decoding: stride(from: 0, to: digits.count - 3, by: 4).compactMap {
                    UInt16(String(digits[$0..<$0 + 4]), radix: 16)
                }, as: UTF16.self)
        }
        #expect(alternatives == [Sample.chart.alternative, Sample.trend.alternative])
        #expect(alternatives[0].contains("Lĩnh vực 3: Không phát sinh, chỉ tiêu 95%"))
    }

    @Test("the title of an official letter names its subject")
    func letterTitle() { #expect(Sample.officialLetter.title.hasPrefix("Công văn V/v đôn đốc")) }

    @Test("the same document is the same bytes, in PDF and DOCX, whatever the clock says")
    func bytes() throws {
        let (first, firstWord) = try (PDFRenderer.render(Sample.report), DOCXRenderer.render(Sample.report))
        // Zip files and PDFs count in seconds.
        Thread.sleep(forTimeInterval: 1.1)
        #expect(try PDFRenderer.render(Sample.report) == first)
        #expect(try DOCXRenderer.render(Sample.report) == firstWord)
    }

    @Test("a report with tables, figures and an appendix is of one embedded family")
    func fonts() throws {
        let bytes = try PDFRenderer.render(Sample.report)
        #expect(try Poppler.families(bytes).count == 1)
        #expect(
            try Poppler.fonts(bytes).allSatisfy {
                $0.split(separator: " ").suffix(5).prefix(3).allSatisfy { $0 == "yes" }
            })
    }
}
