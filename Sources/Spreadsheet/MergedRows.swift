/// Cells of a sheet that are merged over several rows (ECMA-376 part 1, 18.3.1.55): all show what stands in the first.
struct MergedRows: Equatable {
    /// The first column, from 0.
    let column: Int
    /// The numbers of the rows, from 1.
    let rows: ClosedRange<Int>

    /// From `C2:D5`; nil = it is no range, or within one row.
    init?(_ reference: ArraySlice<UInt8>) {
        let corners = reference.split(separator: UInt8(ascii: ":"))
        guard corners.count == 2, let first = CellReference(corners[0]), let last = CellReference(corners[1]),
            first.row < last.row
        else { return nil }
        column = first.column
        rows = first.row...last.row
    }

    /// Writes the first cell's text into the cells below it.
    /// - Parameters:
    ///   - merges: of the sheet.
    ///   - rows: of the sheet, in the order of their numbers.
    ///   - limit: at the most so many cells are looked at: ranges that lie over each other are a mistake, or a bomb.
    static func fillDown(_ merges: [MergedRows], _ rows: inout [SpreadsheetRow], limit: Int) throws(PartFault) {
        var looked = 0
        for merge in merges {
            var index = firstIndex(of: merge.rows.lowerBound, rows)
            guard index < rows.count, rows[index].number == merge.rows.lowerBound,
                merge.column < rows[index].cells.count
            else { continue }
            let text = rows[index].cells[merge.column]
            if text.isEmpty { continue }
            index += 1
            while index < rows.count, rows[index].number <= merge.rows.upperBound {
                let missing = max(0, merge.column + 1 - rows[index].cells.count)
                looked += 1 + missing
                if looked > limit { throw .tooLarge("more than \(limit) merged cells") }
                rows[index].cells.append(contentsOf: repeatElement("", count: missing))
                if rows[index].cells[merge.column].isEmpty { rows[index].cells[merge.column] = text }
                index += 1
            }
        }
    }

    /// The index of the first row with this number or a higher one.
    private static func firstIndex(of number: Int, _ rows: [SpreadsheetRow]) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = low + (high - low) / 2
            if rows[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
