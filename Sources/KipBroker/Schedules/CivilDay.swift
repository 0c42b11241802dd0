/// A day of the Gregorian calendar, without a time zone, by the arithmetic of H. Hinnant, “chrono-Compatible Low-Level
/// Date Algorithms”.
public struct CivilDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int
    /// The year.
    public let year: Int
    /// 1 = January.
    public let month: Int
    /// 1 = the first of the month.
    public let day: Int

    /// 0 = Sunday.
    public var weekday: Int { ((number + 4) % 7 + 7) % 7 }
    /// The day after it.
    public var next: CivilDay { adding(days: 1) }
    /// The day before it.
    public var previous: CivilDay { adding(days: -1) }
    /// The last day of its month: 28 to 31.
    var lengthOfMonth: Int { adding(days: 32 - day).firstOfMonth.number - firstOfMonth.number }

    private var firstOfMonth: CivilDay { adding(days: 1 - day) }
    /// The first day of the month after its own.
    var firstOfNextMonth: CivilDay { CivilDay(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1) }

    /// A day from its number since 1970-01-01.
    public init(number: Int) {
        self.number = number
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The first day of a month.
    init(year: Int, month: Int) {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5
        self.init(number: era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
    }

    /// So many days later.
    public func adding(days: Int) -> CivilDay { CivilDay(number: number + days) }

    /// Earlier first.
    public static func < (left: CivilDay, right: CivilDay) -> Bool { left.number < right.number }

    /// `2024-03-29`.
    public var iso: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
    }
}
