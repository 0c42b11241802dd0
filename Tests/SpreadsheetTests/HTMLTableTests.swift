import Spreadsheet
import Testing

@Suite struct HTMLTableTests {
    @Test("cells, lines in them, references, merged cells, and what is no text of the page")
    func cells() throws {
        let page = """
            <!DOCTYPE html><html><head><style>td > b { color: red }</style><script>if (a<b) x = "<td>";</script></head>
            <body><!-- <table><tr><td>no</td></tr></table> --><p>Tiêu đề</p>
            <TABLE border='1'><caption>Tên</caption><tr><th rowspan="2" title="a>b">STT</th><th colspan=2>Ngày</th><th rowspan=2>Ai</th></tr>
            <tr><th>nhận<th>trả</tr>
            <tr><td>1</td><td>&nbsp;13/03/2024&#160;</td><td></td><td><b>L&acirc;m</b> &amp; <i>B&#x1EA3;o</i><br>AT&T &khong;</td></tr>
            <tr><td> </td></tr><tr><td>
              2 </td></tr></TABLE></body></html>
            """
        let tables = try HTMLTableReader.tables(in: page)
        #expect(tables.count == 1)
        let table = try #require(tables.first)
        #expect(table.map(\.number) == [1, 2, 3, 5])
        #expect(table[0].cells == ["STT", "Ngày", "", "Ai"])
        #expect(table[1].cells == ["", "nhận", "trả"])
        #expect(table[2].cells == ["1", "13/03/2024", "", "Lâm & Bảo\nAT&T &khong;"])
        #expect(table[3].cells == ["2"])
    }

    @Test("what is merged over rows stands in each of them where it is asked for, also behind their last cell")
    func fillsDown() throws {
        let page = """
            <table><tr><td>1</td><td rowspan=3>Hộ tịch</td><td colspan=2 rowspan=2>An</td><td rowspan=4>UBND</td></tr>
            <tr><td>2</td></tr><tr></tr><tr><td>4</td><td>Đất đai</td></tr><tr><td>5</td></tr></table>
            """
        let tables = try HTMLTableReader.tables(in: page, fillsMerged: true)
        #expect(
            tables.first?.map(\.cells) == [
                ["1", "Hộ tịch", "An", "", "UBND"], ["2", "Hộ tịch", "An", "", "UBND"],
                ["4", "Đất đai", "", "", "UBND"], ["5"],
            ])
        #expect(try HTMLTableReader.tables(in: page).first?.map(\.cells.count) == [5, 1, 2, 1])
    }

    @Test("a table within a cell is one of its own")
    func nested() throws {
        let tables = try HTMLTableReader.tables(
            in: "<table><tr><td>a<table><tr><td>b</td></tr></table>c</td><td>d</td></tr></table>")
        #expect(tables.map { $0.map(\.cells) } == [[["ac", "d"]], [["b"]]])
    }

    @Test("a page that ends within its table was cut off")
    func cutOff() {
        #expect(throws: SpreadsheetError.self) { try HTMLTableReader.tables(in: "<table><tr><td>a</td></tr><tr><td>b") }
    }

    @Test("a page that has no end to its cells is refused, and takes no memory for it")
    func bounds() {
        var limits = ReadingLimits()
        limits.columns = 100
        limits.rows = 3
        let cell = "<td colspan=1000>a</td>"
        #expect(throws: SpreadsheetError.self) {
            try HTMLTableReader.tables(in: "<table><tr>\(cell)</tr></table>", limits: limits)
        }
        let rows = String(repeating: "<tr><td>a</td></tr>", count: 4)
        #expect(throws: SpreadsheetError.self) {
            try HTMLTableReader.tables(in: "<table>\(rows)</table>", limits: limits)
        }
    }

    @Test("what a file is tell its first bytes")
    func formats() {
        func format(_ text: String) -> TableFormat { .of(Array(text.utf8)) }
        #expect(format("a;b") == .text)
        #expect(format("PK\u{3}\u{4}") == .workbook)
        #expect(format("\u{FEFF}\n<HTML xmlns:x=\"urn:schemas-microsoft-com:office:excel\">") == .webPage)
        #expect(TableFormat.of("<table>".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }) == .webPage)
        for other in [
            "%PDF-1.4", "{\\rtf1", "MIME-Version: 1.0\nContent-Type: multipart/related", "<?mso-application?>",
        ] {
            guard case .refused = format(other) else {
                Issue.record("\(other)")
                continue
            }
        }
    }
}
