/// Finds out whether a file writes the day before the month. It always should; but programs with American settings do not,
/// and where each number of a file could be both, nobody can tell from it.
struct DateOrderFinding {
    /// A day that could be read in two ways, or in the other way only.
    struct Example: Equatable {
        var line: Int
        var text: String
    }

    /// How far a workbook is looked at for days that were turned around.
    static let depth = 2_000

    private var both: Example?
    /// A day of a workbook whose day and month could have been turned around.
    private var turned: Example?
    /// A day of a workbook with which that cannot be, or a text that could be a month before a day.
    private var hasUnturned = false
    private var hasTextDays = false
    private var monthOnly: Example?
    private(set) var isDayFirst = false

    /// Looks at a row.
    /// - Parameters:
    ///   - dates: its cells of received, promised, resolved and returned, as they are written, in this order.
    ///   - others: its other days.
    ///   - code: which mostly has the day of receipt in it (`…-240329-0001`).
    ///   - today: nothing was received or resolved after it.
    mutating func look(_ dates: [String], others: [String], code: String, line: Int, today: LocalDate) {
        var isAmbiguous = false
        for text in dates + others {
            guard let (first, second) = Self.numbers(text) else {
                lookAtDay(text, line)
                continue
            }
            if first > 12 { hasTextDays = true } else { hasUnturned = true }
            if first == second { continue }
            if first > 12, second <= 12 { isDayFirst = true }
            if second > 12, first <= 12 { monthOnly = monthOnly ?? Example(line: line, text: text) }
            if first <= 12, second <= 12 {
                isAmbiguous = true
                both = both ?? Example(line: line, text: text)
            }
        }
        // Only days that were turned around differ from the one that the code bears; a text was not.
        if turned != nil, !hasUnturned, let written = CaseCode.writtenDay(in: code),
            written.parts.day != written.parts.month,
            let received = dates.first, Self.numbers(received) == nil, CaseDate.read(received) == .day(written)
        {
            hasUnturned = true
        }
        guard isAmbiguous, !isDayFirst else { return }
        let (dayFirst, monthFirst) = (Self.days(dates, .dayFirst), Self.days(dates, .monthFirst))
        if Self.isPossible(dayFirst, today), !Self.isPossible(monthFirst, today) { isDayFirst = true }
        if let written = CaseCode.writtenDay(in: code), written == dayFirst.first { isDayFirst = true }
    }

    /// A cell that is a day for the spreadsheet, not a text.
    private mutating func lookAtDay(_ text: String, _ line: Int) {
        guard case .day(let date) = CaseDate.read(text) else { return }
        let (_, month, day) = date.parts
        if day > 12 { hasUnturned = true }
        if day <= 12, day != month { turned = turned ?? Example(line: line, text: date.form) }
    }

    /// Refuses a workbook in which all days that could be a month before a day are days, and all others are texts: an Excel
    /// of American settings has opened a file of Vietnamese days, and turned the first ones around.
    func checkTurned() throws(OfficeError) {
        guard let turned, hasTextDays, !hasUnturned else { return }
        throw .cases(
            "dòng \(turned.line): có lẽ Excel đã đổi chỗ ngày và tháng của \(turned.text): mọi ô ngày của Excel trong tệp có "
                + "ngày từ 1 đến 12, còn ngày từ 13 trở đi vẫn là chữ. Xuất lại từ phần mềm gốc và nhập thẳng tệp đó; nếu "
                + "các ngày đều đúng, nhập lại với --dates day-first; chưa nhập gì")
    }

    /// What the file says of itself.
    /// - Throws: `OfficeError.cases` that asks, where it says nothing, or the contrary.
    func order() throws(OfficeError) -> DateOrder {
        if isDayFirst { return .dayFirst }
        if let monthOnly {
            throw .cases(
                "dòng \(monthOnly.line): “\(monthOnly.text)” ghi tháng trước ngày, và không dòng nào trong tệp ghi ngày trước "
                    + "tháng. Nếu cả tệp ghi tháng trước ngày, nhập lại với --dates month-first; nếu không, sửa ngày trong "
                    + "tệp; chưa nhập gì")
        }
        guard let both, case .day(let day) = CaseDate.read(both.text),
            case .day(let other) = CaseDate.read(both.text, order: .monthFirst)
        else { return .dayFirst }
        throw .cases(
            "dòng \(both.line): “\(both.text)” là ngày \(day.parts.day) tháng \(day.parts.month) hay ngày "
                + "\(other.parts.day) tháng \(other.parts.month)? Mọi ngày trong tệp đều đọc được cả hai cách. Nhập lại với "
                + "--dates day-first (ngày trước tháng) hoặc --dates month-first (tháng trước ngày); chưa nhập gì")
    }

    private static func numbers(_ text: String) -> (Int, Int)? {
        var scanner = CaseDateScanner(text)
        guard case .numbers(let first, let second, _)? = scanner.parts()?.form else { return nil }
        return (first, second)
    }

    private static func days(_ dates: [String], _ order: DateOrder) -> [LocalDate?] {
        dates.map { text in
            if case .day(let day) = CaseDate.read(text, order: order) { day } else { nil }
        }
    }

    /// Whether a row's days may be so: received, promised, resolved and returned in order, none of the past after today.
    private static func isPossible(_ days: [LocalDate?], _ today: LocalDate) -> Bool {
        guard days.count == 4, let received = days[0], let promised = days[1] else { return false }
        let happened = [received, days[2], days[3]].compactMap { $0 }
        return received <= promised && happened == happened.sorted() && happened.allSatisfy { $0 <= today }
    }
}
