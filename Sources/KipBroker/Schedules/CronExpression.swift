import Foundation
import KipCore

/// Why a cron expression is not one.
public struct CronError: Error, Equatable, CustomStringConvertible {
    /// Which field, what stands there, and what would be right.
    public let description: String
}

/// A cron expression: minute, hour, day of month, month, day of week, as crontab(5) has them, with a field of seconds
/// before them where there are six.
///
/// | what | where | means |
/// |---|---|---|
/// | `*`, `1,2`, `1-5`, `*/15`, `8-17/3` | everywhere | all, a list, a range, steps |
/// | `JAN`, `MON` | months, days of week | names, also in ranges; 0 and 7 are Sunday |
/// | `?` | days | any, as Quartz writes it |
/// | `L`, `L-3` | day of month | the last day of the month, and three days before it |
/// | `5L`, `FRIL` | day of week | the last Friday of the month |
/// | `5#3`, `FRI#3` | day of week | the third Friday of the month; a month without a fifth one is left out |
/// | `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` | instead of all fields | at the first second of each |
///
/// Where both days are restricted, either may match (the rule of Vixie cron). Without a field of seconds a time is the
/// first second of its minute. Quartz counts the days of the week from 1 = Sunday; here 5 is Friday, as in crontab.
public struct CronExpression: Sendable, Equatable {
    /// The text that was parsed.
    public let text: String
    let times: TimesOfDay
    let months: Set<Int>
    let monthDays: CronMonthDays
    let weekDays: CronWeekDays

    /// Reads an expression.
    /// - Throws: `CronError` that names the field, its text and what would be right.
    public init(_ text: String) throws(CronError) {
        let expanded = Self.nicknames[text.trimmedASCII.lowercased()] ?? text
        var fields = expanded.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5 || fields.count == 6 else {
            throw CronError(
                description:
                    "“\(text.clipped(toBytes: 80))” has \(fields.count) fields; a cron expression has five: minute hour "
                    + "day-of-month month day-of-week, such as “30 7 * * MON-FRI”, or six, the first being seconds, such "
                    + "as “15 30 7 * * MON-FRI”; a rule of working days stands under “rule”")
        }
        let second = fields.count == 6 ? fields.removeFirst() : "0"
        self.text = text
        times = TimesOfDay(
            hours: try CronField.hour.parse(fields[1]).sorted(),
            minutes: try CronField.minute.parse(fields[0]).sorted(),
            seconds: try CronField.second.parse(second).sorted())
        monthDays = try CronMonthDays(fields[2])
        months = try CronField.month.parse(fields[3])
        weekDays = try CronWeekDays(fields[4])
    }

    func matches(_ day: CivilDay) -> Bool {
        guard months.contains(day.month) else { return false }
        let inMonth = monthDays.contains(day)
        let inWeek = weekDays.contains(day)
        if monthDays.isAny || weekDays.isAny { return inMonth && inWeek }
        return inMonth || inWeek
    }

    private static let nicknames = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]
}

extension CronExpression {
    /// Its moments in a time zone.
    func occurrences(in zone: TimeZone) -> Occurrences {
        Occurrences(times: times, zone: zone, searchedDays: Self.cycleDays) { firstDay(from: $0) }
    }

    /// Days after which the calendar repeats, weekdays included: 400 years. A day that does not come in them never comes.
    static let cycleDays = 146_097

    /// The first day that matches, from a day on; nil if there is none. Months that do not match are skipped whole.
    func firstDay(from start: CivilDay) -> CivilDay? {
        var day = start
        while day.number - start.number <= Self.cycleDays {
            if !months.contains(day.month) {
                day = day.firstOfNextMonth
            } else if matches(day) {
                return day
            } else {
                day = day.next
            }
        }
        return nil
    }

    /// The first time after a moment, in a time zone.
    ///
    /// A time that a spring change of clocks leaves out falls on the first moment after the gap; a time that an autumn
    /// change repeats is meant once, the first time.
    /// - Returns: nil if none ever comes, as for 30 February: the 400 years after which the calendar repeats are searched.
    public func next(after moment: Timestamp, in zone: TimeZone) -> Timestamp? {
        occurrences(in: zone).next(after: moment)
    }

    /// The next times after a moment, at most `count`.
    public func nextTimes(_ count: Int, after moment: Timestamp, in zone: TimeZone) -> [Timestamp] {
        occurrences(in: zone).nextTimes(count, after: moment)
    }
}

extension CronExpression: Codable {
    /// Reads the text of an expression.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes the text of the expression.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}

extension String {
    /// Without the spaces and tabs around it.
    var trimmedASCII: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
