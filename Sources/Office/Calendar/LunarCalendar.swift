import Foundation

/// Vietnam's lunar calendar, counted for UTC+7 (Decision 121-CP of 8 August 1967 made that the country's zone): a month
/// begins on the day of a new moon, the eleventh holds the winter solstice, and of thirteen months from one eleventh to the
/// next the first without a principal term of the sun is a leap month.
///
/// China counts for UTC+8, so that in some years Tết is another day there: 2007 and 2030 by one day, 1985 by a month.
public enum LunarCalendar {
    /// The days of the Gregorian calendar on which the months of a lunar year begin.
    struct Year {
        /// Twelve, in order; leap months apart.
        var months: [LocalDate]
        /// The month after which a leap month stands, and its first day; nil = there is none.
        var leap: (after: Int, first: LocalDate)?
    }

    /// Tết Nguyên đán: the first day of the first month of a lunar year, which begins in the Gregorian year of that number.
    public static func newYear(_ year: Int) -> LocalDate { self.year(year).months[0] }

    /// A day of the lunar calendar.
    /// - Parameters:
    ///   - year: the lunar year, by the Gregorian year in which it begins.
    ///   - month: 1 to 12.
    ///   - day: 1 to 30.
    /// - Returns: the day; nil where the month has no such day.
    public static func day(_ day: Int, month: Int, year: Int) -> LocalDate? {
        guard (1...12).contains(month), (1...30).contains(day) else { return nil }
        let first = self.year(year).months[month - 1]
        let date = first.adding(days: day - 1)
        return day < 30 || newMoonDay(number(onOrBefore: first) + 1) > date ? date : nil
    }

    /// The months of a lunar year.
    static func year(_ year: Int) -> Year {
        // From the eleventh month that begins in the year before to that of the next winter, and of the one after, as the
        // year's last two months stand there.
        let early = monthsFromEleventh(year - 1)
        let late = monthsFromEleventh(year)
        let following = early.filter { $0.number <= 10 } + late.filter { $0.number >= 11 }
        var result = Year(months: Array(repeating: LocalDate(number: 0), count: 12))
        for month in following {
            if month.isLeap {
                result.leap = (month.number, month.first)
            } else {
                result.months[month.number - 1] = month.first
            }
        }
        return result
    }

    private struct Month {
        var number: Int
        var isLeap: Bool
        var first: LocalDate
    }

    /// The months from the eleventh of a Gregorian year up to the next eleventh: 11, 12, 1 … 10.
    private static func monthsFromEleventh(_ year: Int) -> [Month] {
        let first = eleventh(year)
        let next = eleventh(year + 1)
        let count = next - first
        var isLeapDue = count == 13
        var number = 10
        return (0..<count).map { step in
            let begins = newMoonDay(first + step)
            let isLeap = isLeapDue && step > 0 && !hasPrincipalTerm(begins, newMoonDay(first + step + 1))
            if isLeap { isLeapDue = false } else { number = number % 12 + 1 }
            return Month(number: number, isLeap: isLeap, first: begins)
        }
    }

    /// The number of the new moon with which the month of a year's winter solstice begins.
    private static func eleventh(_ year: Int) -> Int {
        // The solstice is on 21 or 22 December: the last new moon on or before the day before which the sun passes 270°.
        var day = LocalDate(year: year, month: 12, day: 19) ?? LocalDate(number: 0)
        while principalTerm(onDayAfter: day) != 9 { day = day.adding(days: 1) }
        return number(onOrBefore: day)
    }

    /// The last new moon whose day is not after a day.
    private static func number(onOrBefore day: LocalDate) -> Int {
        var number = Int((Double(day.number - 10_962) / 29.530_588_861).rounded(.down)) + 1
        while newMoonDay(number) > day { number -= 1 }
        return number
    }

    /// The day in Vietnam on which a moon is new.
    private static func newMoonDay(_ number: Int) -> LocalDate {
        // Julian days begin at noon; 2,440,587.5 is the beginning of 1970 in Universal Time.
        LocalDate(number: Int((Astronomy.newMoon(number) - 2_440_587.5 + hours / 24).rounded(.down)))
    }

    private static let hours = 7.0

    /// In which twelfth of its way the sun stands at the end of a day, from 0 at the equinox of spring.
    private static func principalTerm(onDayAfter day: LocalDate) -> Int {
        let midnight = Double(day.number + 1) + 2_440_587.5 - hours / 24
        return Int(Astronomy.sunLongitude(midnight) / 30)
    }

    /// Whether the sun enters a twelfth on one of the days of a month.
    private static func hasPrincipalTerm(_ first: LocalDate, _ next: LocalDate) -> Bool {
        principalTerm(onDayAfter: first.adding(days: -1)) != principalTerm(onDayAfter: next.adding(days: -1))
    }
}
