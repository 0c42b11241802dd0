import OwnThread
import Testing

@testable import OfficeDocuments

/// The measures of Decree 30/2020/NĐ-CP, appendix I, read back from the pages. Each test is named for a row of the table in
/// DOMAIN-SOURCES.md, section 3.
@Suite(.ownThread) struct MeasuresTests {
    private let report: PageReader
    private let letter: PageReader
    private let reportStyles: StyledText
    private let letterStyles: StyledText
    private let millimetre = 72 / 25.4

    init() throws {
        let reportBytes = try PDFRenderer.render(Sample.report)
        let letterBytes = try PDFRenderer.render(Sample.officialLetter, pages: 1)
        report = try PageReader(reportBytes)
        letter = try PageReader(letterBytes)
        reportStyles = try StyledText(reportBytes)
        letterStyles = try StyledText(letterBytes)
    }

    /// - Parameter style: bold, italic.
    private func expect(
        _ start: String, _ sizes: ClosedRange<Double>, bold: Bool = false, italic: Bool = false, in page: PageReader,
        _ styles: StyledText, location: SourceLocation = #_sourceLocation
    ) throws {
        let size = try page.line(start).size
        #expect(sizes.contains((size * 20).rounded() / 20), "\(start): \(size)", sourceLocation: location)
        #expect(styles.style(start) == [bold, italic], "\(start)", sourceLocation: location)
    }

    private func expectReport(
        _ start: String, _ sizes: ClosedRange<Double>, bold: Bool = false, italic: Bool = false,
        location: SourceLocation = #_sourceLocation
    ) throws {
        try expect(start, sizes, bold: bold, italic: italic, in: report, reportStyles, location: location)
    }

    private func expectLetter(
        _ start: String, _ sizes: ClosedRange<Double>, bold: Bool = false, italic: Bool = false,
        location: SourceLocation = #_sourceLocation
    ) throws {
        try expect(start, sizes, bold: bold, italic: italic, in: letter, letterStyles, location: location)
    }

    // MARK: Page

    @Test("paper: A4, upright; an appendix may lie")
    func paper() {
        for (width, height) in letter.papers {
            #expect(abs(width - 210 * millimetre) < 0.1 && abs(height - 297 * millimetre) < 0.1)
        }
        #expect(report.papers.contains { $0.width > $0.height })
    }

    @Test("margins: top and bottom 20 to 25 mm, left 30 to 35 mm, right 15 to 20 mm, on every page")
    func margins() throws {
        for page in [letter, report] {
            for (index, paper) in page.papers.enumerated() {
                let lines = page.lines.filter { $0.page == index + 1 && $0.top > 19 * millimetre }
                #expect(lines.allSatisfy { $0.top >= 20 * millimetre - 1 && $0.x >= 30 * millimetre - 1 })
                #expect(lines.allSatisfy { $0.bottom <= paper.height - 20 * millimetre + 1 })
                // Letters may hang out by a hair, and a space at the end of a line has no width.
                #expect(lines.allSatisfy { $0.right <= paper.width - 15 * millimetre + 4 })
            }
        }
        let first = try letter.line("Ủy ban nhân dân Quận 1 đề")
        #expect(first.right >= letter.papers[0].width - 20 * millimetre)
        #expect(try abs(letter.line(after: first).x - 30 * millimetre) < 1)
    }

    @Test("page number: 13 to 14, centred in the top margin, not on the first page, anew in an appendix")
    func pageNumber() throws {
        let numbers = report.lines.filter { $0.bottom < 20 * millimetre }
        let own = report.papers.count { $0.width < $0.height }
        let appendix = report.papers.count - own
        #expect(numbers.map(\.text) == ((2...own).map { "\($0)" } + (2...appendix).map { "\($0)" }))
        for number in numbers {
            let paper = report.papers[number.page - 1]
            #expect((13...14).contains(number.size.rounded()))
            #expect(abs(number.centre - (30 * millimetre + paper.width - 18 * millimetre) / 2) < 1)
        }
        #expect(!numbers.contains { $0.page == 1 })
    }

    // MARK: Head

    @Test("Quốc hiệu: capitals, 12 to 13, bold")
    func nation() throws { try expectLetter("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 12...13, bold: true) }

    @Test("Tiêu ngữ: 13 to 14, bold, beneath Quốc hiệu, with a rule as long as its line")
    func motto() throws {
        try expectLetter("Độc lập - Tự do - Hạnh phúc", 13...14, bold: true)
        let motto = try letter.line("Độc lập")
        let rule = try letter.rule(beneath: motto)
        #expect(abs(rule.length - (motto.right - motto.x)) < 1.5)
        #expect(abs(rule.centre - motto.centre) < 1)
        #expect(try abs(motto.centre - letter.line("CỘNG HÒA").centre) < 1)
    }

    @Test("parent agency: capitals, 12 to 13, upright, broken before the name of the place")
    func superiorAgency() throws {
        try expectLetter("ỦY BAN NHÂN DÂN", 12...13)
        try expectLetter("THÀNH PHỐ HỒ CHÍ MINH", 12...13)
    }

    @Test("issuing agency: capitals, 12 to 13, bold, with a rule of a third to a half of its line")
    func agency() throws {
        try expectLetter("ỦY BAN NHÂN DÂN QUẬN 1", 12...13, bold: true)
        let agency = try letter.line("ỦY BAN NHÂN DÂN QUẬN 1")
        let rule = try letter.rule(beneath: agency)
        #expect((1 / 3...1 / 2).contains(rule.length / (agency.right - agency.x)))
        #expect(abs(rule.centre - agency.centre) < 1)
    }

    @Test("number and symbol: 13, upright, centred beneath the agency")
    func number() throws {
        try expectLetter("Số: 04/UBND-NV", 13...13)
        #expect(try abs(letter.line("Số:").centre - letter.line("ỦY BAN NHÂN DÂN QUẬN 1").centre) < 1)
    }

    @Test("place and date: 13 to 14, italic, on the line of the number")
    func date() throws {
        try expectLetter("Quận 1, ngày 29 tháng 3 năm 2024", 13...14, italic: true)
        #expect(try abs(letter.line("Quận 1, ngày").top - letter.line("Số:").top) < 1)
    }

    // MARK: Title

    @Test("type: capitals, 13 to 14, bold, centred")
    func type() throws {
        try expectReport("BÁO CÁO", 13...14, bold: true)
        let paper = report.papers[0]
        #expect(try abs(report.line("BÁO CÁO").centre - (30 * millimetre + paper.width - 18 * millimetre) / 2) < 1)
    }

    @Test("subject of a named type: 13 to 14, bold, with a rule of a third to a half of its line")
    func subject() throws {
        try expectReport("Kết quả giải quyết", 13...14, bold: true)
        let line = try report.line("Kết quả giải quyết")
        let rule = try report.rule(beneath: line)
        #expect((1 / 3...1 / 2).contains(rule.length / (line.right - line.x)))
        #expect(abs(rule.centre - line.centre) < 1)
    }

    @Test("subject of an official letter: “V/v …”, 12 to 13, upright, beneath the number; no type")
    func letterSubject() throws {
        try expectLetter("V/v đôn đốc", 12...13)
        let number = try letter.line("Số:")
        let subject = try letter.line("V/v đôn đốc")
        #expect(subject.top > number.bottom + 5 && subject.top < number.bottom + 10)
        #expect(abs(subject.centre - number.centre) < 2)
        #expect(!letter.lines.contains { $0.text.contains("CÔNG VĂN") })
    }

    @Test(
        "Kính gửi: 13 to 14, upright; several in a list whose dashes stand beneath the colon, the last with a full stop"
    )
    func addressees() throws {
        try expectLetter("Kính gửi:", 13...14)
        let colon = try letter.line("Kính gửi:").right
        let lines = try ["- Phòng Tài chính - Kế hoạch;", "- Phòng Nội vụ;", "- Ủy ban nhân dân phường Bến Nghé."]
            .map { try letter.line($0) }
        #expect(lines.allSatisfy { abs($0.x - colon) < 6 })
    }

    // MARK: Body

    @Test("body: 13 to 14, first line in by 1 or 1.27 cm, justified")
    func body() throws {
        // A line that is not stretched: poppler takes a stretched one for several.
        try expectLetter("Đề nghị các cơ quan, đơn vị nghiêm túc", 13...14)
        let first = try letter.line("Ủy ban nhân dân Quận 1 đề")
        let second = try letter.line(after: first)
        #expect([10, 12.7].contains { abs(first.x - second.x - $0 * millimetre) < 1 })
        #expect(abs(first.right - second.right) < 4)
    }

    @Test("between paragraphs: at least 6 points; between lines: single to 1.5")
    func spacing() throws {
        let first = try letter.line("Ủy ban nhân dân Quận 1 đề")
        let second = try letter.line(after: first)
        let pitch = second.top - first.top
        #expect((1...1.5).contains(pitch / first.size / 1.149))
        let last = try letter.line("Đề nghị các cơ quan")
        let before = try letter.line("- Gửi báo cáo")
        #expect(last.top - before.top >= pitch + 6 - 0.1)
    }

    @Test("grounds: 13 to 14, italic, each with a semicolon, the last with a full stop")
    func grounds() throws {
        try expectLetter("Căn cứ Kế hoạch số 04/KH-UBND;", 13...14, italic: true)
        try expectLetter("Xét đề nghị của Trưởng phòng Nội vụ.", 13...14, italic: true)
    }

    // MARK: End

    @Test("authority and office of the signer: capitals, 13 to 14, bold, each on its line")
    func authority() throws {
        for line in ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"] {
            try expectLetter(line, 13...14, bold: true)
        }
    }

    @Test("name of the signer: 13 to 14, bold, beneath room for the signature")
    func signer() throws {
        try expectLetter("Nguyễn Văn An", 13...14, bold: true)
        let (office, name) = try (letter.line("PHÓ CHỦ TỊCH"), letter.line("Nguyễn Văn An"))
        #expect(name.top - office.bottom > 45 && abs(name.centre - office.centre) < 1)
    }

    @Test("“Nơi nhận:”: 12, bold and italic, on the line of the signer's authority")
    func recipientsHead() throws {
        try expectLetter("Nơi nhận:", 12...12, bold: true, italic: true)
        #expect(try abs(letter.line("Nơi nhận:").top - letter.line("TM. ỦY BAN").top) < 3)
    }

    @Test("list of recipients: 11, upright, with dashes, “Lưu: VT” last")
    func recipients() throws {
        for line in ["- Như trên;", "- Thường trực Quận ủy;", "- Lưu: VT, NV."] { try expectLetter(line, 11...11) }
    }

    @Test("appendix: “Phụ lục” 14 bold, its title capitals 13 to 14 bold, what it belongs to italic")
    func appendix() throws {
        try expectReport("Phụ lục", 14...14, bold: true)
        try expectReport("TÌNH HÌNH GIẢI QUYẾT HỒ SƠ", 13...14, bold: true)
        try expectReport("(Kèm theo Báo cáo số 04/BC-UBND ngày 29 tháng 3 năm 2024)", 13...14, italic: true)
        try expectReport("(Biểu số 1)", 13...14, italic: true)
    }
}
