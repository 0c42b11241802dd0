/// Where each cell of a table stands. A table whose cells do not fill its columns is refused.
struct TableGrid {
    /// A cell in its place.
    struct Place {
        let cell: Block.Table.Cell
        let row: Int
        let column: Int
        var columns: Range<Int> { column..<column + cell.columns }
        var rows: Range<Int> { row..<row + cell.rows }
    }

    /// The head's cells, row by row.
    let head: [[Place]]
    /// The cells of each row.
    let rows: [[Place]]
    /// The share of the width that each column has; together 1.
    let shares: [Double]

    init(_ table: Block.Table) throws(DocumentError) {
        let count = table.columns.count
        let total = table.columns.reduce(0) { $0 + $1.width }
        guard count > 0, total > 0, table.columns.allSatisfy({ $0.width > 0 }) else {
            throw .malformed("a table needs columns that have a width")
        }
        shares = table.columns.map { $0.width / total }
        head = try Self.head(table.head, columns: count)
        var rows: [[Place]] = []
        for (index, row) in table.rows.enumerated() {
            guard row.cells.allSatisfy({ $0.rows == 1 }) else {
                throw .malformed("row \(index + 1) of a table has a cell that goes over rows; only its head may")
            }
            rows.append(try Self.places(row.cells, row: index, taken: [], columns: count, what: "row"))
        }
        self.rows = rows
    }

    private static func head(_ rows: [[Block.Table.Cell]], columns: Int) throws(DocumentError) -> [[Place]] {
        var result: [[Place]] = []
        for (index, cells) in rows.enumerated() {
            let above = result.joined().filter { $0.rows.contains(index) }
            let taken = Set(above.flatMap(\.columns))
            let places = try places(cells, row: index, taken: taken, columns: columns, what: "head row")
            guard places.allSatisfy({ $0.rows.upperBound <= rows.count }) else {
                throw .malformed("a cell in head row \(index + 1) goes over more rows than the head has")
            }
            result.append(places)
        }
        return result
    }

    private static func places(
        _ cells: [Block.Table.Cell], row: Int, taken: Set<Int>, columns: Int, what: String
    ) throws(DocumentError) -> [Place] {
        var places: [Place] = []
        var column = 0
        for cell in cells {
            while taken.contains(column) { column += 1 }
            let place = Place(cell: cell, row: row, column: column)
            guard cell.columns > 0, cell.rows > 0, taken.isDisjoint(with: place.columns) else {
                throw .malformed("\(what) \(row + 1) of a table has a cell that lies over another or over nothing")
            }
            places.append(place)
            column = place.columns.upperBound
        }
        let filled = places.reduce(taken.count) { $0 + $1.cell.columns }
        guard filled == columns, places.last.map({ $0.columns.upperBound <= columns }) ?? true else {
            throw .malformed("\(what) \(row + 1) of a table fills \(filled) columns, the table has \(columns)")
        }
        return places
    }
}
