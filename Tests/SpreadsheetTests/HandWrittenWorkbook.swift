import Spreadsheet
import ZipArchive

/// A workbook whose parts are written by hand.
struct HandWrittenWorkbook {
    var workbook = #"<workbook xmlns:r="r"><sheets><sheet name="Hồ sơ" sheetId="1" r:id="a"/></sheets></workbook>"#
    var relationships = """
        <Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/>
        <Relationship Id="s" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/>
        <Relationship Id="f" Type="x/styles" Target="styles.xml"/></Relationships>
        """
    var texts = "<sst/>"
    var styles = "<styleSheet/>"
    var sheet = "<worksheet/>"
    /// More files, by their names.
    var others: [(name: String, bytes: [UInt8])] = []

    /// A sheet of these rows.
    init(rows: String = "") { sheet = "<worksheet><sheetData>\(rows)</sheetData></worksheet>" }

    /// A sheet of one row with these cells.
    init(cells: String) { self.init(rows: "<row r=\"1\">\(cells)</row>") }

    var bytes: [UInt8] {
        get throws {
            let parts = [
                (
                    "_rels/.rels",
                    #"<Relationships><Relationship Id="w" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
                ("xl/workbook.xml", workbook), ("xl/_rels/workbook.xml.rels", relationships),
                ("xl/sharedStrings.xml", texts), ("xl/styles.xml", styles), ("xl/worksheets/sheet1.xml", sheet),
            ]
            return try ZipWriter.archive(parts.map { ($0.0, Array($0.1.utf8)) } + others)
        }
    }

    /// The rows of the first sheet.
    func rows(_ limits: ReadingLimits = ReadingLimits()) throws -> [SpreadsheetRow] {
        try XLSXReader(try bytes, limits: limits).rows()
    }

    /// The cells of the first row.
    func cells() throws -> [String] { try rows().first?.cells ?? [] }

    /// Formats by their codes, from index 1 on: 0 is none.
    mutating func setFormats(_ codes: [String]) {
        let definitions = codes.enumerated().map { index, code in
            let escaped = code.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
            return #"<numFmt numFmtId="\#(164 + index)" formatCode="\#(escaped)"/>"#
        }
        let uses = codes.indices.map { #"<xf numFmtId="\#(164 + $0)"/>"# }
        styles = """
            <styleSheet><numFmts>\(definitions.joined())</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
            <cellXfs><xf numFmtId="0"/>\(uses.joined())</cellXfs></styleSheet>
            """
    }
}
