import ZipArchive

/// A workbook one of whose parts is the input: in a changed zip file the checksum alone would be refused.
enum WorkbookInput {
    private static let parts: [(name: String, text: String)] = [
        (
            "_rels/.rels",
            #"<Relationships><Relationship Id="w" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        ),
        (
            "xl/_rels/workbook.xml.rels",
            #"<Relationships><Relationship Id="a" Type="x/worksheet" Target="sheet.xml"/><Relationship Id="s" "#
                + #"Type="x/sharedStrings" Target="texts.xml"/><Relationship Id="f" Type="x/styles" Target="styles.xml"/>"#
                + "</Relationships>"
        ),
        ("xl/workbook.xml", #"<workbook xmlns:r="r"><sheets><sheet name="a" r:id="a"/></sheets></workbook>"#),
        ("xl/texts.xml", "<sst><si><t>a</t></si></sst>"),
        (
            "xl/styles.xml",
            #"<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="46"/></cellXfs></styleSheet>"#
        ),
        (
            "xl/sheet.xml",
            #"<worksheet><sheetData><row><c t="s"><v>0</v></c><c s="1"><v>9</v></c></row></sheetData></worksheet>"#
        ),
    ]

    /// The file. Which part the input is, it says itself.
    static func file(with input: [UInt8]) throws -> [UInt8] {
        let text = String(decoding: input, as: UTF8.self)
        let name =
            if text.contains("<sst") {
                "xl/texts.xml"
            } else if text.contains("<styleSheet") {
                "xl/styles.xml"
            } else if text.contains("<workbook") {
                "xl/workbook.xml"
            } else {
                "xl/sheet.xml"
            }
        return try ZipWriter.archive(parts.map { ($0.name, $0.name == name ? input : Array($0.text.utf8)) })
    }
}
