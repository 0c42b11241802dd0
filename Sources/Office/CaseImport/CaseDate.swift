import Spreadsheet

/// Which of two numbers below 13 is the month.
public enum DateOrder: String, Sendable, Codable, CaseIterable {
    /// `29/03/2024`, as Vietnamese writes it.
    case dayFirst = "day-first"
    /// `03/29/2024`, as programs with American settings write it.
    case monthFirst = "month-first"
}

/// A cell of a date column, read.
///
/// Days are written as `29/03/2024`, `29-03-2024`, `29.03.2024`, `29 tháng 3 năm 2024`, `2024-03-29`, `2024/03/29`, `20240329`,
/// `24-Jan-2024`, `24 thg 1 2024`, after a day of the week (`Thứ Tư, 24/01/2024`), as the serial number of a spreadsheet (45380)
/// or in milliseconds since 1970 (1711670400000). A time of day may stand before or after the day (`16:30`, `16:30:05.000`,
/// `16h30`, `4:30 CH`); with an offset (`Z`, `+07:00`) it is a moment, which is the day that it falls on in Viet Nam. What
/// else stands in the cell is refused, as are signs, years of two digits, and days that there are not.
enum CaseDate: Equatable {
    /// Nothing is known.
    case empty
    case day(LocalDate)
    /// Why it is no day, in Vietnamese.
    case refused(String)

    /// Days of other years are slips: those of the calendar's computed years are taken.
    static let years = WorkingCalendar.computedYears

    /// Reads a cell.
    /// - Parameters:
    ///   - text: without blanks around it.
    ///   - from1904: serial numbers count from 1904, as old workbooks of the Macintosh do.
    static func read(_ text: String, order: DateOrder = .dayFirst, from1904: Bool = false) -> CaseDate {
        if text.isEmpty || isNothing(text) { return .empty }
        // What a workbook shows of the number 0 in a cell for days.
        if text == "00:00" { return .refused(zeroDay(text)) }
        var scanner = CaseDateScanner(text)
        guard let parts = scanner.parts() else { return .refused(scanner.reason ?? unknown(text)) }
        switch parts.form {
        case .serial(let number):
            // Without a time: a serial number's fraction is one, and does not change the day.
            guard let day = SerialDate(from1904: from1904).text(number).flatMap({ LocalDate(String($0.prefix(10))) })
            else { return .refused(unknown(text)) }
            return checked(day, text)
        case .moment(let milliseconds): return checked(LocalDate(milliseconds: milliseconds), text)
        case .numbers(let first, let second, let year):
            let (day, month) = order == .dayFirst ? (first, second) : (second, first)
            return checked(year: year, month: month, day: day, parts, text)
        case .yearFirst(let year, let month, let day):
            return checked(year: year, month: month, day: day, parts, text)
        }
    }

    private static func checked(
        year: Int, month: Int, day: Int, _ parts: CaseDateScanner.Parts, _ text: String
    ) -> CaseDate {
        // Programs write these where a database has none: MySQL's zero day and the first day that .NET knows.
        if year == 0, month == 0, day == 0 { return .empty }
        if year == 1, month == 1, day == 1 { return .empty }
        if isZero(year: year, month: month, day: day) { return .refused(zeroDay(text)) }
        guard let date = LocalDate(year: year, month: month, day: day) else {
            let hint = month > 12 && day <= 12 ? " (ghi ngày trước, tháng sau)" : ""
            return .refused(unknown(text) + hint)
        }
        if let weekday = parts.weekday, weekday != date.weekday {
            return .refused("“\(text.prefix(40))”: ngày \(date.form) không phải thứ đó; kiểm tra lại ngày")
        }
        guard let offset = parts.offset else { return checked(date, text) }
        // The office's time is UTC+7 all year.
        let seconds = parts.seconds - offset + LocalDate.offsetSeconds
        let shift = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
        return checked(date.adding(days: shift), text)
    }

    private static func checked(_ date: LocalDate, _ text: String) -> CaseDate {
        let year = date.year
        if years.contains(year) { return .day(date) }
        let isBuddhist = years.contains(year - 543)
        return .refused(
            "“\(text.prefix(40))” có năm \(year), ngoài \(years.lowerBound)–\(years.upperBound)"
                + (isBuddhist ? " (năm Phật lịch? năm dương lịch là \(year - 543))" : ""))
    }

    /// The first days that spreadsheets and computers count from: a cell without a day, formatted as one.
    private static func isZero(year: Int, month: Int, day: Int) -> Bool {
        switch (year, month, day) {
        case (1900, 1, 0), (1900, 0, 1), (1900, 1, 1), (1899, 12, 30), (1899, 12, 31), (1899, 30, 12), (1899, 31, 12),
            (1904, 1, 1), (1970, 1, 1):
            true
        default: false
        }
    }

    private static func zeroDay(_ text: String) -> String {
        "“\(text.prefix(40))” là ô ngày trống (số 0) của Excel, không phải ngày: xóa nội dung ô đó nếu chưa có ngày"
    }

    private static func unknown(_ text: String) -> String {
        "“\(text.prefix(40))” không phải là ngày, ví dụ 29/03/2024"
    }

    /// Words for a day that is not there, beside those of all cells.
    private static func isNothing(_ text: String) -> Bool {
        // What has a figure in it is meant for a day.
        guard text.utf8.count <= 32, !text.utf8.contains(where: { (0x31...0x39).contains($0) }) else { return false }
        return nothings.contains(SpellingKey.of(text)) || text == "0"
    }

    private static let nothings: Set<String> = [
        "", "na", "nan", "nat", "chua", "chuaco", "chuacoketqua", "chuatra", "chuatraketqua", "khong", "khongco",
        "dangxuly", "danggiaiquyet", "x", "trong",
    ]
}

extension LocalDate {
    /// How much later it is in Viet Nam than UTC, in seconds.
    static let offsetSeconds = 7 * 3_600
}
