import Foundation
import FoundationXML
import OwnThread
import Testing

@testable import OfficeDocuments

/// The measures of Decree 30/2020/NĐ-CP, read back from the styles and sections of a Word document.
@Suite(.ownThread) struct WordTests {
    private let report: WordReader
    private let letter: WordReader

    init() throws {
        report = try WordReader(DOCXRenderer.render(Sample.report))
        letter = try WordReader(DOCXRenderer.render(Sample.officialLetter, pages: 1))
    }

    @Test(
        "each part of a document has a style of its own, in the decree's size",
        arguments: [
            ("Quốc hiệu", 12...13, true, false), ("Tiêu ngữ", 13...14, true, false),
            ("Cơ quan chủ quản", 12...13, false, false), ("Cơ quan ban hành", 12...13, true, false),
            ("Số, ký hiệu", 13...13, false, false), ("Địa danh, ngày tháng năm", 13...14, false, true),
            ("Tên loại", 13...14, true, false), ("Trích yếu", 13...14, true, false),
            ("Trích yếu công văn", 12...13, false, false), ("Kính gửi", 13...14, false, false),
            ("Nội dung", 13...14, false, false), ("Căn cứ", 13...14, false, true),
            ("Quyền hạn, chức vụ", 13...14, true, false), ("Họ tên người ký", 13...14, true, false),
            ("Nơi nhận", 12...12, true, true), ("Danh sách nơi nhận", 11...11, false, false),
            ("header", 13...14, false, false), ("Phụ lục", 14...14, true, false), ("Tên phụ lục", 13...14, true, false),
        ] as [(String, ClosedRange<Double>, Bool, Bool)])
    func styles(name: String, sizes: ClosedRange<Double>, bold: Bool, italic: Bool) throws {
        for word in [report, letter] {
            let style = try word.style(name)
            #expect(style.size.map(sizes.contains) == true)
            #expect(style.bold == bold && style.italic == italic)
        }
        #expect((report.paragraphs + letter.paragraphs).contains { $0.style == name } || name == "header")
    }

    @Test("body: justified, first line in by 1 or 1.27 cm, at least 6 points apart, lines from single to 1.5")
    func body() throws {
        for word in [report, letter] {
            let body = try word.style("Nội dung")
            #expect(body.alignment == "both" && body.after >= 6 && (1...1.5).contains(body.lineSpacing))
            #expect([28.35, 36].contains { abs($0 - body.firstLine) < 0.1 })
        }
    }

    @Test("paper A4 and the decree's margins; the appendix lies; page numbers begin anew and not on the first page")
    func sections() throws {
        #expect(try letter.values("//w:pgSz/@w:w") == ["11906"] && letter.values("//w:pgSz/@w:h") == ["16838"])
        #expect(try report.values("//w:pgSz/@w:orient") == ["landscape"])
        for (side, range) in [("top", 20.0...25), ("bottom", 20...25), ("left", 30...35), ("right", 15...20)] {
            let margins = try report.values("//w:pgMar/@w:\(side)").compactMap(Double.init).map { $0 / 20 / 72 * 25.4 }
            #expect(margins.count == 2 && margins.allSatisfy { range.contains(($0 * 10).rounded() / 10) }, "\(side)")
        }
        #expect(try report.document.nodes(forXPath: "//w:sectPr[w:titlePg]").count == 2)
        #expect(try report.values("//w:pgNumType/@w:start") == ["1", "1"])
        #expect(try report.text("word/header1.xml").contains(" PAGE "))
        #expect(try report.style("header").alignment == "center")
    }

    @Test("Times New Roman is named, in Vietnamese, and no other font")
    func font() throws {
        let styles = try report.text("word/styles.xml")
        #expect(styles.contains(#"w:ascii="Times New Roman""#) && styles.contains(#"<w:lang w:val="vi-VN""#))
        #expect(try report.values("//w:rFonts/@w:ascii").isEmpty)
    }

    @Test("rules: beneath the motto as long as its line, beneath the agency a third to a half, beneath the subject too")
    func rules() throws {
        let setter = try WordMeasure().setter
        let column = Paper.portrait.textWidth
        func length(_ index: Int, of word: WordReader, within width: Double) throws -> Double {
            let nodes = try word.document.nodes(forXPath: "//w:p[w:pPr/w:pBdr]/w:pPr/w:ind/@w:left")
            return width - 2 * (try #require(nodes[index].stringValue.flatMap { Double($0) })) / 20
        }
        let agency = setter.width("ỦY BAN NHÂN DÂN QUẬN 1", TextStyle(size: Measures.agency, bold: true))
        let motto = setter.width(Measures.mottoText, TextStyle(size: Measures.motto, bold: true))
        let subject = setter.width(Sample.report.subject, TextStyle(size: Measures.subject, bold: true))
        let left = column * Measures.headLeft
        #expect((1 / 3...1 / 2).contains(try length(0, of: report, within: left) / agency))
        #expect(abs(try length(1, of: report, within: column - left) - motto) < 0.2)
        #expect((1 / 3...1 / 2).contains(try length(2, of: report, within: column) / subject))
        #expect(try letter.document.nodes(forXPath: "//w:p[w:pPr/w:pBdr]").count == 2)
    }

    @Test("the parts stand in the decree's order, with their signs")
    func order() {
        let text = letter.paragraphs.map(\.text)
        #expect(
            text.filter { !$0.isEmpty }.prefix(10) == [
                "ỦY BAN NHÂN DÂNTHÀNH PHỐ HỒ CHÍ MINH", "ỦY BAN NHÂN DÂN QUẬN 1", Measures.nationText,
                Measures.mottoText, "Số: 04/UBND-NV",
                "V/v đôn đốc thực hiện nhiệm vụ cải cách hành chính quý I năm 2024",
                "Quận 1, ngày 29 tháng 3 năm 2024", "Kính gửi:", "- Phòng Tài chính - Kế hoạch;", "- Phòng Nội vụ;",
            ])
        #expect(text.contains("Căn cứ Kế hoạch số 04/KH-UBND;") && text.contains("- Lưu: VT, NV."))
    }

    @Test("headings are Word's own, so that its list of headings shows them")
    func headings() {
        let names = report.paragraphs.filter { $0.style.hasPrefix("heading") }.map(\.style)
        #expect(names == ["heading 1", "heading 2", "heading 2", "heading 1"])
    }

    @Test("a table repeats its head of two rows, merges its cells, and breaks no row")
    func tables() throws {
        #expect(try report.document.nodes(forXPath: "//w:tr[w:trPr/w:tblHeader]").count == 2 + 3)
        #expect(try report.values("(//w:tbl[w:tblPr/w:tblBorders])[1]//w:gridSpan/@w:val") == ["2", "2"])
        let first = "(//w:tbl[w:tblPr/w:tblBorders])[1]//w:tr"
        #expect(try report.document.nodes(forXPath: "\(first)[1]//w:vMerge[@w:val='restart']").count == 3)
        #expect(try report.document.nodes(forXPath: "\(first)[2]//w:vMerge[not(@w:val)]").count == 3)
        #expect(try report.document.nodes(forXPath: "//w:tr[not(w:trPr/w:cantSplit)]").isEmpty)
        // In each row the cells fill the grid.
        for row in try report.document.nodes(forXPath: "\(first)") {
            let cells = try row.nodes(forXPath: "w:tc").count
            let spans = try row.nodes(forXPath: "w:tc/w:tcPr/w:gridSpan/@w:val").compactMap(\.stringValue).compactMap(
                Int.init)
            #expect(cells + spans.reduce(0) { $0 + $1 - 1 } == 5)
        }
    }

    @Test("figures are charts of Word's own, with their values, a sheet behind them and words for who cannot see them")
    func charts() throws {
        #expect(try report.values("//wp:docPr/@descr") == [Sample.chart.alternative, Sample.trend.alternative])
        let bars = try XMLDocument(data: Data(try #require(report.parts["word/charts/chart1.xml"])))
        let values = try bars.nodes(forXPath: "(//c:ser)[1]/c:val//c:v").compactMap(\.stringValue).compactMap(
            Double.init)
        #expect(values == Sample.chart.bars.compactMap(\.value))
        #expect(
            try bars.nodes(forXPath: "(//c:ser)[2]//a:t").compactMap(\.stringValue).contains {
                $0.hasSuffix("Không\u{a0}phát\u{a0}sinh")
            })
        for number in 1...2 {
            let sheet = try #require(report.parts["word/embeddings/chart\(number).xlsx"])
            #expect(sheet.starts(with: Array("PK".utf8)))
            #expect(try report.text("word/charts/_rels/chart\(number).xml.rels").contains("chart\(number).xlsx"))
        }
    }

    @Test("every part is well-formed, has a type, and every relation leads to a part")
    func package() throws {
        let types = try report.text("[Content_Types].xml")
        for (name, bytes) in report.parts where !name.hasSuffix(".xlsx") {
            #expect(throws: Never.self, "\(name)") { try XMLDocument(data: Data(bytes)) }
            let known = name.hasSuffix(".rels") || name == "[Content_Types].xml" || types.contains("/\(name)\"")
            #expect(known, "\(name)")
        }
        let relations = try report.text("word/_rels/document.xml.rels")
        for part in relations.components(separatedBy: "Target=\"").dropFirst() {
            #expect(report.parts["word/" + part.prefix { $0 != "\"" }] != nil)
        }
        let core = try report.text("docProps/core.xml")
        #expect(core.contains("<dc:language>vi-VN</dc:language>") && core.contains("2024-03-29T00:00:00Z"))
        #expect(core.contains("<dc:title>BÁO CÁO Kết quả") && core.contains("<dc:creator>ỦY BAN NHÂN DÂN QUẬN 1"))
    }

    @Test("what looks like markup is text, and what XML cannot hold is a space")
    func markup() throws {
        var document = Sample.officialLetter
        document.subject = "A & B <w:p> \"C\" \u{1}\u{b}"
        document.body = [.paragraph([Run("x < y &amp; z\u{0}")])]
        let word = try WordReader(DOCXRenderer.render(document))
        #expect(word.paragraphs.contains { $0.text == "V/v A & B <w:p> \"C\"   " })
        #expect(word.paragraphs.contains { $0.text == "x < y &amp; z " })
    }

    @Test("a letter that is too long for its page is refused here, too")
    func length() {
        var document = Sample.officialLetter
        document.body = [.paragraph([Run(Sample.text(90))])]
        #expect(throws: DocumentError.self) { try DOCXRenderer.render(document, pages: 1) }
    }
}
