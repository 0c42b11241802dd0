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
}
