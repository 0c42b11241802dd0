/// Reads values with commas, semicolons or tabs between (RFC 4180; tabs as Excel's “Unicode text” has them), strictly: what is cut off is an error, not a row.
struct CSVReader {
    /// A record, the line of the file on which it begins, and its text.
    struct Record {
        var line: Int
        var cells: [String]
        var raw: String
        /// What is wrong with it as it was read, in Vietnamese; nil = nothing.
        var fault: String?
    }

    /// All records of a text; the separator is the one that its first line has more of.
    /// - Throws: `OfficeError.cases` that names the line.
    static func records(_ text: String) throws(OfficeError) -> [Record] {
        let scalars = Array(text.unicodeScalars)
        let head = scalars.prefix { $0 != "\n" }
        let separators: [Unicode.Scalar] = [",", ";", "\t"]
        let counts = separators.map { separator in head.count(where: { $0 == separator }) }
        let most = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
        var reader = CSVReader(separator: separators[most])
        for scalar in scalars { reader.take(scalar) }
        return try reader.finished()
    }

    private let separator: Unicode.Scalar
    private var records: [Record] = []
    private var cells: [String] = []
    private var cell = String.UnicodeScalarView()
    private var raw = String.UnicodeScalarView()
    private var line = 1
    private var startLine = 1
    private var quoted = false
    private var afterQuote = false
    private var strayQuoteLine: Int?

    private init(separator: Unicode.Scalar) {
        self.separator = separator
    }

    private mutating func take(_ scalar: Unicode.Scalar) {
        if scalar == "\n" { line += 1 }
        if quoted {
            raw.append(scalar)
            if scalar == "\"" {
                quoted = false
                afterQuote = true
            } else {
                cell.append(scalar)
            }
            return
        }
        switch scalar {
        case "\"" where afterQuote:
            // A doubled quote inside quotes.
            raw.append(scalar)
            cell.append(scalar)
            quoted = true
            afterQuote = false
        case "\"" where cell.isEmpty:
            raw.append(scalar)
            quoted = true
        case separator:
            raw.append(scalar)
            endCell()
        case "\n":
            endRecord()
        case "\r":
            break
        default:
            if afterQuote || scalar == "\"" { strayQuoteLine = strayQuoteLine ?? line }
            raw.append(scalar)
            cell.append(scalar)
        }
    }

    private mutating func endCell() {
        cells.append(String(cell))
        cell = String.UnicodeScalarView()
        afterQuote = false
    }

    private mutating func endRecord() {
        endCell()
        if cells.contains(where: { !$0.isEmpty }) {
            records.append(Record(line: startLine, cells: cells, raw: String(raw)))
        }
        cells = []
        raw = String.UnicodeScalarView()
        startLine = line
    }

    private mutating func finished() throws(OfficeError) -> [Record] {
        if quoted {
            throw .cases(
                "the file ends inside the quotes that open on line \(startLine); it was cut off, nothing was imported")
        }
        if let strayQuoteLine {
            throw .cases("line \(strayQuoteLine) has a quote in the middle of a cell; nothing was imported")
        }
        if !raw.isEmpty || !cells.isEmpty { endRecord() }
        return records
    }
}
