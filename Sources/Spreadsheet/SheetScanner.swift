/// Reads the rows of one sheet (ECMA-376 part 1, 18.3.1).
struct SheetScanner {
    /// What the sheet's cells refer to.
    struct Context {
        var texts: [String] = []
        var styles = CellStyles()
        var dates = SerialDate(from1904: false)
        var limits = ReadingLimits()
    }

    private let context: Context
    private var scanner: XMLScanner
    /// The row that is being read, or was read last.
    private(set) var row = 0
    /// How many rows there are, as far as the sheet says so.
    private(set) var announcedRows: Int?
    private var cells: [String] = []
    private var errors: [SpreadsheetRow.CellError] = []
    private var longNumbers: [SpreadsheetRow.CellError] = []
    private var uncomputed: [SpreadsheetRow.CellError] = []
    /// The cells that are merged over several rows; the sheet names them after its rows.
    private(set) var merges: [MergedRows] = []
    /// Where a cell stands that does not say so.
    private var nextColumn = 0
    /// Cells of all rows so far.
    private var taken = 0
    /// The row's number was written, not counted.
    private var isNumbered = false
    private var content: [UInt8] = []

    init(_ part: [UInt8], _ context: Context) throws(PartFault) {
        scanner = try XMLScanner(part)
        self.context = context
    }

    /// Hands out the rows.
    /// - Parameter body: false = no more are wanted.
    mutating func read(_ body: (SpreadsheetRow, _ total: Int?) -> Bool) throws(PartFault) {
        try scanner.enterRoot()
        guard scanner.isNamed("worksheet") else { throw .damaged("it is no sheet of cells") }
        while try scanner.enterChild() {
            if scanner.isNamed("dimension") {
                announce()
                try scanner.skip()
            } else if scanner.isNamed("sheetData") {
                while try scanner.enterChild() {
                    if !scanner.isNamed("row") {
                        try scanner.skip()
                    } else if let found = try readRow(), !body(found, announcedRows) {
                        return
                    }
                }
            } else if scanner.isNamed("mergeCells") {
                try readMerges()
            } else {
                try scanner.skip()
            }
        }
        try scanner.finish()
    }

    private mutating func readMerges() throws(PartFault) {
        while try scanner.enterChild() {
            if let value = scanner.attribute("ref"), let merge = MergedRows(scanner.bytes[value]) {
                if merges.count >= context.limits.rows {
                    throw .tooLarge("more than \(context.limits.rows) merged cells")
                }
                merges.append(merge)
            }
            try scanner.skip()
        }
    }

    /// `A1:O100001`; programs that do not know the end in advance write A1 only.
    private mutating func announce() {
        guard let value = scanner.attribute("ref") else { return }
        let corners = scanner.bytes[value].split(separator: UInt8(ascii: ":"))
        guard corners.count == 2, let first = CellReference(corners[0]), let last = CellReference(corners[1]),
            last.row >= first.row, last.row <= context.limits.rows
        else { return }
        announcedRows = last.row - first.row + 1
    }

    /// Nil = nothing is in it.
    private mutating func readRow() throws(PartFault) -> SpreadsheetRow? {
        let previous = row
        cells = []
        errors = []
        longNumbers = []
        uncomputed = []
        nextColumn = 0
        row += 1
        isNumbered = false
        if let number = try scanner.integer("r") {
            isNumbered = true
            row = number
        }
        while try scanner.enterChild() {
            if scanner.isNamed("c") { try readCell(after: previous) } else { try scanner.skip() }
        }
        try checkNumber(after: previous)
        taken += cells.count
        if taken > context.limits.cells { throw .tooLarge("more than \(context.limits.cells) cells") }
        if uncomputed.isEmpty, cells.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { return nil }
        return SpreadsheetRow(
            number: row, cells: cells, errors: errors, longNumbers: longNumbers, uncomputed: uncomputed)
    }

    private func checkNumber(after previous: Int) throws(PartFault) {
        if row <= previous { throw .damaged("row \(row) stands after row \(previous)") }
        if row > context.limits.rows { throw .tooLarge("more than \(context.limits.rows) rows") }
    }

    private mutating func readCell(after previous: Int) throws(PartFault) {
        let column = try place(after: previous)
        let text = try value(column)
        nextColumn = column + 1
        if text.isEmpty { return }
        while cells.count <= column { cells.append("") }
        guard cells[column].isEmpty else { throw .damaged("a cell stands twice") }
        cells[column] = text
    }

    /// The column of a cell: as it says, or the next.
    private mutating func place(after previous: Int) throws(PartFault) -> Int {
        var column = nextColumn
        if let value = scanner.attribute("r") {
            guard let reference = CellReference(scanner.bytes[value]) else { throw .damaged("a cell has no place") }
            // A row without a number is the one that its first cell names.
            if !isNumbered { row = reference.row }
            isNumbered = true
            guard reference.row == row else { throw .damaged("a cell of row \(reference.row) stands in it") }
            column = reference.column
        }
        if column >= context.limits.columns { throw .tooLarge("more than \(context.limits.columns) columns") }
        return column
    }

    /// What the cell shows. Leaves it.
    private mutating func value(_ column: Int) throws(PartFault) -> String {
        let type = scanner.attribute("t")
        let style = try scanner.integer("s") ?? 0
        content.removeAll(keepingCapacity: true)
        var inline: String?
        var isFormula = false
        while try scanner.enterChild() {
            if scanner.isNamed("v") {
                try scanner.text(into: &content)
            } else if scanner.isNamed("f") {
                isFormula = true
                try scanner.skip()
            } else if scanner.isNamed("is") {
                var buffer: [UInt8] = []
                inline = try RichText.read(&scanner, &buffer)
            } else {
                try scanner.skip()
            }
        }
        if let inline { return inline }
        if content.isEmpty {
            // A formula that gives a text may give an empty one.
            if isFormula, !(type.map { scanner.equals($0, "str") } ?? false) {
                uncomputed.append(cellError("", column))
            }
            return ""
        }
        guard let type else { return try number(style, column) }
        if scanner.equals(type, "s") { return try sharedText() }
        if scanner.equals(type, "n") { return try number(style, column) }
        if scanner.equals(type, "b") {
            return content == [UInt8(ascii: "1")] || content == Array("true".utf8) ? "TRUE" : "FALSE"
        }
        if scanner.equals(type, "d") { return ISODate.text(try XMLScanner.string(content)) }
        let text = try XMLScanner.string(CellText.unescaped(content))
        if scanner.equals(type, "e") { note(text, column) }
        return text
    }

    private func sharedText() throws(PartFault) -> String {
        guard let index = XMLScanner.integer(content), index < context.texts.count else {
            throw .damaged("a cell refers to a text that is not there")
        }
        return context.texts[index]
    }

    private mutating func number(_ style: Int, _ column: Int) throws(PartFault) -> String {
        let format = style < context.styles.formats.count ? context.styles.formats[style] : .number
        if format == .number, let text = NumberText.plain(content) { return text }
        guard let value = NumberText.value(of: content) else { throw .damaged("a number is none") }
        switch format {
        case .number:
            let text = NumberText.text(value)
            if value.magnitude >= 1e15 { longNumbers.append(cellError(text, column)) }
            return text
        case .date: return shown(context.dates.text(value), column)
        case .hours: return shown(context.dates.hours(value), column)
        case .code(let prefix, let digits):
            let text = NumberText.text(value)
            if value.magnitude >= 1e15 { longNumbers.append(cellError(text, column)) }
            guard text.allSatisfy(\.isNumber) else { return text }
            return prefix + String(repeating: "0", count: max(0, digits - text.count)) + text
        }
    }

    /// A date, or what a spreadsheet shows for one that is none.
    private mutating func shown(_ date: String?, _ column: Int) -> String {
        if let date { return date }
        note("####", column)
        return "####"
    }

    private mutating func note(_ text: String, _ column: Int) { errors.append(cellError(text, column)) }

    private func cellError(_ text: String, _ column: Int) -> SpreadsheetRow.CellError {
        .init(column: column, reference: CellReference.letters(ofColumn: column) + String(row), shown: text)
    }
}
