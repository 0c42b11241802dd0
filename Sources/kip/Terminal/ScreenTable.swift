/// Rows in columns that fit a width: long texts are cut first, then the columns that matter least are left out.
struct ScreenTable: Sendable {
    struct Column: Sendable {
        var title: String
        /// Numbers stand at the right end.
        var isNumber = false
        /// A text may be cut down to so many cells; nil = it is whole or not there.
        var least: Int?
        /// The highest is left out first; 0 = never.
        var dispensable = 0
    }

    struct Cell: Sendable {
        var text: String
        var style: ScreenLine.Style

        init(_ text: String, _ style: ScreenLine.Style = .plain) {
            self.text = TerminalText.printable(text)
            self.style = style
        }
    }

    private static let gap = 2

    let columns: [Column]
    let rows: [[Cell]]

    /// The places of the columns that fit, and their widths.
    func layout(_ width: Int) -> [(column: Int, width: Int)] {
        var kept = Array(columns.indices)
        while true {
            let widths = widths(of: kept, within: width)
            if let widths { return Array(zip(kept, widths)) }
            guard let drop = kept.max(by: { columns[$0].dispensable < columns[$1].dispensable }),
                columns[drop].dispensable > 0
            else { return zip(kept, kept.map(natural)).map { ($0, $1) } }
            kept.removeAll { $0 == drop }
        }
    }

    /// - Returns: nil where the columns do not fit, however much their texts are cut.
    private func widths(of kept: [Int], within width: Int) -> [Int]? {
        var widths = kept.map(natural)
        var over = widths.reduce(0, +) + Self.gap * (kept.count - 1) - width
        // The widest text gives way first, cell by cell, so that none is cut while another is much longer.
        while over > 0 {
            let able = kept.indices.filter { widths[$0] > columns[kept[$0]].least ?? .max }
            guard let widest = able.max(by: { widths[$0] < widths[$1] }) else { return nil }
            widths[widest] -= 1
            over -= 1
        }
        return widths
    }

    private func natural(_ column: Int) -> Int {
        rows.reduce(CellWidth.of(columns[column].title)) { max($0, CellWidth.of($1[column].text)) }
    }

    func heading(_ layout: [(column: Int, width: Int)], _ style: ScreenLine.Style) -> ScreenLine {
        ScreenLine(line(layout) { Cell(columns[$0].title) }.text, style)
    }

    func row(_ row: Int, _ layout: [(column: Int, width: Int)], indent: Int = 0) -> ScreenLine {
        line(layout, indent: indent) { rows[row][$0] }
    }

    /// The table as lines of text, for what has no screen: no blanks stand at their ends.
    /// - Parameter width: of what it is printed on; a pipe has no edge.
    func text(width: Int = .max) -> [String] {
        let layout = layout(width)
        let lines = [heading(layout, .plain)] + rows.indices.map { row($0, layout) }
        return lines.map { line in
            var text = line.text[...]
            while text.last == " " { text.removeLast() }
            return String(text)
        }
    }

    private func line(
        _ layout: [(column: Int, width: Int)], indent: Int = 0, _ cell: (Int) -> Cell
    ) -> ScreenLine {
        var line = ScreenLine()
        line.append(String(repeating: " ", count: indent))
        for (place, entry) in layout.enumerated() {
            if place > 0 { line.append(String(repeating: " ", count: Self.gap)) }
            let cell = cell(entry.column)
            line.append(
                CellWidth.fit(cell.text, entry.width, atEnd: columns[entry.column].isNumber), cell.style)
        }
        return line
    }
}
