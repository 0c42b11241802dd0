/// The periods that rules of working days count in.
enum CalendarPeriod: String, CaseIterable, Sendable {
    /// Monday to Sunday (ISO 8601).
    case week
    case month
    /// From January, April, July and October.
    case quarter
    case year

    /// The first day of the period that a day lies in.
    func first(of day: CivilDay) -> CivilDay {
        switch self {
        case .week: day.adding(days: -((day.weekday + 6) % 7))
        case .month: CivilDay(year: day.year, month: day.month)
        case .quarter: CivilDay(year: day.year, month: (day.month - 1) / 3 * 3 + 1)
        case .year: CivilDay(year: day.year, month: 1)
        }
    }

    /// The last day of the period that a day lies in.
    func last(of day: CivilDay) -> CivilDay { following(day).previous }

    /// The first day of the period after the one that a day lies in.
    func following(_ day: CivilDay) -> CivilDay {
        // No period is longer than twelve months of 31 days, and one step never leaves out a whole period.
        switch self {
        case .week: first(of: day).adding(days: 7)
        case .month: first(of: first(of: day).adding(days: 31))
        case .quarter: first(of: first(of: day).adding(days: 92))
        case .year: first(of: first(of: day).adding(days: 366))
        }
    }
}
