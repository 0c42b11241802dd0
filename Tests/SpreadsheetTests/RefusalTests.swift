import Foundation
import Spreadsheet
import Testing
import ZipArchive

@Suite struct RefusalTests {
    /// A compound file with one entry of its directory.
    private static func compound(_ entry: String) -> [UInt8] {
        var file = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + [UInt8](repeating: 0, count: 2_040)
        for (index, unit) in entry.utf16.enumerated() { file[1_024 + 128 + 2 * index] = UInt8(unit) }
        return file
    }

    @Test("what is no workbook is refused by the name of what it is")
    func others() throws {
        let cases: [([UInt8], SpreadsheetError)] = [
            (Self.compound("EncryptedPackage"), .protected),
            (Self.compound("Workbook"), .otherFormat("an old .xls workbook")),
            (Self.compound("Book"), .otherFormat("an old .xls workbook")),
            (Self.compound("WordDocument"), .notAWorkbook("it is another kind of office file")),
            ([0x09, 0x08, 0x10, 0, 0, 6], .otherFormat("an old .xls workbook")),
            ([], .notAWorkbook("it is empty")), (Array("ma_ho_so;ten".utf8), .notAWorkbook("it does not begin as one")),
            (Array("<html><table>".utf8), .otherFormat("a web page under the name of a workbook")),
            (try ZipWriter.archive([("a.txt", [65])]), .notAWorkbook("it is a zip file of other things")),
            (
                try ZipWriter.archive([("mimetype", Array("application/vnd.oasis.opendocument.spreadsheet".utf8))]),
                .otherFormat("an OpenDocument file")
            ),
        ]
        for (file, refusal) in cases { #expect(throws: refusal) { _ = try XLSXReader(file) } }
        #expect(throws: SpreadsheetError.self) { _ = try XLSXReader(Array("PK and no zip file".utf8)) }
    }

    @Test("a document of text is no workbook; a binary workbook is another format")
    func relatives() throws {
        var word = HandWrittenWorkbook()
        word.workbook = "<w:document/>"
        #expect(
            throws: SpreadsheetError.damaged(
                part: "xl/workbook.xml", row: nil, reason: "it is another kind of document")
        ) { _ = try XLSXReader(try word.bytes) }
        let relationships =
            #"<Relationships><Relationship Id="w" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>"#
        #expect(throws: SpreadsheetError.otherFormat("a binary .xlsb workbook")) {
            _ = try XLSXReader(try ZipWriter.archive([("_rels/.rels", Array(relationships.utf8))]))
        }
    }

    @Test(
        "damage is told with the sheet and the row",
        arguments: [
            (#"<c t="s"><v>0</v></c>"#, "a cell refers to a text that is not there"),
            (#"<c t="s"><v>-1</v></c>"#, "a cell refers to a text that is not there"),
            (#"<c r="A8"><v>0</v></c>"#, "a cell of row 8 stands in it"), (#"<c r="7"/>"#, "a cell has no place"),
            (#"<c r="A7"><v>1</v></c><c r="A7"><v>1</v></c>"#, "a cell stands twice"),
            ("<c></row>", "an end tag does not fit its start tag"),
            (#"<c s="x"/>"#, "an attribute is no number"),
            ("<c><v>&bomb;</v></c>", "it has an entity that XML does not know"),
            ("<c><v>&#0;</v></c>", "it has a character that XML does not allow"), ("<c><v>&amp", "an entity is broken"),
            ("<c", "a tag is broken"), ("<c><!-- ", "its XML ends in the middle"), ("<c r=\"<\"/>", "a tag is broken"),
            ("<c><v>\u{1}</v></c>", "it has a character that XML does not allow"), ("<c r=A7/>", "a tag is broken"),
            (#"</row><row r="7">"#, "row 7 stands after row 7"), (#"</row><row r="6">"#, "row 6 stands after row 7"),
        ])
    func damage(cells: String, reason: String) {
        let row = cells.contains("row r=\"6\"") ? 6 : 7
        #expect(throws: SpreadsheetError.damaged(part: "Hồ sơ", row: row, reason: reason)) {
            try HandWrittenWorkbook(rows: "<row r=\"7\">\(cells)</row>").rows()
        }
    }

    @Test("a sheet that is cut off is refused, and so is text that is not UTF-8")
    func cutOff() throws {
        var workbook = HandWrittenWorkbook(cells: "<c><v>1</v></c>")
        let whole = workbook.sheet
        for length in 1..<whole.count {
            workbook.sheet = String(whole.prefix(length))
            #expect(throws: SpreadsheetError.self, "\(workbook.sheet)") { try workbook.rows() }
        }
        workbook.sheet = whole + "<more/>"
        #expect(throws: SpreadsheetError.self) { try workbook.rows() }
        workbook.relationships = workbook.relationships.replacing("/xl/sharedStrings.xml", with: "t.xml")
        workbook.others = [("xl/t.xml", Array("<sst><si><t>".utf8) + [0xC3, 0x28] + Array("</t></si></sst>".utf8))]
        #expect(throws: SpreadsheetError.damaged(part: "xl/t.xml", row: nil, reason: "a text is not UTF-8")) {
            try workbook.rows()
        }
    }

    @Test("a document type definition is refused: its entities grow without bounds and read files")
    func definitions() throws {
        var workbook = HandWrittenWorkbook()
        workbook.sheet = #"<!DOCTYPE w [<!ENTITY f SYSTEM "file:///etc/passwd">]>"# + workbook.sheet
        let refusal = SpreadsheetError.damaged(
            part: "Hồ sơ", row: nil, reason: "it has a document type definition, which no workbook has")
        #expect(throws: refusal) { try workbook.rows() }
    }

    @Test("more bytes, rows, columns, cells, texts or depth than the limits are refused")
    func limits() throws {
        var limits = ReadingLimits()
        limits.unpackedBytes = 1_000
        let long = HandWrittenWorkbook(rows: String(repeating: "<row/>", count: 200))
        #expect(throws: SpreadsheetError.tooLarge("“xl/worksheets/sheet1.xml” unpacks to more than 1000 bytes")) {
            try long.rows(limits)
        }
        #expect(throws: SpreadsheetError.tooLarge("“Hồ sơ”: more than 1048576 rows")) {
            try HandWrittenWorkbook(rows: #"<row r="1048577"/>"#).rows()
        }
        #expect(throws: SpreadsheetError.tooLarge("“Hồ sơ”: more than 16384 columns")) {
            try HandWrittenWorkbook(rows: #"<row r="1"><c r="XFE1"/></row>"#).rows()
        }
        limits = ReadingLimits()
        limits.cells = 30_000
        #expect(throws: SpreadsheetError.tooLarge("“Hồ sơ”: more than 30000 cells")) {
            try HandWrittenWorkbook(
                rows: String(repeating: #"<row><c r="XFD1"><v>1</v></c></row>"#, count: 1)
                    + #"<row><c r="XFD2"><v>1</v></c></row>"#
            ).rows(limits)
        }
        var many = HandWrittenWorkbook()
        many.texts = "<sst>\(String(repeating: "<si/>", count: 30_001))</sst>"
        #expect(throws: SpreadsheetError.tooLarge("“xl/sharedStrings.xml”: more than 30000 texts")) {
            try many.rows(limits)
        }
        #expect(throws: SpreadsheetError.damaged(part: "Hồ sơ", row: 1, reason: "its XML is nested too deep")) {
            try HandWrittenWorkbook(cells: String(repeating: "<a>", count: 200)).rows()
        }
    }

    @Test("errors are whole sentences that say what to do")
    func descriptions() {
        #expect(
            SpreadsheetError.protected.description
                == "the workbook is protected by a password; save it without one and send it again")
        #expect(
            SpreadsheetError.damaged(part: "Hồ sơ", row: 7, reason: "a number is none").description
                == "the workbook is damaged, sheet “Hồ sơ”, row 7: a number is none; open it, save it again as .xlsx")
    }
}
