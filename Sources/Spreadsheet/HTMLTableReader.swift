/// Reads the tables of a web page, which many programs save under the name of an `.xls` workbook.
///
/// A page is read as browsers do: tags that are left out are put in, what is unknown is passed over. Cells that are merged
/// (`colspan`, `rowspan`) have their text in the first, as in a workbook, or in each row that they go over. Rows without anything in them are left out. A table
/// within a cell is a table of its own.
public struct HTMLTableReader {
    /// The page's tables, in the order in which they begin; a row's number is its place in its table, from 1.
    /// - Parameters:
    ///   - text: the page, decoded.
    ///   - fillsMerged: cells that are merged over several rows have their text in each of them.
    /// - Throws: `SpreadsheetError`, as where the page ends within a table: it was cut off.
    public static func tables(
        in text: String, fillsMerged: Bool = false, limits: ReadingLimits = ReadingLimits()
    ) throws(SpreadsheetError) -> [[SpreadsheetRow]] {
        var reader = HTMLTableReader(Array(text.utf8), fillsMerged, limits)
        try reader.read()
        return reader.tables
    }

    private let bytes: [UInt8]
    private let fillsMerged: Bool
    private let limits: ReadingLimits
    private var position = 0
    private var tables: [[SpreadsheetRow]] = []
    private var open: [OpenTable] = []
    /// Cells of all tables so far.
    private var cells = 0

    private init(_ bytes: [UInt8], _ fillsMerged: Bool, _ limits: ReadingLimits) {
        self.bytes = bytes
        self.fillsMerged = fillsMerged
        self.limits = limits
    }

    private mutating func read() throws(SpreadsheetError) {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "<"), let tag = HTMLTag(bytes, at: position) {
                position = tag.end
                try take(tag)
            } else {
                takeText()
            }
        }
        guard open.isEmpty else {
            throw .damaged(part: "table \(tables.count)", row: nil, reason: "the page ends within it, it was cut off")
        }
    }

    private mutating func takeText() {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        if !open.isEmpty { open[open.count - 1].add(bytes[start..<position]) }
    }

    private mutating func take(_ tag: HTMLTag) throws(SpreadsheetError) {
        switch tag.name {
        case "script", "style": if !tag.isEnd { skip(to: tag.name) }
        case "table":
            if tag.isEnd {
                try closeTable()
            } else {
                open.append(OpenTable(index: tables.count, fillsMerged: fillsMerged))
                tables.append([])
            }
        case "tr", "thead", "tbody", "tfoot", "caption":
            try closeRow()
            if !tag.isEnd, tag.name == "tr", !open.isEmpty { open[open.count - 1].beginRow() }
        case "td", "th":
            guard !open.isEmpty else { return }
            open[open.count - 1].closeCell()
            if !tag.isEnd { open[open.count - 1].beginCell(tag) }
        case "br", "p", "div", "li": if !open.isEmpty { open[open.count - 1].breakLine() }
        default: break
        }
    }

    /// What stands in a script or a style is no text of the page.
    private mutating func skip(to name: String) {
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "<"), let tag = HTMLTag(bytes, at: position), tag.isEnd, tag.name == name
            {
                position = tag.end
                return
            }
            position += 1
        }
    }

    private mutating func closeTable() throws(SpreadsheetError) {
        try closeRow()
        _ = open.popLast()
    }

    private mutating func closeRow() throws(SpreadsheetError) {
        guard !open.isEmpty, let row = open[open.count - 1].closeRow() else { return }
        let index = open[open.count - 1].index
        cells += row.cells.count
        if row.number > limits.rows { throw .tooLarge("more than \(limits.rows) rows") }
        if row.cells.count > limits.columns { throw .tooLarge("more than \(limits.columns) columns") }
        if cells > limits.cells { throw .tooLarge("more than \(limits.cells) cells") }
        if row.cells.contains(where: { !$0.isEmpty }) { tables[index].append(row) }
    }
}

/// A table of which the end has not been read.
private struct OpenTable {
    let index: Int
    private let fillsMerged: Bool
    private var row: [String]?
    /// Whether a cell of the row itself has a text.
    private var hasText = false
    private var number = 0
    private var cell: [UInt8]?
    private var span = 1
    private var height = 1
    /// For how many rows more each column is taken by a cell from above, and what that says in the column.
    private var taken: [(rows: Int, text: String)] = []

    init(index: Int, fillsMerged: Bool) {
        self.index = index
        self.fillsMerged = fillsMerged
    }

    mutating func beginRow() {
        row = []
        hasText = false
        number += 1
    }

    mutating func beginCell(_ tag: HTMLTag) {
        if row == nil { beginRow() }
        cell = []
        // As browsers bound them (HTML Standard, 4.9.11).
        span = min(max(tag.number("colspan") ?? 1, 1), 1_000)
        height = min(max(tag.number("rowspan") ?? 1, 1), 65_534)
    }

    mutating func add(_ text: ArraySlice<UInt8>) {
        if cell != nil { cell?.append(contentsOf: text) }
    }

    /// A line break of the page, apart from those of its source, which are blanks.
    mutating func breakLine() {
        if cell != nil { cell?.append(Self.lineBreak) }
    }

    private static let lineBreak: UInt8 = 0x0B

    mutating func closeCell() {
        guard let content = cell else { return }
        cell = nil
        skipTaken()
        let column = row?.count ?? 0
        let text = Self.text(content)
        if !text.isEmpty { hasText = true }
        row?.append(text)
        row?.append(contentsOf: repeatElement("", count: span - 1))
        while taken.count < column + span { taken.append((0, "")) }
        for each in column..<column + span { taken[each] = (height, "") }
        if fillsMerged { taken[column].text = text }
    }

    private mutating func skipTaken() {
        while let count = row?.count, count < taken.count, taken[count].rows > 0 { row?.append(taken[count].text) }
    }

    /// Behind its last cell a row has what reaches into it from above. One that has no text of its own stays empty.
    private func filled(_ cells: [String]) -> [String] {
        guard hasText else { return [] }
        var cells = cells
        let end = taken.lastIndex { $0.rows > 0 && !$0.text.isEmpty }.map { $0 + 1 } ?? 0
        while cells.count < end {
            let above = taken[cells.count]
            cells.append(above.rows > 0 ? above.text : "")
        }
        return cells
    }

    mutating func closeRow() -> SpreadsheetRow? {
        closeCell()
        guard let cells = row else { return nil }
        row = nil
        let whole = fillsMerged ? filled(cells) : cells
        for column in taken.indices where taken[column].rows > 0 { taken[column].rows -= 1 }
        return SpreadsheetRow(number: number, cells: whole)
    }

    /// Text as a page shows it: character references resolved, blanks as one.
    private static func text(_ content: [UInt8]) -> String {
        let lines = HTMLText.decoded(content).split(separator: Character(Unicode.Scalar(lineBreak)))
        return lines.map { line in line.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
            .filter { !$0.isEmpty }.joined(separator: "\n")
    }
}
