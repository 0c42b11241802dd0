/// What is said of a table of case files as a whole: once for a file, not by row.
enum ImportNotes {
    static func of(_ sections: [TableSection], _ table: CaseFileTable) -> [String] {
        var notes: [String] = []
        let columns = sections.map(\.columns)
        if let unknown = unknown(columns) { notes.append(unknown) }
        for text in columns.flatMap(\.rivals).map(text) where !notes.contains(text) { notes.append(text) }
        if let first = columns.first, first[.resolvedOn] == nil, first[.returnedOn] == nil { notes.append(noResults) }
        for section in sections {
            guard let line = section.line else { continue }
            notes.append(
                "\(section.sheet.name.map { "\($0), " } ?? "")dòng \(line) là tiêu đề mới: các dòng dưới đó được đọc theo tiêu đề "
                    + "này")
        }
        if hasRunningNumbers(table.cases) { notes.append(runningNumbers) }
        if table.restoredPhones > 0 {
            notes.append("\(table.restoredPhones) số điện thoại mất số 0 ở đầu, đã thêm lại")
        }
        if table.withoutChannel > 0 {
            notes.append("\(table.withoutChannel) dòng không ghi hình thức nộp (hinh_thuc): tính là trực tiếp")
        }
        return notes
    }

    static func hidden(_ sheet: String) -> String {
        "trang “\(sheet)” đang ẩn nên không đọc; bỏ ẩn (Unhide) hoặc dùng --sheet nếu cần nhập"
    }

    private static func unknown(_ columns: [ColumnMap]) -> String? {
        var names: [String] = []
        for name in columns.flatMap(\.unknown).map({ String($0.prefix(40)) }) where !names.contains(name) {
            names.append(name)
        }
        if names.isEmpty { return nil }
        let shown = names.prefix(12).map { "“\($0)”" }.joined(separator: ", ")
        let more = names.count > 12 ? " và \(names.count - 12) cột khác" : ""
        return "Kịp không biết cột \(shown)\(more): không đọc"
    }

    private static func text(_ rivals: ColumnMap.Rivals) -> String {
        "các cột “\(rivals.read)”, \(rivals.others.map { "“\($0)”" }.joined(separator: ", ")) cùng có nghĩa "
            + "\(rivals.column.rawValue): chỉ đọc “\(rivals.read)”; nếu không đúng, ghi tên cột vào caseColumns trong office.yaml"
    }

    private static let noResults =
        "không có cột ngày có kết quả (ngay_co_ket_qua) hoặc ngày trả (ngay_tra): hồ sơ mới của tệp được coi là chưa có kết quả "
        + "và có thể bị coi là quá hạn; nếu tệp có cột đó, ghi tên cột vào caseColumns trong office.yaml"

    private static let runningNumbers =
        "cột mã hồ sơ (ma_ho_so) có vẻ là số thứ tự (1, 2, 3, …), không phải mã hồ sơ: lần nhập sau sẽ ghi đè lên các hồ sơ này; "
        + "ghi tên cột mã hồ sơ đúng vào caseColumns trong office.yaml"

    /// Whether all codes are small numbers that grow by one.
    private static func hasRunningNumbers(_ cases: [CaseFile]) -> Bool {
        guard cases.count > 1 else { return false }
        var last: Int?
        for file in cases {
            guard file.code.utf8.count <= 7, let number = Int(file.code), number >= 0 else { return false }
            // Rows between were rejected, or passed over.
            if let last, !(1...100).contains(number - last) { return false }
            last = number
        }
        return (Int(cases[0].code) ?? .max) <= 100
    }
}
