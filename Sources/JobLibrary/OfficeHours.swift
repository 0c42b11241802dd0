import Office

/// When the office may write to its units: in its working hours.
struct OfficeHours {
    private let hours: WorkingHours
    private let calendar: WorkingCalendar

    /// A message of a day that so many working days have followed is no news that would wake anybody: somebody replays the
    /// day. Days off do not count: over Tết a sweep's letters wait longer than a week.
    private static let freshWorkingDays = 5
    /// Viet Nam is UTC+7 all year.
    private static let offset = 7.0 * 3_600
    /// Where no day of the next two months is worked, the calendar is wrong, and waiting does not mend it.
    private static let mostDays = 62

    init(_ office: OfficeSetup) {
        self.init(hours: office.profile.hours ?? .standard, calendar: office.calendar)
    }

    init(hours: WorkingHours, calendar: WorkingCalendar) {
        self.hours = hours
        self.calendar = calendar
    }

    /// Whether what is of a day is of these days, and no replay of days long gone.
    static func isFresh(_ date: LocalDate, on today: LocalDate, _ calendar: WorkingCalendar) -> Bool {
        (0..<mostDays).contains(today.number - date.number)
            && calendar.workingDays(from: date, to: today) < freshWorkingDays
    }

    /// How long a message of a day waits until the office opens.
    /// - Parameter now: seconds since 1970.
    /// - Returns: seconds; nil = it may leave now.
    func wait(for date: LocalDate, at now: Double) -> Int? {
        let local = Int((now + Self.offset).rounded(.down))
        let today = LocalDate(number: local / 86_400)
        let second = local % 86_400
        guard Self.isFresh(date, on: today, calendar) else { return nil }
        for ahead in 0..<Self.mostDays {
            for period in hours.periods(on: today.adding(days: ahead), calendar) {
                let begins = ahead * 86_400 + period.begins.minutes * 60
                let ends = ahead * 86_400 + period.ends.minutes * 60
                if begins <= second, second < ends { return nil }
                if begins > second { return begins - second }
            }
        }
        return nil
    }
}
