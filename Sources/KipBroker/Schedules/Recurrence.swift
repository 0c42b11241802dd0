import Foundation
import KipCore

/// When a schedule is due: at times of the calendar, or in working days.
public enum Recurrence: Sendable, Equatable {
    /// By clock and calendar.
    case cron(CronExpression)
    /// By working days.
    case rule(WorkingDayRule)

    /// Reads what a schedule says: one of the two, the other empty.
    /// - Throws: `RecurrenceError` that says what is wrong and what would be right.
    public init(cron: String, rule: String) throws(RecurrenceError) {
        switch (cron.isEmpty, rule.isEmpty) {
        case (false, true):
            do throws(CronError) {
                self = .cron(try CronExpression(cron))
            } catch {
                throw RecurrenceError(description: error.description)
            }
        case (true, false):
            do throws(RuleError) {
                self = .rule(try WorkingDayRule(rule))
            } catch {
                throw RecurrenceError(description: error.description)
            }
        case (false, false):
            throw RecurrenceError(
                description:
                    "it has a cron expression, “\(cron.clipped(toBytes: 80))”, and a rule, “\(rule.clipped(toBytes: 80))”; "
                    + "give one of the two")
        case (true, true):
            throw RecurrenceError(
                description:
                    "it says no time; give “cron”, such as “30 7 * * MON-FRI”, or “rule”, such as “every working "
                    + "day at 07:30”")
        }
    }

    /// The text that was parsed.
    public var text: String {
        switch self {
        case .cron(let cron): cron.text
        case .rule(let rule): rule.text
        }
    }

    /// It asks a calendar.
    var countsWorkingDays: Bool {
        if case .rule = self { true } else { false }
    }

    /// What is said of it if it has no next time: how far was searched.
    var neverComes: String {
        switch self {
        case .cron: "names a time that never comes, in any of the 400 years after which the calendar repeats"
        case .rule: "names a time that never comes within five years from now, by the days off that are known"
        }
    }

    /// The next times after a moment, at most `count`.
    /// - Parameters:
    ///   - zone: whose clocks it goes by.
    ///   - calendar: which days are worked; a cron expression does not ask.
    public func nextTimes(
        _ count: Int, after moment: Timestamp, in zone: TimeZone, by calendar: any WorkingDayCalendar
    ) -> [Timestamp] {
        occurrences(in: zone, by: calendar).nextTimes(count, after: moment)
    }

    func occurrences(in zone: TimeZone, by calendar: any WorkingDayCalendar) -> Occurrences {
        switch self {
        case .cron(let cron): cron.occurrences(in: zone)
        case .rule(let rule): rule.occurrences(in: zone, by: calendar)
        }
    }
}

/// Why a schedule's time cannot be read.
public struct RecurrenceError: Error, Equatable, CustomStringConvertible {
    /// What is wrong, and what would be right.
    public let description: String
}
