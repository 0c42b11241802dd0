import ZipArchive

/// Reads the text of a Word document (`.docx`): its paragraphs, and its tables by rows and cells (ECMA-376 part 1, 17.3 and
/// 17.4). What was deleted under tracked changes is left out, and what was inserted is there.
public struct WordReader {
    /// A part of a document's body.
    public enum Part: Sendable, Equatable {
        /// A paragraph; a point of a list begins with `- `.
        case paragraph(String)
        /// A table: the cells of its rows; the paragraphs of a cell stand on lines of their own.
        case table([[String]])
    }

    /// The parts of a document's body, in their order.
    /// - Throws: `SpreadsheetError` where it is no Word document, damaged, or larger than the limits.
    public static func parts(
        of file: [UInt8], limits: ReadingLimits = ReadingLimits()
    ) throws(SpreadsheetError) -> [Part] {
        let path = "word/document.xml"
        guard !file.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
            throw .notADocument("it is an old .doc, or it has a password; save it as .docx without one")
        }
        let document: [UInt8]?
        do throws(ZipError) {
            document = try ZipReader(file).read(path, limit: limits.unpackedBytes)
        } catch {
            throw .notADocument(error.description)
        }
        guard let document else { throw .notADocument("it is a zip file of other things") }
        do throws(PartFault) {
            var reader = WordReader(limits)
            return try reader.body(document)
        } catch {
            switch error {
            case .damaged(let reason): throw .notADocument("it is damaged, “\(path)”: \(reason)")
            case .tooLarge(let reason): throw .notADocument("it is too large: \(reason)")
            }
        }
    }

    private let limits: ReadingLimits
    private var cells = 0
    private var content: [UInt8] = []

    private init(_ limits: ReadingLimits) { self.limits = limits }

    private mutating func body(_ part: [UInt8]) throws(PartFault) -> [Part] {
        var scanner = try XMLScanner(part)
        var parts: [Part] = []
        try scanner.enterRoot()
        while try scanner.enterChild() {
            if scanner.isNamed("body") { try blocks(&scanner, &parts) } else { try scanner.skip() }
        }
        try scanner.finish()
        return parts
    }

    /// Leaves an element that holds paragraphs and tables.
    private mutating func blocks(_ scanner: inout XMLScanner, _ parts: inout [Part]) throws(PartFault) {
        while try scanner.enterChild() {
            if scanner.isNamed("p") {
                parts.append(.paragraph(try paragraph(&scanner)))
            } else if scanner.isNamed("tbl") {
                parts.append(.table(try table(&scanner)))
            } else if Self.isWrapper(scanner) {
                try blocks(&scanner, &parts)
            } else {
                try scanner.skip()
            }
        }
    }

    /// What stands around content without being any: content controls, custom XML, insertions under tracked changes.
    private static func isWrapper(_ scanner: XMLScanner) -> Bool {
        scanner.isNamed("sdt") || scanner.isNamed("sdtContent") || scanner.isNamed("customXml")
            || scanner.isNamed("ins")
            || scanner.isNamed("smartTag") || scanner.isNamed("hyperlink") || scanner.isNamed("moveTo")
    }

    private mutating func table(_ scanner: inout XMLScanner) throws(PartFault) -> [[String]] {
        var rows: [[String]] = []
        try rowsOf(&scanner, &rows)
        return rows
    }

    private mutating func rowsOf(_ scanner: inout XMLScanner, _ rows: inout [[String]]) throws(PartFault) {
        while try scanner.enterChild() {
            if scanner.isNamed("tr") {
                guard rows.count < limits.rows else { throw .tooLarge("more than \(limits.rows) rows") }
                var row: [String] = []
                try cellsOf(&scanner, &row)
                rows.append(row)
            } else if Self.isWrapper(scanner) {
                try rowsOf(&scanner, &rows)
            } else {
                try scanner.skip()
            }
        }
    }

    private mutating func cellsOf(_ scanner: inout XMLScanner, _ row: inout [String]) throws(PartFault) {
        while try scanner.enterChild() {
            if scanner.isNamed("tc") {
                try cell(&scanner, &row)
            } else if Self.isWrapper(scanner) {
                try cellsOf(&scanner, &row)
            } else {
                try scanner.skip()
            }
        }
    }

    /// Leaves a cell. One that goes over several columns is followed by empty ones.
    private mutating func cell(_ scanner: inout XMLScanner, _ row: inout [String]) throws(PartFault) {
        var lines: [String] = []
        var span = 1
        try cellBlocks(&scanner, &lines, &span)
        cells += span
        guard cells <= limits.cells, row.count + span <= limits.columns else {
            throw .tooLarge("more than \(limits.cells) cells, or \(limits.columns) columns")
        }
        row.append(lines.filter { !$0.isEmpty }.joined(separator: "\n"))
        row += [String](repeating: "", count: span - 1)
    }

    private mutating func cellBlocks(
        _ scanner: inout XMLScanner, _ lines: inout [String], _ span: inout Int
    ) throws(PartFault) {
        while try scanner.enterChild() {
            if scanner.isNamed("p") {
                lines.append(try paragraph(&scanner))
            } else if scanner.isNamed("tcPr") {
                while try scanner.enterChild() {
                    if scanner.isNamed("gridSpan"),
                        let count = try scanner.attributeText("val", hasPrefix: true).flatMap(Int.init)
                    {
                        span = max(1, min(count, limits.columns))
                    }
                    try scanner.skip()
                }
            } else if scanner.isNamed("tbl") {
                lines += try table(&scanner).flatMap { $0 }
            } else if Self.isWrapper(scanner) {
                try cellBlocks(&scanner, &lines, &span)
            } else {
                try scanner.skip()
            }
        }
    }

    // MARK: Paragraphs

    private mutating func paragraph(_ scanner: inout XMLScanner) throws(PartFault) -> String {
        content.removeAll(keepingCapacity: true)
        var isPoint = false
        try runs(&scanner, &isPoint)
        let text = try XMLScanner.string(content)
        return isPoint && !text.isEmpty ? "- " + text : text
    }

    private mutating func runs(_ scanner: inout XMLScanner, _ isPoint: inout Bool) throws(PartFault) {
        while try scanner.enterChild() {
            if scanner.isNamed("t") {
                try scanner.text(into: &content)
            } else if scanner.isNamed("tab") {
                content.append(UInt8(ascii: " "))
                try scanner.skip()
            } else if scanner.isNamed("br") || scanner.isNamed("cr") {
                content.append(UInt8(ascii: "\n"))
                try scanner.skip()
            } else if scanner.isNamed("noBreakHyphen") {
                content.append(UInt8(ascii: "-"))
                try scanner.skip()
            } else if scanner.isNamed("pPr") {
                while try scanner.enterChild() {
                    if scanner.isNamed("numPr") { isPoint = true }
                    try scanner.skip()
                }
            } else if scanner.isNamed("r") || Self.isWrapper(scanner) {
                try runs(&scanner, &isPoint)
            } else {
                try scanner.skip()
            }
        }
    }
}
