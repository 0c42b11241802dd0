/// Finds the row of a table that names its columns: above it titles, notes and names of groups may stand.
struct HeaderSearch {
    /// A header that was found.
    struct Found {
        var columns: ColumnMap
        /// How many rows of the table stand before the first case file.
        var rows: Int
        /// Whether its last two rows are one header.
        var isDouble = false
    }

    /// The number of known columns from which a row is taken for a header with missing columns; a row with fewer may be a
    /// cover sheet's text.
    static let fewest = 4

    /// How far it is sought.
    static let depth = 50

    let names: ColumnNames

    /// The header; nil = none of the first rows has all columns that a case file needs.
    func header(of sheet: TableSheet) -> Found? {
        for index in sheet.rows.indices.prefix(Self.depth) {
            let single = names.map(cells(sheet, index))
            let double = index + 1 < sheet.rows.count ? names.map(cells(sheet, index), cells(sheet, index + 1)) : nil
            if let double, double.missing.isEmpty, double.known.count > single.known.count,
                isOfHeader(sheet, index + 1, single)
            {
                return Found(columns: double, rows: index + 2, isDouble: true)
            }
            if single.missing.isEmpty { return Found(columns: single, rows: index + 1) }
        }
        return nil
    }

    /// Whether a row may be the second of a header: no case file stands in it.
    private func isOfHeader(_ sheet: TableSheet, _ index: Int, _ first: ColumnMap) -> Bool {
        let row = cells(sheet, index)
        guard let code = first[.code], code < row.count else { return true }
        // A cell that is merged with the one above says the same.
        return row[code].isEmpty || row[code] == first.cells[code]
    }

    private func cells(_ sheet: TableSheet, _ index: Int) -> [String] { sheet.rows[index].cells.map(CellTidying.text) }

    /// The row that has most of the columns.
    private func nearest(_ sheet: TableSheet) -> (line: Int, columns: ColumnMap)? {
        sheet.rows.prefix(Self.depth).map { ($0.line, names.map($0.cells.map(CellTidying.text))) }
            .max { $0.1.known.count < $1.1.known.count }
    }

    /// How many columns of case files a table has at the most in one row.
    func score(_ sheet: TableSheet) -> Int { nearest(sheet)?.columns.known.count ?? 0 }

    /// What was read, what was found there, and what is missing.
    /// - Parameter hidden: sheets that were not read, as they are hidden.
    func failure(_ sheets: [TableSheet], hidden: [String] = []) -> OfficeError {
        guard let best = sheets.max(by: { score($0) < score($1) }), let (line, columns) = nearest(best) else {
            return .cases("tệp trống: không có dòng nào; chưa nhập gì")
        }
        var words = ["không tìm thấy dòng tiêu đề.", "Đã đọc \(sheets.map(Self.extent).joined(separator: "; "))."]
        if columns.known.isEmpty {
            words.append("Không dòng nào có tên cột mà Kịp biết.")
        } else {
            words.append(
                "Gần nhất là \(best.name.map { "\($0), " } ?? "")dòng \(line), có \(Self.list(columns.known, names)).")
            let others = columns.cells.indices.filter { index in
                !columns.cells[index].isEmpty && !columns.known.contains { columns[$0] == index }
            }
            // One known word may stand anywhere; several are a header, in which no person is named.
            if columns.known.count > 1, !others.isEmpty {
                let texts = others.prefix(12).map { "“\(columns.cells[$0].prefix(30))”" }
                words.append("Kịp không biết \(texts.joined(separator: ", ")).")
            }
        }
        words.append("Thiếu \(columns.missing.map(names.words).joined(separator: ", ")).")
        words += hidden.map { "Trang “\($0)” đang ẩn nên không đọc: bỏ ẩn (Unhide) hoặc dùng --sheet nếu hồ sơ ở đó." }
        words.append("Đổi tên cột trong tệp, hoặc ghi tên của phần mềm vào caseColumns trong office.yaml; chưa nhập gì")
        return .cases(words.joined(separator: " "))
    }

    private static func extent(_ sheet: TableSheet) -> String {
        let rows = sheet.rows.prefix(depth)
        let lines =
            rows.first.flatMap { first in rows.last.map { "dòng \(first.line)–\($0.line)" } } ?? "không có dòng nào"
        return (sheet.name.map { "\($0) " } ?? "") + lines
    }

    private static func list(_ columns: [CaseColumn], _ names: ColumnNames) -> String {
        columns.map { names.name(of: $0) }.joined(separator: ", ")
    }
}
