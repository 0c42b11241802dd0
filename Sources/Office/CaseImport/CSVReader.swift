/// Reads values with commas, semicolons, tabs or bars between (RFC 4180; tabs as Excel's “Unicode text” has them). Lines end
/// in CR, LF or CRLF, also in one file. A first line `sep=;`, as Excel writes and heeds it, names the separator.
///
/// A quote within a cell that does not begin with one is a character like others, as Excel reads it. A row whose quotes are
/// not closed where a cell ends is faulty; the next line is a row again, so that one quote costs no more than its row.
struct CSVReader {
    /// What a text holds.
    struct Content {
        /// Rows that hold something.
        var rows: [TableRow] = []
        /// The line of a row in whose quotes the text ends: it was cut off there. Nil = none.
        var openQuoteLine: Int?
        /// The text ends without a line end: where its last row is short, it was cut off.
        var endsOpen = false
    }

    /// What may stand between cells, the most usual first.
    static let separators = [",", ";", "\t", "|"].map { UInt8(ascii: $0) }
    /// A longer cell is no cell, but a quote that is not closed: three bytes for each of the 32,767 characters of Excel's
    /// (Microsoft, “Excel specifications and limits”).
    private static let longestCell = 98_304

    /// All rows of a text; the separator is the one that its first line names, or has most of.
    /// - Throws: `OfficeError.cases` where the text was cut off within quotes.
    static func records(_ text: String) throws(OfficeError) -> [TableRow] {
        let content = read(text, separator: nil)
        if let line = content.openQuoteLine { throw cutOff(line) }
        return content.rows
    }

    static func cutOff(_ line: Int) -> OfficeError {
        .cases("the file ends inside the quotes that open on line \(line); it was cut off, nothing was imported")
    }

    /// The rows of a text.
    /// - Parameters:
    ///   - separator: nil = the one that its first line names, or has most of.
    ///   - limit: at the most so many rows; nil = all.
    static func read(_ text: String, separator: UInt8?, limit: Int? = nil) -> Content {
        var reader = CSVReader(Array(text.utf8))
        let named = reader.namedSeparator()
        reader.separator = named ?? separator ?? reader.frequentSeparator()
        reader.read(limit ?? .max)
        return reader.content
    }

    private let bytes: [UInt8]
    private var separator = separators[0]
    private var position = 0
    private var line = 1
    private var width = 0
    private var content = Content()

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    private static let quote = UInt8(ascii: "\"")

    private static func isLineEnd(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The separator that a first line `sep=;` names; the line is passed over.
    private mutating func namedSeparator() -> UInt8? {
        let head = bytes.prefix(16).prefix { !Self.isLineEnd($0) }
        var words = head.filter { $0 != Self.quote }
        guard words.count == 5, words.prefix(4).map({ $0 | 0x20 }) == Array("sep=".utf8).map({ $0 | 0x20 }) else {
            return nil
        }
        position = head.endIndex
        skipLineEnd()
        return words.popLast()
    }

    private func frequentSeparator() -> UInt8 {
        let head = bytes[position...].prefix { !Self.isLineEnd($0) }
        let counts = Self.separators.map { separator in head.count(where: { $0 == separator }) }
        let most = counts.indices.max { (counts[$0], $1) < (counts[$1], $0) } ?? 0
        return Self.separators[most]
    }

    private mutating func read(_ limit: Int) {
        while position < bytes.count, content.rows.count < limit {
            let row = row()
            if content.openQuoteLine != nil { return }
            width = max(width, row.cells.count)
            if !row.isBlank { content.rows.append(row) }
        }
    }

    private mutating func row() -> TableRow {
        let (start, startLine) = (position, line)
        var cells: [String] = []
        cells.reserveCapacity(width)
        while true {
            if position < bytes.count, bytes[position] == Self.quote {
                guard let cell = quotedCell() else { return faultyRow(start, startLine) }
                cells.append(cell)
            } else {
                cells.append(plainCell())
            }
            guard position < bytes.count else {
                content.endsOpen = true
                return TableRow(line: startLine, cells: cells)
            }
            if bytes[position] == separator {
                position += 1
            } else {
                skipLineEnd()
                return TableRow(line: startLine, cells: cells)
            }
        }
    }

    private mutating func plainCell() -> String {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            if byte == separator || Self.isLineEnd(byte) { break }
            position += 1
        }
        return Self.text(bytes[start..<position])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The cell, and the position after its last quote; nil where its quotes are not closed, or not at its end.
    private mutating func quotedCell() -> String? {
        var unescaped: [UInt8] = []
        var index = position + 1
        var start = index
        var lines = 0
        while index < bytes.count, index - position <= Self.longestCell {
            let byte = bytes[index]
            if byte == Self.quote {
                let next = index + 1
                if next < bytes.count, bytes[next] == Self.quote {
                    unescaped.append(contentsOf: bytes[start..<next])
                    index += 2
                    start = index
                    continue
                }
                guard next == bytes.count || bytes[next] == separator || Self.isLineEnd(bytes[next]) else { return nil }
                line += lines
                position = next
                if unescaped.isEmpty { return Self.text(bytes[start..<index]) }
                unescaped.append(contentsOf: bytes[start..<index])
                return String(decoding: unescaped, as: UTF8.self)
            }
            if byte == 0x0A || byte == 0x0D && (index + 1 == bytes.count || bytes[index + 1] != 0x0A) { lines += 1 }
            index += 1
        }
        if index == bytes.count, lines == 0 { content.openQuoteLine = line }
        return nil
    }

    /// The line at which a row begins whose quotes are not in order.
    private mutating func faultyRow(_ start: Int, _ startLine: Int) -> TableRow {
        let end = bytes[start...].firstIndex(where: Self.isLineEnd) ?? bytes.count
        let cells = bytes[start..<end].split(separator: separator, omittingEmptySubsequences: false).map(Self.text)
        (position, line) = (end, startLine)
        if end == bytes.count { content.endsOpen = true }
        skipLineEnd()
        return TableRow(
            line: startLine, cells: cells,
            fault: "có dấu nháy kép (\") mở mà không đóng ở cuối ô; xóa dấu nháy đó, hoặc viết thành hai dấu (\"\")")
    }

    private mutating func skipLineEnd() {
        guard position < bytes.count else { return }
        let isPair = bytes[position] == 0x0D && position + 1 < bytes.count && bytes[position + 1] == 0x0A
        position += isPair ? 2 : 1
        line += 1
    }
}
