import CXlsxWriter

/// Writes one sheet.
struct SheetWriting {
    /// Of a line in 12 points, and what a row has besides.
    private static let points = 16.0
    private static let rowMargin = 2.0

    let sheet: Sheet
    let worksheet: UnsafeMutablePointer<lxw_worksheet>
    private let layout: HeaderLayout
    /// The next line, from 0.
    private(set) var line = 0
    private var pages: PrintedPages

    init(_ sheet: Sheet, _ worksheet: UnsafeMutablePointer<lxw_worksheet>) throws(SpreadsheetError) {
        self.sheet = sheet
        self.worksheet = worksheet
        layout = try HeaderLayout(sheet)
        pages = PrintedPages(sheet)
    }

    private var lastColumn: Int { sheet.columns.count - 1 }
    private var firstHeaderLine: Int { sheet.titleLines.count }
    /// The line of the first row of the table.
    var firstRowLine: Int { firstHeaderLine + layout.height }

    /// Writes all but the charts.
    mutating func write(_ formats: inout CellFormats) throws(SpreadsheetError) {
        worksheet_set_default_row(worksheet, Self.points + Self.rowMargin, 0)
        for (index, column) in sheet.columns.enumerated() {
            // Cells beyond the table that a reader fills in look as those in it do.
            let format = formats.format(CellLook(.title(isCentered: false)))
            try check(worksheet_set_column(worksheet, lxw_col_t(index), lxw_col_t(index), column.width, format))
        }
        for title in sheet.titleLines {
            let role: CellLook.Role =
                title.isHeading ? .heading(isCentered: title.isCentered) : .title(isCentered: title.isCentered)
            try writeAcross(title.text, formats.format(CellLook(role)), points: title.isHeading ? 20 : Self.points)
        }
        try writeHeader(&formats)
        for row in sheet.rows { try writeRow(row.cells, row.isEmphasized ? .emphasized : .plain, &formats) }
        if let totals = sheet.totals { try writeRow(totals, .total, &formats) }
        for note in sheet.notes { try writeAcross(note, formats.format(CellLook(.note)), points: Self.points) }
        try setUpView()
        try setUpPage()
    }

    /// Leaves room for a chart, on one page when it is printed.
    /// - Returns: the line where it begins.
    mutating func leaveRoom(pixels: Int) -> Int {
        // 96 pixels are 72 points.
        let points = Double(pixels + 2 * Chart.margin) * 0.75
        let needed = Int((points / (Self.points + Self.rowMargin)).rounded(.up))
        let start = line
        pages.add(Double(needed) * (Self.points + Self.rowMargin), beginsAt: line, isChart: true)
        line += needed
        return start
    }

    /// Where pages end for the charts' sake.
    func breakPages() throws(SpreadsheetError) {
        if pages.breaks.isEmpty { return }
        // A list for the library ends with 0.
        var breaks = pages.breaks.prefix(1_000).map { lxw_row_t($0) } + [0]
        try check(worksheet_set_h_pagebreaks(worksheet, &breaks))
    }

    private mutating func writeAcross(
        _ text: String, _ format: UnsafeMutablePointer<lxw_format>?, points: Double
    ) throws(SpreadsheetError) {
        let width = sheet.columns.reduce(0) { $0 + $1.width }
        try setHeight(line, points * Double(Self.lines(text, width: width)) + Self.rowMargin, format)
        try writeSpan(text, line, 0, line, lastColumn, format)
        line += 1
    }

    private mutating func writeHeader(_ formats: inout CellFormats) throws(SpreadsheetError) {
        let format = formats.format(CellLook(.header))
        var heights = Array(repeating: Self.points, count: layout.height)
        for place in layout.places {
            let columns = place.column..<place.column + place.columns
            let width = columns.reduce(0) { $0 + sheet.columns[$1].width }
            // What goes over several rows shares its lines among them.
            let needed = Self.points * Double(Self.lines(place.text, width: width)) / Double(place.rows)
            for row in place.row..<place.row + place.rows { heights[row] = max(heights[row], needed) }
        }
        for (row, height) in heights.enumerated() { try setHeight(line + row, height + 2 * Self.rowMargin, nil) }
        pages.headerHeight = heights.reduce(0) { $0 + $1 + 2 * Self.rowMargin }
        for place in layout.places {
            try writeSpan(
                place.text, line + place.row, place.column, line + place.row + place.rows - 1,
                place.column + place.columns - 1, format)
        }
        line += layout.height
    }

    private mutating func writeRow(
        _ cells: [Cell], _ role: CellLook.Role, _ formats: inout CellFormats
    ) throws(SpreadsheetError) {
        let lines = lines(cells)
        if lines > 1 {
            try setHeight(line, Self.points * Double(lines) + Self.rowMargin, nil)
        } else {
            pages.add(Self.points + Self.rowMargin, beginsAt: line)
        }
        for (index, column) in sheet.columns.enumerated() {
            try write(index < cells.count ? cells[index] : .empty, index, role, column.kind.number, &formats)
        }
        line += 1
    }

    private func write(
        _ cell: Cell, _ column: Int, _ role: CellLook.Role, _ number: CellLook.Number, _ formats: inout CellFormats
    ) throws(SpreadsheetError) {
        let row = lxw_row_t(line)
        let place = lxw_col_t(column)
        let format = formats.format(CellLook(role, number))
        switch cell {
        case .empty: try check(worksheet_write_blank(worksheet, row, place, format))
        case .text(let text):
            if text.isEmpty {
                try check(worksheet_write_blank(worksheet, row, place, format))
            } else {
                try check(worksheet_write_string(worksheet, row, place, CellText.escaped(text), format))
            }
        case .integer(let value): try check(worksheet_write_number(worksheet, row, place, Double(value), format))
        case .number(let value): try check(worksheet_write_number(worksheet, row, place, value, format))
        case .date(let year, let month, let day):
            let serial = Double(SerialDate.serial(year: year, month: month, day: day) ?? 0)
            let date = number == .date ? format : formats.format(CellLook(role, .date))
            try check(worksheet_write_number(worksheet, row, place, serial, date))
        }
    }

    private func writeSpan(
        _ text: String, _ row: Int, _ column: Int, _ lastRow: Int, _ lastColumn: Int,
        _ format: UnsafeMutablePointer<lxw_format>?
    ) throws(SpreadsheetError) {
        if row == lastRow, column == lastColumn {
            let error = worksheet_write_string(
                worksheet, lxw_row_t(row), lxw_col_t(column), CellText.escaped(text), format)
            return try check(error)
        }
        try check(
            worksheet_merge_range(
                worksheet, lxw_row_t(row), lxw_col_t(column), lxw_row_t(lastRow), lxw_col_t(lastColumn),
                CellText.escaped(text), format))
    }

    /// How many lines the highest of these cells takes. Not every program finds that out when it opens the file.
    private func lines(_ cells: [Cell]) -> Int {
        var highest = 1
        for (cell, column) in zip(cells, sheet.columns) {
            guard case .text(let text) = cell else { continue }
            // Small letters are narrower than the digits that widths are counted in.
            let width = column.width * 1.15
            if Double(text.utf8.count) > width || text.utf8.contains(0x0A) {
                highest = max(highest, Self.lines(text, width: width))
            }
        }
        return highest
    }

    private mutating func setHeight(
        _ row: Int, _ points: Double, _ format: UnsafeMutablePointer<lxw_format>?
    ) throws(SpreadsheetError) {
        // Excel's highest row.
        let points = min(points, 409)
        try check(worksheet_set_row(worksheet, lxw_row_t(row), points, format))
        pages.add(points, beginsAt: row)
    }

    private func setUpView() throws(SpreadsheetError) {
        if sheet.isHeaderFrozen || sheet.frozenColumns > 0 {
            worksheet_freeze_panes(
                worksheet, lxw_row_t(sheet.isHeaderFrozen ? firstRowLine : 0), lxw_col_t(sheet.frozenColumns))
        }
        if sheet.hasAutofilter, !sheet.rows.isEmpty {
            try check(
                worksheet_autofilter(
                    worksheet, lxw_row_t(firstRowLine - 1), 0, lxw_row_t(firstRowLine + sheet.rows.count - 1),
                    lxw_col_t(lastColumn)))
        }
        worksheet_gridlines(worksheet, UInt8(LXW_HIDE_ALL_GRIDLINES.rawValue))
    }

    private func setUpPage() throws(SpreadsheetError) {
        worksheet_set_paper(worksheet, PrintedPages.paper)
        if sheet.page == .landscape { worksheet_set_landscape(worksheet) } else { worksheet_set_portrait(worksheet) }
        worksheet_fit_to_pages(worksheet, 1, 0)
        worksheet_center_horizontally(worksheet)
        worksheet_set_margins(
            worksheet, PrintedPages.leftMargin, PrintedPages.rightMargin, PrintedPages.verticalMargin,
            PrintedPages.verticalMargin)
        try check(worksheet_repeat_rows(worksheet, lxw_row_t(firstHeaderLine), lxw_row_t(firstRowLine - 1)))
        try check(worksheet_set_footer(worksheet, "&C&\"\(CellFormats.font),Regular\"&11&P/&N"))
    }

    func check(_ error: lxw_error) throws(SpreadsheetError) {
        if error != LXW_NO_ERROR {
            throw .notWritten("sheet “\(sheet.name)”, line \(line + 1): \(String(cString: lxw_strerror(error)))")
        }
    }

    /// How many lines a text takes at a width in characters.
    private static func lines(_ text: String, width: Double) -> Int {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.reduce(0) { $0 + max(1, Int((Double($1.count) / width).rounded(.up))) }
    }
}
