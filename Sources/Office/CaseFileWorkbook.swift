import Spreadsheet

/// Case files in an XLSX workbook: the first sheet that is shown, its first row with words is the header.
enum CaseFileWorkbook {
    /// Whether a file begins as workbooks do: as a zip file, or as the older and the protected ones, which are refused by
    /// their own names.
    static func begins(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x50, 0x4b, 0x03, 0x04]) || bytes.starts(with: [0xd0, 0xcf, 0x11, 0xe0])
    }

    /// The rows with the number that the sheet gives them, each as wide as the header.
    /// - Throws: `OfficeError.cases`.
    static func records(_ bytes: [UInt8]) throws(OfficeError) -> [CSVReader.Record] {
        let rows: [SpreadsheetRow]
        do {
            rows = try read(bytes)
        } catch {
            throw .cases("\(error)")
        }
        let width = rows.first.map { row in (row.cells.lastIndex { !$0.isEmpty } ?? -1) + 1 } ?? 0
        return rows.map { row in
            var cells = row.cells
            while cells.count > width, cells.last?.isEmpty == true { cells.removeLast() }
            while cells.count < width { cells.append("") }
            let fault = row.errors.first.map { "ô \($0.reference) hiển thị lỗi \($0.shown)" }
            return CSVReader.Record(line: row.number, cells: cells, raw: "", fault: fault)
        }
    }

    private static func read(_ bytes: [UInt8]) throws(SpreadsheetError) -> [SpreadsheetRow] {
        try XLSXReader(bytes).rows()
    }
}
