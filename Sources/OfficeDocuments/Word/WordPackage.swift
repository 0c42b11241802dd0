import ZipArchive

/// The files that make a Word document, and how they hang together (ECMA-376, part 2).
struct WordPackage {
    static let main = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    static let relationships = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let packageRelationships = "http://schemas.openxmlformats.org/package/2006/relationships"
    private static let word = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    /// The header's id in the document's relationships.
    static let headerID = "rIdHeader"

    private let document: OfficialDocument
    private var files: [(name: String, bytes: [UInt8])] = []

    init(_ document: OfficialDocument) { self.document = document }

    private mutating func add(_ name: String, _ text: String) { files.append((name, Array(text.utf8))) }

    /// Adds all parts.
    mutating func add(_ content: String, charts: [WordChart], styles: String) {
        add("[Content_Types].xml", contentTypes(charts))
        add(
            "_rels/.rels",
            Self.relations([
                ("rId1", "officeDocument", "word/document.xml"),
                ("rId2", "metadata/core-properties", "docProps/core.xml"),
            ]))
        add("docProps/core.xml", core)
        add("word/document.xml", content)
        add("word/styles.xml", styles)
        add("word/settings.xml", Self.settings)
        add("word/header1.xml", Self.header)
        add(
            "word/_rels/document.xml.rels",
            Self.relations(
                [
                    ("rIdStyles", "styles", "styles.xml"), ("rIdSettings", "settings", "settings.xml"),
                    (Self.headerID, "header", "header1.xml"),
                ] + charts.map { ($0.id, "chart", "charts/\($0.name).xml") }))
        for chart in charts {
            add("word/charts/\(chart.name).xml", chart.xml)
            add(
                "word/charts/_rels/\(chart.name).xml.rels",
                Self.relations([("rId1", "package", "../embeddings/\(chart.name).xlsx")]))
            workbooks.append((name: "word/embeddings/\(chart.name).xlsx", sheet: chart.workbook))
        }
    }

    private var workbooks: [(name: String, sheet: WordWorkbook)] = []

    /// The document.
    /// - Throws: `DocumentError.notPacked`.
    func packed() throws(DocumentError) -> [UInt8] {
        do {
            var files = files
            for workbook in workbooks {
                files.append((workbook.name, try ZipWriter.archive(workbook.sheet.files)))
            }
            return try ZipWriter.archive(files)
        } catch {
            throw .notPacked("\(error)")
        }
    }

    /// The parts of a relationships file.
    static func relations(_ parts: [(id: String, type: String, target: String)]) -> String {
        let lines = parts.map { part in
            // The core properties are the package's own relation.
            let space = part.type.hasPrefix("metadata/") ? packageRelationships : relationships
            return #"<Relationship Id="\#(part.id)" Type="\#(space)/\#(part.type)" Target="\#(part.target)"/>"#
        }
        return WordXML.head + #"<Relationships xmlns="\#(packageRelationships)">\#(lines.joined())</Relationships>"#
    }

    // MARK: Parts

    private func contentTypes(_ charts: [WordChart]) -> String {
        let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        let chart = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
        var parts = [
            ("/word/document.xml", "\(Self.word).document.main+xml"), ("/word/styles.xml", "\(Self.word).styles+xml"),
            ("/word/settings.xml", "\(Self.word).settings+xml"), ("/word/header1.xml", "\(Self.word).header+xml"),
            ("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
        ]
        parts += charts.map { ("/word/charts/\($0.name).xml", chart) }
        let overrides = parts.map { #"<Override PartName="\#($0.0)" ContentType="\#($0.1)"/>"# }.joined()
        return WordXML.head + #"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">"#
            + #"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#
            + #"<Default Extension="xml" ContentType="application/xml"/>"#
            + #"<Default Extension="xlsx" ContentType="\#(sheet)"/>\#(overrides)</Types>"#
    }

    private var core: String {
        let author = WordXML.escaped(document.agency.split(separator: "\n").joined(separator: " "))
        // The document's own day, not the clock's: the same document is the same bytes.
        let day = document.date.timestamp.prefix(10) + "T00:00:00Z"
        func moment(_ name: String) -> String {
            #"<dcterms:\#(name) xsi:type="dcterms:W3CDTF">\#(day)</dcterms:\#(name)>"#
        }
        return WordXML.head
            + #"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties""#
            + #" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/""#
            + #" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>\#(WordXML.escaped(document.title))</dc:title>"#
            + "<dc:creator>\(author)</dc:creator><cp:lastModifiedBy>\(author)</cp:lastModifiedBy>"
            + moment("created") + moment("modified") + "<dc:language>vi-VN</dc:language></cp:coreProperties>"
    }

    private static let settings =
        WordXML.head + #"<w:settings xmlns:w="\#(main)"><w:zoom w:percent="100"/><w:defaultTabStop w:val="567"/>"#
        + #"<w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting w:name="compatibilityMode""#
        + #" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="vi-VN"/>"#
        + #"<w:decimalSymbol w:val=","/><w:listSeparator w:val=";"/></w:settings>"#

    private static let header =
        WordXML.head + #"<w:hdr xmlns:w="\#(main)">"#
        + WordXML.paragraph(.pageNumber, content: WordXML.field("PAGE", shown: Run("2"))) + "</w:hdr>"
}
