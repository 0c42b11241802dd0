/// Where the cells of a header stand.
struct HeaderLayout {
    struct Place: Equatable {
        let text: String
        let row: Int
        let column: Int
        let rows: Int
        let columns: Int
    }

    private(set) var places: [Place] = []
    let height: Int

    /// - Throws: `SpreadsheetError.notWritten` where the cells overlap, stand out or leave a hole.
    init(_ sheet: Sheet) throws(SpreadsheetError) {
        let header = sheet.header.isEmpty ? [sheet.columns.map { Sheet.HeaderCell($0.title) }] : sheet.header
        height = header.count
        var taken = Array(repeating: Array(repeating: false, count: sheet.columns.count), count: height)
        for (row, cells) in header.enumerated() {
            for cell in cells {
                guard let column = taken[row].firstIndex(of: false) else {
                    throw Self.fault(sheet, "its row \(row + 1) has too many cells")
                }
                guard cell.rows > 0, cell.columns > 0, cell.rows <= height - row,
                    cell.columns <= sheet.columns.count - column
                else { throw Self.fault(sheet, "a cell of its row \(row + 1) stands out of the table") }
                for line in row..<row + cell.rows {
                    for place in column..<column + cell.columns {
                        if taken[line][place] { throw Self.fault(sheet, "cells of its row \(row + 1) overlap") }
                        taken[line][place] = true
                    }
                }
                places.append(
                    Place(text: cell.text, row: row, column: column, rows: cell.rows, columns: cell.columns))
            }
        }
        if let row = taken.firstIndex(where: { $0.contains(false) }) {
            throw Self.fault(sheet, "its row \(row + 1) has too few cells")
        }
    }

    private static func fault(_ sheet: Sheet, _ reason: String) -> SpreadsheetError {
        .notWritten("the header of sheet “\(sheet.name)”: \(reason)")
    }
}
