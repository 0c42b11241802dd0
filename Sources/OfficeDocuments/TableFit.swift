/// How wide the columns of a table are, and how large its letters: no word or number is broken within. A column that is too
/// narrow for its widest word takes room from the others; where all are, the letters become smaller.
struct TableFit {
    private static let sizes = [Measures.table, 10.5, 10, 9.5, 9, 8.5, 8]

    /// The share of the width that each column has; together 1.
    let shares: [Double]
    /// Points.
    let size: Double

    init(_ table: Block.Table, _ grid: TableGrid, width: Double, _ setter: TextSetter) {
        let words = Self.words(table, grid)
        for size in Self.sizes {
            let least = Self.least(grid, words, size, setter)
            let sum = least.reduce(0, +)
            guard sum <= width || size == Self.sizes.last else { continue }
            self.size = size
            shares = sum <= width ? Self.shares(grid.shares, least.map { $0 / width }) : least.map { $0 / sum }
            return
        }
        size = Measures.table
        shares = grid.shares
    }

    /// The words of a column and whether they are bold.
    private struct Word: Hashable {
        let text: Substring
        let bold: Bool
    }

    private static func words(_ table: Block.Table, _ grid: TableGrid) -> [Set<Word>] {
        var words = [Set<Word>](repeating: [], count: grid.shares.count)
        func add(_ place: TableGrid.Place, bold: Bool) {
            guard place.cell.columns == 1 else { return }
            for text in place.cell.text.split(whereSeparator: \.isWhitespace) {
                words[place.column].insert(Word(text: text, bold: bold))
            }
        }
        for place in grid.head.joined() { add(place, bold: true) }
        for (index, places) in grid.rows.enumerated() {
            for place in places { add(place, bold: table.rows[index].bold) }
        }
        return words
    }

    /// What each column needs at least.
    private static func least(
        _ grid: TableGrid, _ words: [Set<Word>], _ size: Double, _ setter: TextSetter
    ) -> [Double] {
        // A point and a half beyond: other programs take the lines out of the cell, and measure a hair more.
        let margin = 2 * Measures.cellPadding + 1.5
        var least = words.map { words in
            (words.map { setter.width(String($0.text), TextStyle(size: size, bold: $0.bold)) }.max() ?? 0) + margin
        }
        for place in grid.head.joined() where place.cell.columns > 1 {
            let style = TextStyle(size: size, bold: true)
            let widest =
                place.cell.text.split(whereSeparator: \.isWhitespace)
                .map { setter.width(String($0), style) }.max() ?? 0
            let lacking = widest + margin - least[place.columns].reduce(0, +)
            if lacking > 0 { least[place.columns.upperBound - 1] += lacking }
        }
        return least
    }

    /// The asked shares, but none under what it needs; the others give it in their proportion.
    private static func shares(_ asked: [Double], _ least: [Double]) -> [Double] {
        var held: Set<Int> = []
        while true {
            let rest = 1 - held.reduce(0) { $0 + least[$1] }
            let free = asked.indices.filter { !held.contains($0) }
            let total = free.reduce(0) { $0 + asked[$1] }
            let narrow = free.filter { asked[$0] / total * rest < least[$0] }
            if narrow.isEmpty {
                return asked.indices.map { held.contains($0) ? least[$0] : asked[$0] / total * rest }
            }
            held.formUnion(narrow)
        }
    }
}
