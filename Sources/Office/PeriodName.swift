/// What a period of the year is called in plans: `tháng 3`, `quý I`, `6 tháng đầu năm`, `năm`.
enum PeriodName {
    /// The name of the period that ends with a month.
    /// - Parameters:
    ///   - month: its last month, 1 to 12.
    ///   - months: how many months it has.
    static func of(endingIn month: Int, months: Int) -> String {
        switch months {
        case 12: "năm"
        case 6: month <= 6 ? "6 tháng đầu năm" : "6 tháng cuối năm"
        case 3: "quý \(roman[(month - 1) / 3 % 4])"
        case 1: "tháng \(month)"
        default: "đến hết tháng \(month)"
        }
    }

    private static let roman = ["I", "II", "III", "IV"]
}
