import Foundation

/// How headers and values of tables are compared: by letters and digits alone, small, without marks over them, so that
/// “Mã hồ sơ (*)”, “MA HO SO”, `ma_ho_so` and `MaHoSo` are one.
enum SpellingKey {
    static func of(_ text: String) -> String {
        let outside = withoutParentheses(text)
        let plain = outside.precomposedStringWithCompatibilityMapping.lowercased()
            .decomposedStringWithCanonicalMapping
        var key = String.UnicodeScalarView()
        for scalar in plain.unicodeScalars {
            if scalar == "đ" {
                key.append("d")
            } else if scalar.properties.isAlphabetic && scalar.properties.generalCategory != .nonspacingMark
                || scalar.properties.numericType == .decimal
            {
                key.append(scalar)
            }
        }
        return String(key)
    }

    /// What a header says in parentheses is how the column is filled in: “Ngày hẹn trả (dd/mm/yyyy)”.
    private static func withoutParentheses(_ text: String) -> String {
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")"),
            open > text.startIndex
        else { return text }
        return String(text[..<open] + text[text.index(after: close)...])
    }

    /// Whether what stands in parentheses is only how a day is written, or that it must be there: `(dd/MM/yyyy)`, `(*)`.
    static func tellsFormOnly(_ text: String) -> Bool {
        guard let open = text.firstIndex(of: "("), let close = text[open...].firstIndex(of: ")") else { return true }
        let words = text[open..<close].precomposedStringWithCanonicalMapping.lowercased()
            .split { !$0.isLetter }.map(String.init)
        return words.allSatisfy(formWords.contains)
    }

    private static let formWords: Set<String> = [
        "d", "dd", "m", "mm", "y", "yy", "yyyy", "h", "hh", "ss", "ngày", "tháng", "năm", "giờ", "phút", "bắt", "buộc",
        "nếu",
        "có", "ghi", "rõ", "theo", "giấy", "hẹn", "biên", "nhận", "phiếu", "trên", "định", "dạng", "vd", "ví", "dụ",
        "kiểu",
        "nhập", "text", "date",
    ]
}
