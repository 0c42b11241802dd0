import Spreadsheet

/// The tables of a file, whatever it is: text with separators, a workbook, or a web page that is called a workbook.
struct TableSource {
    let sheets: [TableSheet]
    /// The sheets of a workbook that are hidden, and were not asked for.
    private(set) var hiddenSheets: [String] = []
    /// How its letters were written.
    let encoding: TextEncoding

    /// Reads a file.
    /// - Parameter search: by which the separator of a text is known: the one that makes a header of its first rows.
    /// - Throws: `OfficeError.cases` where the file is none of these, or was cut off.
    init(_ bytes: [UInt8], _ search: HeaderSearch, sheet: String? = nil) throws(OfficeError) {
        switch TableFormat.of(bytes) {
        case .refused(let error): throw .cases(error.clerkText)
        case .workbook:
            encoding = .utf8
            (sheets, hiddenSheets) = try Self.workbook(bytes, sheet)
        case .webPage:
            let read = try TextEncoding.read(bytes)
            encoding = read.encoding
            sheets = try Self.page(read.text)
        case .text:
            let read = try TextEncoding.read(bytes)
            encoding = read.encoding
            sheets = [try Self.text(Self.withoutEndMarks(read.text), search)]
        }
    }

    /// Text without what programs of DOS put behind it: Ctrl-Z, and zeros that fill the last block.
    private static func withoutEndMarks(_ text: String) -> String {
        var scalars = text.unicodeScalars[...]
        while let last = scalars.last, last.value == 0x1A || last.value == 0 { scalars.removeLast() }
        return scalars.endIndex == text.endIndex ? text : String(scalars)
    }

    private static func text(_ text: String, _ search: HeaderSearch) throws(OfficeError) -> TableSheet {
        let separator = Self.separator(text, search)
        var content = CSVReader.read(text, separator: separator)
        if let line = content.openQuoteLine { throw Self.cutOff(line) }
        for index in content.rows.indices { mend(&content.rows[index]) }
        let sheet = TableSheet(name: nil, rows: content.rows)
        let width = search.header(of: sheet)?.columns.cells.count ?? 0
        // Excel leaves separators of empty last cells out, but ends each line.
        if content.endsOpen, let last = content.rows.last, last.cells.count < width {
            throw .cases(
                "dòng cuối, dòng \(last.line), chỉ có \(last.cells.count) trong \(width) cột và không có dấu xuống dòng: tệp bị "
                    + "cắt cụt; xuất hoặc chép lại tệp; chưa nhập gì")
        }
        return sheet
    }

    private static func cutOff(_ line: Int) -> OfficeError {
        .cases(
            "tệp hết giữa dấu nháy kép (\") mở ở dòng \(line): tệp bị cắt cụt; xuất hoặc chép lại tệp; chưa nhập gì")
    }

    /// The separator with which the first rows have a header, or else most of the columns; nil = the most frequent one.
    private static func separator(_ text: String, _ search: HeaderSearch) -> UInt8? {
        let heads = CSVReader.separators.map { separator in
            var rows = CSVReader.read(text, separator: separator, limit: HeaderSearch.depth).rows
            for index in rows.indices { mend(&rows[index]) }
            return TableSheet(name: nil, rows: rows)
        }
        if let index = heads.firstIndex(where: { search.header(of: $0) != nil }) { return CSVReader.separators[index] }
        let scores = heads.map(search.score)
        guard let best = scores.indices.max(by: { (scores[$0], $1) < (scores[$1], $0) }), scores[best] > 1 else {
            return nil
        }
        return CSVReader.separators[best]
    }

    private static func mend(_ row: inout TableRow) {
        if row.mendDoubleEncoding() { row.wasMended = true }
    }

    private static func workbook(
        _ bytes: [UInt8], _ wanted: String?
    ) throws(OfficeError) -> (shown: [TableSheet], hidden: [String]) {
        do {
            let reader = try XLSXReader(bytes)
            var sheets: [TableSheet] = []
            let names = wanted.map { [$0] } ?? reader.sheets.filter { !$0.isHidden }.map(\.name)
            // The reader says that there is none.
            if names.isEmpty { _ = try reader.rows() }
            for name in names {
                let rows = try reader.rows(of: name, fillsMerged: true).map(row)
                sheets.append(
                    TableSheet(
                        name: "trang “\(name)”", rows: rows, isWorkbook: true, countsFrom1904: reader.countsFrom1904))
            }
            return (sheets, wanted == nil ? reader.sheets.filter(\.isHidden).map(\.name) : [])
        } catch {
            throw .cases(error.clerkText)
        }
    }

    private static func page(_ text: String) throws(OfficeError) -> [TableSheet] {
        do throws(SpreadsheetError) {
            let tables = try HTMLTableReader.tables(in: text, fillsMerged: true)
            if tables.isEmpty { throw SpreadsheetError.notAWorkbook("it is a web page without a table") }
            return tables.enumerated().map { number, rows in
                TableSheet(name: tables.count == 1 ? nil : "bảng \(number + 1)", rows: rows.map(row))
            }
        } catch {
            throw .cases(error.clerkText)
        }
    }

    private static func row(_ row: SpreadsheetRow) -> TableRow {
        var result = TableRow(line: row.number, cells: row.cells)
        result.cellFaults =
            row.errors.map { error in
                .init(
                    column: error.column, place: "ô \(error.reference)",
                    reason: "hiển thị lỗi \(error.shown): \(ErrorValue.advice(on: error.shown))")
            }
            + row.uncomputed.map { cell in
                .init(
                    column: cell.column, place: "ô \(cell.reference)",
                    reason: "là công thức chưa được tính: mở tệp bằng Excel, lưu lại rồi nhập lại")
            }
        result.longNumbers = row.longNumbers.map { TableRow.LongNumber(column: $0.column, name: $0.reference) }
        mend(&result)
        return result
    }
}
