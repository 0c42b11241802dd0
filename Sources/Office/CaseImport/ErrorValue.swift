/// What a spreadsheet shows in a cell that has no value (ECMA-376 part 1, 18.17.3, and those that Excel has since added).
enum ErrorValue {
    /// Whether a cell's text is one, as a spreadsheet writes them into CSV.
    static func isOne(_ text: String) -> Bool {
        guard text.utf8.first == UInt8(ascii: "#"), text.utf8.count > 1 else { return false }
        return isTooNarrow(text) || names.contains(text.uppercased())
    }

    /// What a clerk does about it.
    static func advice(on shown: String) -> String {
        isTooNarrow(shown)
            ? "cột quá hẹp hoặc ngày không hợp lệ; nới rộng cột hoặc sửa ô trong Excel, lưu lại rồi nhập lại"
            : "sửa công thức hoặc xóa ô đó trong Excel, lưu lại rồi nhập lại"
    }

    /// `####`: a number that does not fit into its column, or a date that is none.
    private static func isTooNarrow(_ text: String) -> Bool { text.utf8.allSatisfy { $0 == UInt8(ascii: "#") } }

    private static let names: Set<String> = [
        "#REF!", "#NAME?", "#N/A", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
        "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#EXTERNAL!", "#BUSY!", "#PYTHON!",
    ]
}
