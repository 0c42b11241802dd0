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
    /// Cells that show an error, or a formula without its value.
    var cellFaults: [CellFault] = []
    /// Its letters had been encoded twice.
    var wasMended = false

    struct CellFault: Sendable, Equatable {
        /// From 0.
        var column: Int
        /// The cell or its column, in the clerk's words.
        var place: String
        /// What is wrong with it, and what to do, in Vietnamese.
        var reason: String
    }

    struct LongNumber: Sendable, Equatable {
        var column: Int
        var name: String
    }

    var isBlank: Bool { cells.allSatisfy { $0.allSatisfy(\.isWhitespace) } }
}
