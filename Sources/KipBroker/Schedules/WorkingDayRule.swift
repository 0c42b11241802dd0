import Foundation
import KipCore

/// When a schedule is due in working days, as a clerk would say it.
///
/// | rule | means |
/// |---|---|
/// | `every working day at 07:30` | each day on which the calendar works |
/// | `first working day of the month at 07:30` | also `second` to `tenth`, `11th`, `23rd` … |
/// | `last working day of the quarter at 16:00` | |
/// | `3 working days before the end of the month at 08:00` | counted back from the month's last day |
/// | `2 working days after the 15th of the month at 08:00` | counted on from it |
/// | `working day on or before the 25th of the month at 17:00` | that day, or the last working day before it |
/// | `working day on or after the start of the year at 09:00` | that day, or the first working day after it |
///
/// Periods are `week` (Monday to Sunday), `month`, `quarter` (from January, April, July, October) and `year`. What is
/// counted from is the `start` or the `end` of a period, its first and last calendar day, or the `1st` to `28th` of the
/// month: later days are not in every month, and are said from its end. **The day that is counted from does not count**,
/// worked or not: three working days before Sunday the 31st are Wednesday the 27th. A period with fewer working days
/// than a rule asks for is left out, and two periods that come to the same day fire once.
///
/// Times are local, `07:30` or `07:30:15`. Which days are worked says the broker's `WorkingDayCalendar`: Monday to
/// Friday, where it was given no other.
public struct WorkingDayRule: Sendable, Equatable {
    /// What is counted from.
    enum Anchor: Sendable, Equatable {
        /// The first day of the period.
        case start(CalendarPeriod)
        /// The last day of the period.
        case end(CalendarPeriod)
        /// 1 to 28.
        case dayOfMonth(Int)
    }

    /// Where something is looked for.
    enum Direction: Int, Sendable {
        case before = -1
        case after = 1
    }

    /// Which days.
    enum Days: Sendable, Equatable {
        case every
        /// 1 = the first of the period.
        case numbered(Int, CalendarPeriod)
        case last(CalendarPeriod)
        /// So many working days before or after.
        case counted(Int, Direction, Anchor)
        /// The day itself where it is worked.
        case nearest(Direction, Anchor)
    }

    /// The text that was parsed.
    public let text: String
    let days: Days
    let times: TimesOfDay

    /// Reads a rule. Capitals and further spaces make no difference.
    /// - Throws: `RuleError` that names the text, the word that is wrong, and a rule that is right.
    public init(_ text: String) throws(RuleError) {
        var words = try RuleWords(text)
        days = try words.days()
        times = try words.time()
        try words.end()
        self.text = text
    }

    /// Its moments in a time zone, by a calendar.
    func occurrences(in zone: TimeZone, by calendar: any WorkingDayCalendar) -> Occurrences {
        Occurrences(times: times, zone: zone) { from in firstDay(from: from, by: calendar) }
    }

    /// Its first day from a day on.
    /// - Returns: nil where none comes within five years.
    func firstDay(from: CivilDay, by calendar: any WorkingDayCalendar) -> CivilDay? {
        guard let period = days.period else { return calendar.workingDay(from: from, towards: 1) }
        var start = period.first(of: from)
        // What is counted on may come out of an earlier period. Days grow with their periods.
        while days.goesOn, let day = day(inPeriodFrom: start, by: calendar), day >= from {
            start = period.first(of: start.previous)
        }
        while start.number - from.number <= Occurrences.fiveYears {
            if let day = day(inPeriodFrom: start, by: calendar), day >= from { return day }
            start = period.following(start)
        }
        return nil
    }

    /// The one day that belongs to the period with this first day; nil where it has none.
    private func day(inPeriodFrom start: CivilDay, by calendar: any WorkingDayCalendar) -> CivilDay? {
        switch days {
        case .every: return nil
        case .numbered(let number, let period):
            let last = period.last(of: start)
            // Not walked through for nothing, period after period.
            guard number <= last.number - start.number + 1 else { return nil }
            let day = calendar.day(number, workingDaysFrom: start.previous)
            return day.flatMap { $0 <= last ? $0 : nil }
        case .last(let period):
            let day = calendar.workingDay(from: period.last(of: start), towards: -1)
            return day.flatMap { $0 >= start ? $0 : nil }
        case .counted(let count, let direction, let anchor):
            return calendar.day(count * direction.rawValue, workingDaysFrom: anchor.day(inPeriodFrom: start))
        case .nearest(let direction, let anchor):
            return calendar.workingDay(from: anchor.day(inPeriodFrom: start), towards: direction.rawValue)
        }
    }
}

extension WorkingDayRule.Anchor {
    var period: CalendarPeriod {
        switch self {
        case .start(let period), .end(let period): period
        case .dayOfMonth: .month
        }
    }

    func day(inPeriodFrom start: CivilDay) -> CivilDay {
        switch self {
        case .start: start
        case .end(let period): period.last(of: start)
        case .dayOfMonth(let day): start.adding(days: day - 1)
        }
    }
}

extension WorkingDayRule.Days {
    /// Each of these has at most one day; nil = every working day.
    var period: CalendarPeriod? {
        switch self {
        case .every: nil
        case .numbered(_, let period), .last(let period): period
        case .counted(_, _, let anchor), .nearest(_, let anchor): anchor.period
        }
    }

    /// Its day may lie after the period.
    var goesOn: Bool {
        switch self {
        case .every, .numbered, .last: false
        case .counted(_, let direction, _), .nearest(let direction, _): direction == .after
        }
    }
}
