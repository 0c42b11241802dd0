import Spreadsheet
import Testing

@Suite struct CellReadingTests {
    @Test(
        "texts: shared, with runs and without how they are pronounced, in the cell, of a formula; true, false and errors"
    )
    func texts() throws {
        var workbook = HandWrittenWorkbook(
            cells: """
                <c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>Lê </t></is></c>
                <c t="inlineStr"><is><r><rPr><b/></rPr><t>Đoàn </t></r><r><t>Thị</t></r></is></c>
                <c t="str"><f>A1&amp;"x"</f><v>0123</v></c><c t="b"><v>1</v></c><c t="b"><v>0</v></c>
                <c><f>1+1</f><v>2</v></c><c t="n"><v>7</v></c>
                """)
        workbook.texts = """
            <sst count="9"><si><t xml:space="preserve"> Quận 1 </t></si>
            <si><r><t>Phường </t></r><r><rPr/><t>Bến Nghé</t></r><rPh sb="0" eb="1"><t>XX</t></rPh><phoneticPr/></si></sst>
            """
        #expect(
            try workbook.cells() == [
                " Quận 1 ", "Phường Bến Nghé", "Lê ", "Đoàn Thị", "0123", "TRUE", "FALSE", "2", "7",
            ])
    }

    @Test("an error is shown, and told with its place")
    func errors() throws {
        let workbook = HandWrittenWorkbook(
            rows: #"<row r="4"><c r="B4" t="e"><v>#N/A</v></c><c r="AB4" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>"#)
        let row = try #require(try workbook.rows().first)
        #expect(row.cells[1] == "#N/A")
        #expect(
            row.errors == [
                .init(column: 1, reference: "B4", shown: "#N/A"),
                .init(column: 27, reference: "AB4", shown: "#DIV/0!"),
            ])
    }

    @Test(
        "numbers are as they were typed",
        arguments: [
            ("0", "0"), ("12", "12"), ("1.0", "1"), ("-3", "-3"), ("-0", "0"), ("0.30000000000000004", "0.3"),
            ("8.4901234567E10", "84901234567"), ("79204012345.0", "79204012345"), ("079204012345", "79204012345"),
            ("1E-3", "0.001"), ("0.1", "0.1"), ("1234567.89", "1234567.89"), ("1.5E+2", "150"),
            ("2.5e15", "2500000000000000"),
            ("1E+20", "100000000000000000000"), ("-0.05", "-0.05"),
            ("1.2345678901234567E-7", "0.000000123456789012346"),
            ("99.999999999999986", "100"), ("1234567890123456.7", "1234567890123460"),
        ])
    func numbers(stored: String, text: String) throws {
        #expect(try HandWrittenWorkbook(cells: "<c><v>\(stored)</v></c>").cells() == [text])
    }

    @Test("a number of more digits than a spreadsheet keeps is told with its place")
    func longNumbers() throws {
        let row = try #require(
            try HandWrittenWorkbook(
                rows: #"<row r="2"><c r="A2"><v>240315000300012340</v></c><c r="B2"><v>123456789012345</v></c></row>"#
            ).rows().first)
        #expect(row.longNumbers.map(\.reference) == ["A2"])
        #expect(row.errors.isEmpty)
    }

    @Test("what is no number is damage", arguments: ["nan", "inf", "0x10", "1,5", "1e999", "--1", "1 2", "é"])
    func noNumbers(stored: String) {
        #expect(throws: SpreadsheetError.damaged(part: "Hồ sơ", row: 1, reason: "a number is none")) {
            try HandWrittenWorkbook(cells: "<c><v>\(stored)</v></c>").rows()
        }
    }

    @Test(
        "a format of zeros gives a code its leading zeros; other formats leave the number",
        arguments: [
            ("0000000000", "901234567", "0901234567"), ("\"0\"#########", "901234567", "0901234567"),
            (#"\0#"#, "5", "05"), ("000", "1234", "1234"), ("0", "5", "5"), ("0.00", "5", "5"),
            ("#,##0", "1234", "1234"),
            ("0%", "0.5", "0.5"), (#"0" ngày""#, "5", "5"), ("0000", "-5", "-5"), ("0000", "1.5", "1.5"),
            ("@", "7", "7"),
            ("[Red]0", "7", "7"), (#"_(* #,##0_);_(* \(#,##0\)"#, "7", "7"), (#""đ""#, "7", "7"),
        ])
    func codes(format: String, stored: String, text: String) throws {
        var workbook = HandWrittenWorkbook(cells: "<c s=\"1\"><v>\(stored)</v></c>")
        workbook.setFormats([format])
        #expect(try workbook.cells() == [text])
    }

    @Test("entities, CDATA, comments, prefixes, single quotes, line ends and escaped characters")
    func xml() throws {
        var workbook = HandWrittenWorkbook()
        workbook.sheet = """
            \u{FEFF}<?xml version='1.0'?><!-- a > b --><x:worksheet xmlns:x="m"><?pi <row> ?><x:sheetData>
            <x:row r='1'><x:c t='inlineStr'><x:is><x:t>a&amp;b &lt;&gt; &quot;&apos; &#225;&#xEA;&#x1F600;</x:t></x:is></x:c
            ><x:c t="inlineStr"><x:is><x:t><![CDATA[<c>&amp;]]>]<!-- no -->!</x:t></x:is></x:c>
            <x:c t="inlineStr" ><x:is ><x:t >a\r\nb\rc</x:t ></x:is></x:c>
            <x:c t="inlineStr"><x:is><x:t>a_x000D_b_x005F_x0041_ _x00G1_ _x_</x:t></x:is></x:c>
            <x:c x:t="e" t="inlineStr"><x:is><x:t/></x:is></x:c><x:c><x:v> </x:v><x:extLst><x:v>8</x:v></x:extLst></x:c>
            </x:row></x:sheetData></x:worksheet><!-- end -->

            """
        workbook.sheet = workbook.sheet.replacing("<x:v> </x:v>", with: "<x:v/>")
        #expect(
            try workbook.cells() == ["a&b <> \"' áê😀", "<c>&amp;]!", "a\nb\nc", "a\rb_x0041_ _x00G1_ _x_"])
    }

    @Test("parts in UTF-16 are read", arguments: [true, false])
    func utf16(isBig: Bool) throws {
        var workbook = HandWrittenWorkbook(cells: #"<c t="s"><v>0</v></c>"#)
        workbook.texts = ""
        workbook.relationships = workbook.relationships.replacing("/xl/sharedStrings.xml", with: "utf16.xml")
        let bytes = "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-16\"?><sst><si><t>Đẹp</t></si></sst>".utf16.flatMap {
            unit in
            isBig ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
        }
        workbook.others = [("xl/utf16.xml", bytes)]
        #expect(try workbook.cells() == ["Đẹp"])
    }
}
