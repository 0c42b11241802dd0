/// Case files under one header. A sheet has several where a header stands further down: programs repeat it on each page, and
/// people put one table under the other.
struct TableSection {
    let sheet: TableSheet
    let columns: ColumnMap
    /// Its rows, without headers that are repeated.
    private(set) var rows: [ArraySlice<TableRow>]
    /// The lines of the headers that are repeated.
    private(set) var repeated: [Int] = []
    /// The line of its header, if it is not the first of the sheet.
    var line: Int?

    var count: Int { rows.reduce(0) { $0 + $1.count } }

    /// The sections of a sheet.
    /// - Throws: `OfficeError.cases` where a header further down has not the columns of case files.
    static func all(
        of sheet: TableSheet, _ header: HeaderSearch.Found, _ names: ColumnNames
    ) throws(OfficeError) -> [TableSection] {
        let heads = sheet.rows.prefix(header.rows).suffix(header.isDouble ? 2 : 1).map { tidied($0) }
        var sections: [TableSection] = []
        var section = TableSection(sheet: sheet, columns: header.columns, rows: [])
        var start = header.rows
        var index = start
        while index < sheet.rows.count {
            let row = sheet.rows[index]
            guard mayBeHeader(row, section.columns), let found = headerAgain(at: index, sheet, names, heads) else {
                index += 1
                continue
            }
            section.rows.append(sheet.rows[start..<index])
            if heads.contains(tidied(row)) || found.columns.isLike(section.columns) {
                section.repeated.append(row.line)
            } else {
                try check(found.columns, header.columns, row.line, sheet, names)
                sections.append(section)
                section = TableSection(sheet: sheet, columns: found.columns, rows: [], line: row.line)
            }
            index += found.rows
            start = index
        }
        section.rows.append(sheet.rows[start...])
        return sections + [section]
    }

    private static func tidied(_ row: TableRow) -> [String] { row.cells.map(CellTidying.text) }

    /// Whether there is no figure where the code stands: no case file has such a code.
    private static func mayBeHeader(_ row: TableRow, _ columns: ColumnMap) -> Bool {
        guard let code = columns[.code], code < row.cells.count else { return true }
        return !row.cells[code].utf8.contains { (0x30...0x39).contains($0) }
    }

    /// Fewer names may stand in a case file.
    private static let fewest = 3

    /// The header that stands in a row, and perhaps the next; nil = it is none.
    private static func headerAgain(
        at index: Int, _ sheet: TableSheet, _ names: ColumnNames, _ heads: [[String]]
    ) -> HeaderSearch.Found? {
        let cells = tidied(sheet.rows[index])
        let single = names.map(cells)
        if heads.contains(cells) || single.missing.isEmpty { return .init(columns: single, rows: 1) }
        if single.known.count >= 1, index + 1 < sheet.rows.count {
            let double = names.map(cells, tidied(sheet.rows[index + 1]))
            if double.missing.isEmpty { return .init(columns: double, rows: 2, isDouble: true) }
        }
        return single.known.count >= fewest ? .init(columns: single, rows: 1) : nil
    }

    private static func check(
        _ columns: ColumnMap, _ first: ColumnMap, _ line: Int, _ sheet: TableSheet, _ names: ColumnNames
    ) throws(OfficeError) {
        // What a file has no column for stays as it is: one file tells one set of columns.
        if columns.known == first.known { return }
        let differing = first.known.filter { columns[$0] == nil } + columns.known.filter { first[$0] == nil }
        throw .cases(
            "\(sheet.name.map { "\($0), " } ?? "")dòng \(line) là tiêu đề của một bảng khác (khác ở cột "
                + "\(differing.map(names.words).joined(separator: ", "))): để bảng đó ở một tệp hoặc một trang riêng rồi nhập "
                + "lại; chưa nhập gì")
    }
}
