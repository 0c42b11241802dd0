/// A stretch of the calendar that a deadline phrase names: a day, a month, a quarter, the months since or until the turn of a
/// year, or years.
struct DeadlineSpan: Equatable {
    enum Unit: Equatable {
        case day(Int, month: Int)
        case month(Int)
        case quarter(Int)
        /// From the first month to the last one of the year: `6 tháng đầu năm` is 1 to 6.
        case months(Int, Int)
        case year
    }

    var unit: Unit
    /// The year that stands with it; nil = the plan's.
    var year: Int?
    /// Whether it is said to be in the year after the plan's: `tháng 01 năm sau`.
    var isNextYear = false

    /// The year in which it is.
    func year(in plan: Int) -> Int { year ?? (isNextYear ? plan + 1 : plan) }

    /// The first and the last day.
    /// - Parameter plan: the year of the plan.
    /// - Returns: nil if the calendar has no such day, such as 31 June.
    func days(in plan: Int) -> (first: LocalDate, last: LocalDate)? {
        let year = year(in: plan)
        switch unit {
        case .day(let day, let month):
            return LocalDate(year: year, month: month, day: day).map { ($0, $0) }
        case .month(let month): return Self.months(month, month, year)
        case .quarter(let quarter): return Self.months(quarter * 3 - 2, quarter * 3, year)
        case .months(let first, let last): return Self.months(first, last, year)
        case .year: return Self.months(1, 12, year)
        }
    }

    private static func months(_ first: Int, _ last: Int, _ year: Int) -> (first: LocalDate, last: LocalDate)? {
        guard (1...12).contains(first), (first...12).contains(last),
            let start = LocalDate(year: year, month: first, day: 1),
            let end = LocalDate(year: year, month: last, day: 1)
        else { return nil }
        return (start, end.adding(months: 1).adding(days: -1))
    }

    /// Whether another follows at once, so that the two may be one stretch of work: two quarters, or two months.
    func isFollowed(by next: DeadlineSpan) -> Bool {
        guard year == next.year, isNextYear == next.isNextYear else { return false }
        switch (unit, next.unit) {
        case (.quarter(let one), .quarter(let other)), (.month(let one), .month(let other)): return other == one + 1
        default: return false
        }
    }
}
