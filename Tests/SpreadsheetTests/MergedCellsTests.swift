import Spreadsheet
import Testing

/// Cells that are merged, and formulas that nobody has computed.
@Suite struct MergedCellsTests {
    private func rows(_ rows: String, merges: [String], limits: ReadingLimits = ReadingLimits()) throws
        -> [SpreadsheetRow]
    {
        var book = HandWrittenWorkbook()
        let cells = merges.map { "<mergeCell ref=\"\($0)\"/>" }.joined()
        book.sheet = "<worksheet><sheetData>\(rows)</sheetData><mergeCells>\(cells)</mergeCells></worksheet>"
        return try XLSXReader(try book.bytes, limits: limits).rows(fillsMerged: true)
    }

    private func row(_ number: Int, _ cells: [String: String]) -> String {
        let texts = cells.sorted { $0.key < $1.key }.map { column, text in
            "<c r=\"\(column)\(number)\" t=\"str\"><v>\(text)</v></c>"
        }
        return "<row r=\"\(number)\">\(texts.joined())</row>"
    }

    @Test("what is merged over rows stands in each of them where it is asked for; what stands there stays")
    func fillsDown() throws {
        let sheet =
            row(1, ["A": "1", "B": "Hộ tịch"]) + row(2, ["A": "2"]) + row(4, ["A": "4", "B": "x"]) + row(5, ["A": "5"])
        #expect(
            try rows(sheet, merges: ["B1:B4"]).map(\.cells) == [
                ["1", "Hộ tịch"], ["2", "Hộ tịch"], ["4", "x"], ["5"],
            ])
        #expect(try rows(sheet, merges: ["A1:B1", "nonsense", "C1:C9"]).map(\.cells.count) == [2, 1, 2, 1])
        var book = HandWrittenWorkbook()
        book.sheet =
            "<worksheet><sheetData>\(sheet)</sheetData><mergeCells><mergeCell ref=\"B1:B4\"/></mergeCells></worksheet>"
        #expect(try book.rows().map(\.cells.count) == [2, 1, 2, 1])
    }

    @Test("merges that lie over each other end at the limit")
    func bounded() {
        var limits = ReadingLimits()
        limits.cells = 50
        let sheet = (1...20).map { row($0, ["A": "x"]) }.joined()
        #expect(throws: SpreadsheetError.self) {
            try rows(sheet, merges: [String](repeating: "A1:A20", count: 10), limits: limits)
        }
    }

    @Test("a formula without its value is told; one that gives an empty text is empty")
    func uncomputed() throws {
        let book = HandWrittenWorkbook(
            cells:
                #"<c r="A1"><f>B1</f><v></v></c><c r="B1"><f>C1</f></c><c r="C1" t="str"><f>A1</f><v></v></c><c r="D1"><f>1</f><v>1</v></c>"#
        )
        let row = try #require(try book.rows().first)
        #expect(row.uncomputed.map(\.reference) == ["A1", "B1"])
        #expect(row.cells == ["", "", "", "1"])
        // Also where nothing else stands in the row.
        #expect(try HandWrittenWorkbook(cells: "<c r=\"A1\"><f>B1</f></c>").rows().count == 1)
    }

    @Test("packed files, pictures and files of zeros are refused by name; XML spreadsheets before web pages")
    func formats() {
        #expect(TableFormat.of([0x1F, 0x8B, 8, 0]) == .refused(.packed("gzip")))
        #expect(TableFormat.of([0xFF, 0xD8, 0xFF, 0xE0]) == .refused(.otherFormat("a picture")))
        #expect(
            TableFormat.of([UInt8](repeating: 0, count: 64))
                == .refused(.notAWorkbook("it holds zeros only, it was not copied whole")))
        let xml = "<Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"><Worksheet><Table/>"
        #expect(TableFormat.of(Array(xml.utf8)) == .refused(.otherFormat("an XML spreadsheet of 2003")))
        #expect(TableFormat.of(Array("<html><table/>".utf8)) == .webPage)
    }
}
