/// Refuses what no workbook can hold, before anything is written.
enum WorkbookCheck {
    /// Excel's own, in UTF-16 units (Microsoft, “Excel specifications and limits”).
    private static let longestText = 32_767
    private static let longestName = 31

    static func check(_ workbook: Workbook) throws(SpreadsheetError) {
        if workbook.sheets.isEmpty { throw .notWritten("it has no sheet") }
        for text in [workbook.title, workbook.author] where !isWritable(text) || text.count > 255 {
            throw .notWritten("its title or author is longer than 255 characters, or has control characters")
        }
        var names: Set<String> = [TargetSheet.name.lowercased()]
        for sheet in workbook.sheets {
            try checkName(sheet.name)
            guard names.insert(sheet.name.lowercased()).inserted else {
                throw .notWritten("two sheets have the name “\(sheet.name)”")
            }
            try check(sheet)
        }
    }

    private static func checkName(_ name: String) throws(SpreadsheetError) {
        let isFit =
            !name.isEmpty && name.utf16.count <= longestName && !name.hasPrefix("'") && !name.hasSuffix("'")
            && !name.contains(where: { "[]:*?/\\".contains($0) }) && !name.contains(where: \.isNewline)
            // Excel keeps this one for itself.
            && name.lowercased() != "history" && isWritable(name)
        guard isFit else {
            throw .notWritten(
                "“\(name)” is no name for a sheet: 1 to \(longestName) characters, none of []:*?/\\, no apostrophe at an end"
            )
        }
    }

    private static func check(_ sheet: Sheet) throws(SpreadsheetError) {
        let place = "sheet “\(sheet.name)”"
        guard (1...16_384).contains(sheet.columns.count) else {
            throw .notWritten("\(place) has no columns, or too many")
        }
        for column in sheet.columns {
            guard column.width > 0, column.width <= 255 else {
                throw .notWritten("\(place): a column is \(column.width) characters wide; 255 is the most")
            }
            if case .decimal(let digits) = column.kind, !(1...9).contains(digits) {
                throw .notWritten("\(place): a column has \(digits) digits after the separator; 1 to 9 are possible")
            }
        }
        let layout = try HeaderLayout(sheet)
        let lines = sheet.titleLines.count + layout.height + sheet.rows.count + sheet.notes.count + 3
        if lines > 1_048_576 { throw .notWritten("\(place) has more rows than a sheet can have") }
        guard (0...sheet.columns.count).contains(sheet.frozenColumns) else {
            throw .notWritten("\(place): it has fewer columns than are frozen")
        }
        for text in sheet.titleLines.map(\.text) + layout.places.map(\.text) + sheet.notes {
            try check(text, "\(place), its titles or notes")
        }
        try checkCells(sheet, place)
        for chart in sheet.charts { try check(chart, sheet, "\(place), chart “\(chart.title)”") }
    }

    private static func checkCells(_ sheet: Sheet, _ place: String) throws(SpreadsheetError) {
        for (index, row) in sheet.rows.enumerated() { try check(row.cells, sheet, place, "row \(index + 1)") }
        if let totals = sheet.totals { try check(totals, sheet, place, "totals") }
    }

    private static func check(
        _ cells: [Cell], _ sheet: Sheet, _ place: String, _ row: @autoclosure () -> String
    ) throws(SpreadsheetError) {
        if cells.count > sheet.columns.count { throw .notWritten("\(place), \(row()): it has more cells than columns") }
        for (column, cell) in cells.enumerated() {
            let isFit =
                switch cell {
                case .empty: true
                case .text(let text): isWritable(text) && text.utf16.count <= longestText
                case .integer(let number): number.magnitude <= 1 << 53
                case .number(let number): number.isFinite
                case .date(let year, let month, let day): SerialDate.serial(year: year, month: month, day: day) != nil
                }
            if !isFit {
                throw .notWritten("\(place), \(row()), column \(column + 1): a spreadsheet cannot hold this value")
            }
        }
    }

    private static func check(_ chart: Chart, _ sheet: Sheet, _ place: String) throws(SpreadsheetError) {
        let columns = sheet.columns.indices
        guard columns.contains(chart.categories), !chart.series.isEmpty,
            chart.series.allSatisfy({ columns.contains($0.column) })
        else { throw .notWritten("\(place): it has no series, or a column that is not there") }
        let rows = chart.rows ?? sheet.rows.indices
        guard !rows.isEmpty, rows.lowerBound >= 0, rows.upperBound <= sheet.rows.count else {
            throw .notWritten("\(place): it has no rows, or some that are not there")
        }
        guard (100...2_000).contains(chart.height), chart.target?.value.isFinite != false,
            chart.axis.map({ $0.lowerBound.isFinite && $0.upperBound.isFinite && $0.lowerBound < $0.upperBound })
                != false
        else { throw .notWritten("\(place): its height, its target or its axis is none") }
        let names =
            chart.series.map { $0.name ?? sheet.columns[$0.column].title } + [chart.title, chart.target?.name ?? "–"]
        for name in names {
            // The library takes them for a formula.
            guard isWritable(name), !name.hasPrefix("="), name.utf16.count <= 255 else {
                throw .notWritten("\(place): a name in it is longer than 255 characters, or begins with “=”")
            }
        }
    }

    private static func check(_ text: String, _ place: String) throws(SpreadsheetError) {
        guard isWritable(text), text.utf16.count <= longestText else {
            throw .notWritten("\(place): a text is longer than \(longestText) characters, or has control characters")
        }
    }

    private static func isWritable(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(XMLScanner.isAllowed) }
}
