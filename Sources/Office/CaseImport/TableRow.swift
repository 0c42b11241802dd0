/// A row of a table that was read: of a text, a sheet of a workbook or a table of a web page.
struct TableRow: Sendable, Equatable {
    /// Its line in the file, or its number in the sheet, from 1.
    var line: Int
    /// Its cells, as they stand there.
    var cells: [String]
    /// Why it cannot be read, in Vietnamese; nil = it can.
    var fault: String?
    /// Cells that are numbers of more digits than a spreadsheet keeps: the column from 0, and the cell's name.
    var longNumbers: [LongNumber] = []
    /// Its letters had been encoded twice.
    var wasMended = false

    struct LongNumber: Sendable, Equatable {
        var column: Int
        var name: String
    }

    var isBlank: Bool { cells.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
}
