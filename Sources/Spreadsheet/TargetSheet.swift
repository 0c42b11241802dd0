import CXlsxWriter

/// A hidden sheet with the values of the targets that charts draw: a chart draws nothing but cells.
struct TargetSheet {
    static let name = "Chỉ tiêu biểu đồ"

    private let worksheet: UnsafeMutablePointer<lxw_worksheet>
    private var column = 0

    init?(_ workbook: UnsafeMutablePointer<lxw_workbook>) {
        guard let worksheet = workbook_add_worksheet(workbook, Self.name) else { return nil }
        worksheet_hide(worksheet)
        self.worksheet = worksheet
    }

    /// Writes one value for each category.
    /// - Returns: the column.
    mutating func add(_ target: Chart.Target, count: Int) -> Int {
        let place = lxw_col_t(column)
        _ = worksheet_write_string(worksheet, 0, place, CellText.escaped(target.name), nil)
        for row in 1...count { _ = worksheet_write_number(worksheet, lxw_row_t(row), place, target.value, nil) }
        column += 1
        return column - 1
    }
}
