import OwnThread
import Testing

@testable import OfficeDocuments

/// What stays together where a page ends.
@Suite(.ownThread) struct PageBreakTests {
    private func document(_ body: [Block]) -> OfficialDocument {
        var document = Sample.document("BÁO CÁO")
        document.body = body
        return document
    }

    /// Lines of the body with their pages, without page numbers.
    private func lines(_ document: OfficialDocument) throws -> [PageReader.Line] {
        try PageReader(PDFRenderer.render(document)).lines.filter { $0.top > 55 }
    }

    @Test("no heading stands at the foot of a page, however long the text before it", arguments: 20...34)
    func headings(filler: Int) throws {
        let body: [Block] =
            (0..<filler).map { .paragraph([Run("Đoạn \($0).")]) } + [
                .heading("II. PHẦN"), .heading("1. Mục", level: .section), .paragraph([Run(Sample.text(3))]),
                .paragraph([Run("Hết./.")]),
            ]
        let lines = try lines(document(body))
        let (part, section) = try (
            #require(lines.first { $0.text == "II. PHẦN" }), #require(lines.first { $0.text == "1. Mục" })
        )
        let next = try #require(lines.first { $0.text.hasPrefix("Ủy ban nhân dân Quận 1 đã") })
        #expect(part.page == section.page && section.page == next.page)
    }

    @Test("the signer is never alone on a page: the last lines go along", arguments: 14...32)
    func signer(filler: Int) throws {
        let body: [Block] =
            (0..<filler).map { .paragraph([Run("Đoạn \($0).")]) } + [.paragraph([Run(Sample.text(4) + "./.")])]
        let lines = try lines(document(body))
        let page = try #require(lines.first { $0.text.hasPrefix("TM. ỦY BAN") }).page
        #expect(lines.contains { $0.page == page && $0.text.hasSuffix("./.") })
        let beside = lines.filter { $0.page == page && ($0.text.contains("rà soát") || $0.text.contains("Quận 1 đã")) }
        #expect(beside.count >= 2)
    }

    @Test("a paragraph longer than a page loses no word, and no line of it is alone")
    func longParagraph() throws {
        let words = (1...1500).map { "chữ\($0)" }
        let pdf = try PDFRenderer.render(document([.paragraph([Run(words.joined(separator: " "))])]))
        let read = Set(try Poppler.words(pdf).split(separator: " ").map(String.init))
        #expect(words.allSatisfy(read.contains))
        let lines = try lines(document([.paragraph([Run(words.joined(separator: " "))])]))
        for page in 1...(lines.last?.page ?? 1) {
            #expect(lines.count { $0.page == page && $0.text.hasPrefix("chữ") } >= 2)
        }
    }

    @Test(
        "a table over pages repeats both rows of its head; the row of totals is not alone",
        arguments: [10, 25, 26, 27, 28, 29, 60])
    func table(rows: Int) throws {
        let lines = try lines(document([.table(Sample.table(rows: rows)), .paragraph([Run("Hết./.")])]))
        let total = try #require(lines.first { $0.text.hasPrefix("Tổng cộng") })
        #expect(lines.contains { $0.page == total.page && $0.text == "Lĩnh vực số \(rows)" })
        for page in Set(lines.filter { $0.text.hasPrefix("Lĩnh vực số") }.map(\.page)) {
            #expect(
                lines.count { $0.page == page && ($0.text == "Đúng hạn" || $0.text.hasPrefix("Đã giải quyết")) } >= 2)
        }
        #expect((1...rows).allSatisfy { row in lines.contains { $0.text == "Lĩnh vực số \(row)" } })
    }

    @Test("bars beyond a page go on the next; each is there once")
    func bars() throws {
        let bars = (1...70).map {
            Block.Chart.Bar(label: "Đơn vị \($0)", value: 90, valueText: "90%", target: 95, isMet: false)
        }
        let lines = try lines(document([.chart(.init(caption: "Nhiều", bars: bars))]))
        for number in 1...70 {
            #expect(lines.count { $0.text == "Đơn vị \(number)" || $0.text == "Đơn vị \(number) 90%" } == 1)
        }
    }

    @Test("no number or word of a table is broken: narrow columns take room, then the letters become smaller")
    func unbroken() throws {
        let narrow = Block.Table(
            widths: [1, 20, 1, 1], head: ["STT", "Lĩnh vực", "Nghiêng", "Số"],
            rows: [["1", "Đất đai", "1.234.567", "98,25%"]], leftColumns: [1])
        // Poppler takes neighbouring cells for one line.
        let texts = try lines(document([.table(narrow)])).flatMap { $0.text.split(separator: " ").map(String.init) }
        for text in ["STT", "Nghiêng", "1.234.567", "98,25%"] { #expect(texts.contains(text), "\(text)") }
        let crowded = Block.Table(
            widths: [Double](repeating: 1, count: 9), head: [String](repeating: "Nghiêng", count: 9),
            rows: [[String](repeating: "123.456.789", count: 9)], leftColumns: [])
        let small = try lines(document([.table(crowded)])).filter { $0.text.contains("123.456.789") }
        #expect(small.reduce(0) { $0 + $1.text.split(separator: " ").count } == 9)
        #expect(small.allSatisfy { $0.size < Measures.table && $0.size >= 8 })
        let word = try WordReader(DOCXRenderer.render(document([.table(crowded)])))
        #expect(Set(try word.values("//w:tc//w:r[w:t='123.456.789']//w:sz/@w:val")).count == 1)
    }

    @Test("13 columns on a page that lies are legible: 11 points, each cell within its column")
    func wideTable() throws {
        var document = document([.paragraph([Run("Xem phụ lục./.")])])
        document.appendices = [.init(title: "BIỂU", orientation: .landscape, body: [.table(Sample.form(rows: 40))])]
        let page = try PageReader(PDFRenderer.render(document))
        let numbers = page.lines.filter { $0.text == "(13)" }
        #expect(numbers.count >= 2 && numbers.allSatisfy { abs($0.size - Measures.table) < 0.1 })
        #expect(numbers.allSatisfy { $0.right < Paper.landscape.width - Measures.right })
    }

    // MARK: Refused

    @Test("a row that does not fill the table is refused by its number, in both forms")
    func uneven() {
        var table = Sample.table(rows: 3)
        table.rows[1].cells.removeLast()
        let document = document([.table(table)])
        for render in [{ try PDFRenderer.render(document) }, { try DOCXRenderer.render(document) }]
            as [() throws -> [UInt8]]
        {
            let error = #expect(throws: DocumentError.self) { _ = try render() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("row 2 of a table fills 4 columns, the table has 5"))
        }
    }

    @Test("heads whose cells lie over each other or leave holes are refused")
    func unevenHead() {
        for head: [[Block.Table.Cell]] in [
            [[.init("A", columns: 3), "B"]], [[.init("A", rows: 2), "B"]], [[.init("A", rows: 2), "B"], ["C", "D"]],
            [[.init("A", columns: 0), "B"]],
        ] {
            let table = Block.Table(columns: [.init(1), .init(1)], head: head, rows: [])
            #expect(throws: DocumentError.self) { try TableGrid(table) }
        }
    }

    @Test("a series that has not one value for each period, or one under nought, is refused")
    func unevenTrend() {
        var trend = Sample.trend
        trend.series[1].values.removeLast()
        #expect(throws: DocumentError.self) { try PDFRenderer.render(document([.trend(trend)])) }
        #expect(throws: DocumentError.self) { try DOCXRenderer.render(document([.trend(trend)])) }
        trend = Sample.trend
        trend.series[0].values[3] = -1
        #expect(throws: DocumentError.self) { try PDFRenderer.render(document([.trend(trend)])) }
    }

    @Test("a row that no page holds is refused, not cut off")
    func giantRow() {
        let row = Block.Table.Row(["1", Sample.text(60)])
        let table = Block.Table(columns: [.init(1), .init(2)], head: [["STT", "Nội dung"]], rows: [row])
        #expect(throws: DocumentError.self) { try PDFRenderer.render(document([.table(table)])) }
    }

    @Test(
        "the axis of a trend begins at nought, has at most six steps and holds every value",
        arguments: [0, 0.4, 1, 6, 7, 99, 1234, 1e9])
    func ticks(most: Double) {
        let trend = Block.Trend(caption: "", unit: "", periods: ["1"], series: [.init("A", [most])])
        #expect(trend.ticks.first == 0 && (2...7).contains(trend.ticks.count) && (trend.ticks.last ?? 0) >= most)
    }
}
