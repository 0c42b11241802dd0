import CXlsxWriter
import Foundation

/// Writes workbooks as XLSX (libxlsxwriter), whose charts the reader's program draws itself. All is set in Times New Roman.
public enum XLSXWriter {
    /// The bytes of a workbook: the same for the same workbook and date, whenever it is written.
    /// - Parameters:
    ///   - workbook: what is written. Its texts stay texts: none becomes a formula.
    ///   - created: when it was made, in the file's properties, to the second.
    /// - Throws: `SpreadsheetError.notWritten` for what a spreadsheet cannot hold; nothing is left behind.
    public static func write(_ workbook: Workbook, created: Date) throws(SpreadsheetError) -> [UInt8] {
        try WorkbookCheck.check(workbook)
        let file = try MemoryFile()
        guard let book = workbook_new(file.path) else { throw .notWritten("there is no memory for it") }
        do throws(SpreadsheetError) {
            try fill(book, workbook, created)
        } catch {
            lxw_workbook_free(book)
            throw error
        }
        let error = workbook_close(book)
        guard error == LXW_NO_ERROR else { throw .notWritten(String(cString: lxw_strerror(error))) }
        return try file.bytes()
    }

    private static func fill(
        _ book: UnsafeMutablePointer<lxw_workbook>, _ workbook: Workbook, _ created: Date
    ) throws(SpreadsheetError) {
        setProperties(book, workbook, created)
        var formats = CellFormats(book)
        var worksheets: [UnsafeMutablePointer<lxw_worksheet>] = []
        for sheet in workbook.sheets {
            guard let worksheet = workbook_add_worksheet(book, sheet.name) else {
                throw .notWritten("the sheet “\(sheet.name)” cannot be made")
            }
            worksheets.append(worksheet)
        }
        let hasTargets = workbook.sheets.contains { $0.charts.contains { $0.target != nil } }
        var targets = hasTargets ? TargetSheet(book) : nil
        for (sheet, worksheet) in zip(workbook.sheets, worksheets) {
            var writing = try SheetWriting(sheet, worksheet)
            try writing.write(&formats)
            try placeCharts(&writing, book, &targets)
        }
    }

    /// One under the other, as wide as the table.
    private static func placeCharts(
        _ writing: inout SheetWriting, _ book: UnsafeMutablePointer<lxw_workbook>, _ targets: inout TargetSheet?
    ) throws(SpreadsheetError) {
        for chart in writing.sheet.charts {
            let chartWriting = ChartWriting(chart: chart, sheet: writing.sheet, firstRowLine: writing.firstRowLine)
            let made = try chartWriting.make(book, &targets)
            let line = writing.leaveRoom(pixels: chart.height)
            var options = lxw_chart_options()
            // The library's own size is 480 by 288.
            options.x_scale = max(400, min(writing.sheet.widthInPixels, 1_400)) / 480
            options.y_offset = Int32(Chart.margin)
            options.y_scale = Double(chart.height) / 288
            var title = Array(chart.title.utf8CString)
            let error = title.withUnsafeMutableBufferPointer { title in
                options.description = title.baseAddress
                return worksheet_insert_chart_opt(writing.worksheet, lxw_row_t(line), 0, made, &options)
            }
            try writing.check(error)
        }
        try writing.breakPages()
    }

    private static func setProperties(
        _ book: UnsafeMutablePointer<lxw_workbook>, _ workbook: Workbook, _ created: Date
    ) {
        var title = Array(workbook.title.utf8CString)
        var author = Array(workbook.author.utf8CString)
        title.withUnsafeMutableBufferPointer { title in
            author.withUnsafeMutableBufferPointer { author in
                var properties = lxw_doc_properties()
                properties.title = title.baseAddress
                properties.author = author.baseAddress
                // 0 would be the current time.
                let seconds = Int(created.timeIntervalSince1970)
                properties.created = seconds == 0 ? 1 : seconds
                _ = workbook_set_properties(book, &properties)
            }
        }
    }
}
