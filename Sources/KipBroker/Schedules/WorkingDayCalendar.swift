/// Which days are worked. The queue knows weekends; whoever runs a broker hands it a calendar that knows holidays, too
/// (`BrokerSettings.workingDays`), so that the queue itself knows nothing of an office.
///
/// The broker's threads ask it while they count a schedule's next time: it answers from memory, at once, and always the
/// same. A calendar that changes is handed to the next broker that starts; that one counts its next times anew.
public protocol WorkingDayCalendar: Sendable {
    /// Whether that day is worked.
    func isWorkingDay(_ day: CivilDay) -> Bool
}

/// Monday to Friday, without holidays: the calendar of a broker that was given none.
public struct MondayToFriday: WorkingDayCalendar {
    /// The calendar.
    public init() {}

    /// Whether that day is neither a Saturday nor a Sunday.
    public func isWorkingDay(_ day: CivilDay) -> Bool { (1...5).contains(day.weekday) }
}

extension WorkingDayCalendar {
    /// Days that are searched for a working day: a calendar in which nobody works for a year has none.
    private static var longestBreak: Int { 366 }

    /// The day itself where it is worked, or the next that is, in a direction: 1 = forward, -1 = back.
    /// - Returns: nil where none comes within a year.
    func workingDay(from day: CivilDay, towards step: Int) -> CivilDay? {
        var day = day
        for _ in 0...Self.longestBreak {
            if isWorkingDay(day) { return day }
            day = day.adding(days: step)
        }
        return nil
    }

    /// So many working days from a day, which itself does not count; negative counts go back.
    /// - Returns: nil where there are not so many without a break of a year.
    func day(_ count: Int, workingDaysFrom day: CivilDay) -> CivilDay? {
        let step = count < 0 ? -1 : 1
        var day = day
        for _ in 0..<abs(count) {
            guard let following = workingDay(from: day.adding(days: step), towards: step) else { return nil }
            day = following
        }
        return day
    }
}
