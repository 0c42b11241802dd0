/// Which days are worked: Monday to Friday, but for the days off of the official lists, and with the Saturdays that are
/// worked for a swapped day (Labour Code 2019, articles 111 and 112).
public struct WorkingCalendar: Sendable {
    private let off: Set<LocalDate>
    private let worked: Set<LocalDate>
    /// Years that have a list.
    public let years: Set<Int>

    /// A calendar of days off and of worked weekend days.
    public init(off: [LocalDate], worked: [LocalDate], years: Set<Int>) {
        self.off = Set(off)
        self.worked = Set(worked)
        self.years = years
    }

    /// Whether the office works on that day.
    public func isWorkingDay(_ date: LocalDate) -> Bool {
        if worked.contains(date) { return true }
        return !date.isWeekend && !off.contains(date)
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
