/// The sheet behind a chart: Word opens it when somebody edits the chart's figures.
struct WordWorkbook {
    /// The names of the series, above their columns.
    let names: [String]
    /// The labels of the rows, and one value for each series.
    let rows: [(label: String, values: [Double?])]

    /// The column of a series: `B` for the first.
    static func column(_ series: Int) -> String { String(UnicodeScalar(UInt8(66 + series % 25))) }

    /// The parts of the workbook.
    var files: [(name: String, bytes: [UInt8])] {
        let types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        let parts = [
            (
                "[Content_Types].xml",
                #"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#
                    + #"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#
                    + #"<Default Extension="xml" ContentType="application/xml"/>"#
                    + #"<Override PartName="/xl/workbook.xml" ContentType="\#(types).sheet.main+xml"/>"#
                    + #"<Override PartName="/xl/worksheets/sheet1.xml" ContentType="\#(types).worksheet+xml"/></Types>"#
            ),
            ("_rels/.rels", WordPackage.relations([("rId1", "officeDocument", "xl/workbook.xml")])),
            (
                "xl/workbook.xml",
                #"<workbook xmlns="\#(main)" xmlns:r="\#(WordPackage.relationships)"><sheets>"#
                    + #"<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            ),
            (
                "xl/_rels/workbook.xml.rels",
                WordPackage.relations([("rId1", "worksheet", "worksheets/sheet1.xml")])
            ),
            ("xl/worksheets/sheet1.xml", #"<worksheet xmlns="\#(main)"><sheetData>\#(sheet)</sheetData></worksheet>"#),
        ]
        return parts.map { name, text in
            (name, Array((text.hasPrefix("<?xml") ? text : WordXML.head + text).utf8))
        }
    }

    private var sheet: String {
        func text(_ place: String, _ text: String) -> String {
            #"<c r="\#(place)" t="inlineStr"><is><t>\#(WordXML.escaped(text))</t></is></c>"#
        }
        let head = names.enumerated().map { text("\(Self.column($0))1", $1) }.joined()
        let body = rows.enumerated().map { index, row in
            let values = row.values.enumerated().map { series, value in
                value.map { #"<c r="\#(Self.column(series))\#(index + 2)"><v>\#($0)</v></c>"# } ?? ""
            }
            return #"<row r="\#(index + 2)">\#(text("A\(index + 2)", row.label))\#(values.joined())</row>"#
        }
        return #"<row r="1">\#(head)</row>\#(body.joined())"#
    }
}
