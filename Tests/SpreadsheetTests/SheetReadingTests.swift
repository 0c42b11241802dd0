import Foundation
import Spreadsheet
import Testing

@Suite struct SheetReadingTests {
    private static func three(_ states: [String]) -> HandWrittenWorkbook {
        var workbook = HandWrittenWorkbook()
        let names = ["Bìa", "Số liệu", "Ẩn"]
        let sheets = names.indices.map {
            #"<sheet name="\#(names[$0])" sheetId="\#($0 + 1)" state="\#(states[$0])" q:id="\#($0)"/>"#
        }
        workbook.workbook = "<workbook xmlns:q=\"r\"><sheets>\(sheets.joined())</sheets></workbook>"
        let parts = names.indices.map {
            #"<Relationship Id="\#($0)" Type="t/worksheet" Target="../xl/./W\#($0).xml"/>"#
        }
        workbook.relationships = "<Relationships>\(parts.joined())</Relationships>"
        workbook.others = names.indices.map { index in
            (
                "xl\\w\(index).XML",
                Array("<worksheet><sheetData><row><c><v>\(index)</v></c></row></sheetData></worksheet>".utf8)
            )
        }
        return workbook
    }

    @Test("the first visible sheet is read, or the one that is named")
    func choice() throws {
        let reader = try XLSXReader(try Self.three(["veryHidden", "visible", "hidden"]).bytes)
        #expect(reader.sheets.map(\.name) == ["Bìa", "Số liệu", "Ẩn"])
        #expect(reader.sheets.map(\.isHidden) == [true, false, true])
        #expect(try reader.rows().map(\.cells) == [["1"]])
        #expect(try reader.rows(of: "Ẩn").map(\.cells) == [["2"]])
        #expect(try reader.rows(of: "Số liệu".decomposedStringWithCanonicalMapping).map(\.cells) == [["1"]])
    }

    @Test("a sheet that is not there is refused with those that are")
    func missing() throws {
        let reader = try XLSXReader(try Self.three(["hidden", "hidden", "hidden"]).bytes)
        let there = ["Bìa", "Số liệu", "Ẩn"]
        #expect(throws: SpreadsheetError.noSheet(name: "Khác", there: there)) { try reader.rows(of: "Khác") }
        #expect(throws: SpreadsheetError.noSheet(name: nil, there: there)) { try reader.rows() }
    }

    @Test("a sheet of a chart is none of cells")
    func chart() throws {
        var workbook = Self.three(["visible", "visible", "visible"])
        workbook.relationships = workbook.relationships.replacing(
            "t/worksheet\" Target=\"../xl/./W0", with: "t/chartsheet\" Target=\"W0")
        #expect(try workbook.cells() == ["1"])
    }

    @Test("cells and rows stand where they say, or next to the one before; what is empty is left out")
    func places() throws {
        let workbook = HandWrittenWorkbook(
            rows: """
                <row r="2"><c r="C2"><v>1</v></c><c><v>2</v></c><c r="G2" s="4"/><c><v>3</v></c><c r="XFD2"/></row>
                <row/><row><c r="A4"/><c><v>4</v></c></row><row r="9" hidden="1"><c r="A9"><v>9</v></c></row>
                <row><c r="$B$12"><v>5</v></c></row><row r="13"><c r="D13"><v>6</v></c><c r="A13"><v>7</v></c></row>
                <row r="20"><c t="inlineStr"><is><t> </t></is></c></row><row r="21"><c s="1"/></row>
                """)
        #expect(
            try workbook.rows() == [
                .init(number: 2, cells: ["", "", "1", "2", "", "", "", "3"]), .init(number: 4, cells: ["", "4"]),
                .init(number: 9, cells: ["9"]), .init(number: 12, cells: ["", "5"]),
                .init(number: 13, cells: ["7", "", "", "6"]),
            ])
    }

    @Test("progress is told each thousand rows, of how many where the sheet says so, and at the end")
    func progress() throws {
        var workbook = HandWrittenWorkbook(
            rows: (1...2_500).map { "<row r=\"\($0)\"><c><v>\($0)</v></c></row>" }.joined())
        workbook.sheet = workbook.sheet.replacing("<sheetData>", with: #"<dimension ref="A1:A2500"/><sheetData>"#)
        var told: [String] = []
        let note = { (rows: Int, total: Int?) in told.append("\(rows) of \(total ?? -1)") }
        #expect(try XLSXReader(try workbook.bytes).rows(progress: note).count == 2_500)
        #expect(told == ["1000 of 2500", "2000 of 2500", "2500 of 2500"])
        workbook.sheet = workbook.sheet.replacing("A1:A2500", with: "A1")
        told = []
        _ = try XLSXReader(try workbook.bytes).rows(progress: note)
        #expect(told == ["1000 of -1", "2000 of -1", "2500 of 2500"])
    }

    @Test("who wants no more rows gets none, and what follows is not looked at")
    func enough() throws {
        let workbook = HandWrittenWorkbook(rows: "<row><c><v>1</v></c></row><row><c><v>2</v></c></row><broken")
        var seen: [Int] = []
        try XLSXReader(try workbook.bytes).forEachRow { row in
            seen.append(row.number)
            return seen.count < 2
        }
        #expect(seen == [1, 2])
    }
}
