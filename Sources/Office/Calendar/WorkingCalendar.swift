/// Which days are worked: Monday to Friday, but for the days off of the official lists, and with the weekend days that are
/// worked for a swapped one (Labour Code 2019, articles 111 and 112). A year without a list has the provisional days of
/// `StatutoryHolidays`.
public struct WorkingCalendar: Sendable {
    private let off: [LocalDate: DayOff]
    private let worked: [LocalDate: DayOff]
    private let halves: [LocalDate: DayOff]
    /// Years that have a list.
    public let years: Set<Int>

    /// Years without a list for which days are computed. Before and after them only weekends are off.
    public static let computedYears = 2000...2100

    private static let computed: [Int: [LocalDate: DayOff]] = Dictionary(
        uniqueKeysWithValues: computedYears.map { year in
            (year, StatutoryHolidays.of(year).reduce(into: [:]) { $0[$1.date] = $1 })
        })

    /// A calendar of days off, of weekend days that are worked, and of days that are worked by halves.
    /// - Parameter years: those that the lists cover.
    public init(off: [DayOff], worked: [DayOff] = [], half: [DayOff] = [], years: Set<Int>) {
        self.off = off.reduce(into: [:]) { $0[$1.date] = $1 }
        self.worked = worked.reduce(into: [:]) { $0[$1.date] = $1 }
        halves = half.reduce(into: [:]) { $0[$1.date] = $1 }
        self.years = years
    }

    /// Whether the office works on that day, if only by a half.
    public func isWorkingDay(_ date: LocalDate) -> Bool {
        if worked[date] != nil || halves[date] != nil { return true }
        return !date.isWeekend && holiday(date) == nil
    }

    /// The holiday of a day, whether or not it would be worked otherwise; nil = it has none, or one that is only proposed.
    public func holiday(_ date: LocalDate) -> DayOff? {
        let year = date.year
        guard years.contains(year) else { return Self.computed[year]?[date] }
        return off[date].flatMap { $0.mark == .proposed ? nil : $0 }
    }

    /// Why a weekend day is worked; nil = it is not.
    public func worked(_ date: LocalDate) -> DayOff? { worked[date] }

    /// Which half of a day is worked; nil = both, or none.
    public func half(_ date: LocalDate) -> DayOff? { halves[date] }

    /// All that is said, or computed, of a year, in order.
    public func days(of year: Int) -> (off: [DayOff], worked: [DayOff], half: [DayOff]) {
        func inYear(_ days: some Sequence<DayOff>) -> [DayOff] {
            days.filter { $0.date.year == year }.sorted { $0.date < $1.date }
        }
        let listed = years.contains(year) ? inYear(off.values) : inYear((Self.computed[year] ?? [:]).values)
        return (listed, inYear(worked.values), inYear(halves.values))
    }

    /// The day itself where it is worked, or the next that is.
    public func onOrAfter(_ date: LocalDate) -> LocalDate {
        var date = date
        while !isWorkingDay(date) { date = date.adding(days: 1) }
        return date
    }

    /// The day itself where it is worked, or the last before it that is.
    public func onOrBefore(_ date: LocalDate) -> LocalDate {
        var date = date
        while !isWorkingDay(date) { date = date.adding(days: -1) }
        return date
    }

    /// So many working days after a day, which itself does not count (DOMAIN: the day of receipt does not count).
    /// Negative counts go back.
    public func adding(workingDays count: Int, to date: LocalDate) -> LocalDate {
        var date = date
        var left = abs(count)
        while left > 0 {
            date = date.adding(days: count < 0 ? -1 : 1)
            if isWorkingDay(date) { left -= 1 }
        }
        return date
    }

    /// Working days after `start`, up to and with `end`; negative where `end` is earlier.
    public func workingDays(from start: LocalDate, to end: LocalDate) -> Int {
        if end < start { return -workingDays(from: end, to: start) }
        var count = 0
        var date = start
        while date < end {
            date = date.adding(days: 1)
            if isWorkingDay(date) { count += 1 }
        }
        return count
    }
}
