/// Dates as spreadsheets count them: days since the end of 1899 or since 1904, the time of day as a fraction (ECMA-376 part 1,
/// 18.17.4).
public struct SerialDate: Sendable {
    /// The workbook counts from 1 January 1904, as old ones of the Macintosh do.
    public let from1904: Bool

    /// The dates of a workbook.
    public init(from1904: Bool) { self.from1904 = from1904 }

    private static let secondsOfDay = 86_400

    /// `yyyy-MM-dd`, `yyyy-MM-dd HH:mm` or, within the first day, `HH:mm`; nil = no day that a spreadsheet shows.
    ///
    /// In the system of 1900, day 60 is 1900-02-29, which was none: Excel took the fault over from Lotus 1-2-3.
    public func text(_ serial: Double) -> String? {
        guard serial >= 0, serial < 2_958_466 else { return nil }
        // Half past eight is stored as 0.354166666666667: seconds are rounded, minutes are not.
        let seconds = Int((serial * Double(Self.secondsOfDay)).rounded())
        let (day, second) = seconds.quotientAndRemainder(dividingBy: Self.secondsOfDay)
        let time = Self.clock(second / 60)
        if day == 0, !from1904 || serial > 0 { return time }
        guard let date = date(day) else { return nil }
        return second < 60 ? date : date + " " + time
    }

    /// Hours and minutes of a duration, as `36:00`; nil where a spreadsheet shows none.
    func hours(_ serial: Double) -> String? {
        guard serial >= 0, serial < 2_958_466 else { return nil }
        return Self.clock(Int((serial * Double(Self.secondsOfDay)).rounded()) / 60)
    }

    private func date(_ day: Int) -> String? {
        if from1904 { return Self.iso(CivilDay(sinceMarch0000: day + 695_361)) }
        if day == 60 { return "1900-02-29" }
        // 31 December 1899 is day 0 for the days before the false one, a day earlier for those after.
        return Self.iso(CivilDay(sinceMarch0000: day + (day < 60 ? 693_900 : 693_899)))
    }

    private static func iso(_ day: CivilDay) -> String? {
        guard day.year <= 9_999 else { return nil }
        var text: [UInt8] = []
        text.reserveCapacity(10)
        for (number, width) in [(day.year, 4), (day.month, 2), (day.day, 2)] {
            if width < 4 { text.append(UInt8(ascii: "-")) }
            append(number, width: width, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func clock(_ minutes: Int) -> String {
        var text: [UInt8] = []
        append(minutes / 60, width: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(minutes % 60, width: 2, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static func append(_ number: Int, width: Int, to text: inout [UInt8]) {
        var divisor = width == 4 ? 1_000 : 10
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }

    /// The serial number of a day in the system of 1900; nil = there is no such day from 1 March 1900 on, before which
    /// spreadsheets do not agree, to the end of 9999.
    static func serial(year: Int, month: Int, day: Int) -> Int? {
        guard (1900...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let days = CivilDay(year: year, month: month, day: day).sinceMarch0000
        let back = CivilDay(sinceMarch0000: days)
        guard back.month == month, back.day == day, days - 693_899 > 60 else { return nil }
        return days - 693_899
    }
}

/// A day of the Gregorian calendar. Years are counted from 1 March, so that the leap day is the last of its year.
struct CivilDay: Equatable {
    let year: Int
    let month: Int
    let day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// - Parameter days: since 1 March of year 0.
    init(sinceMarch0000 days: Int) {
        // 400 years have 146,097 days, 100 years 36,524 and 4 years 1,461, except that the last of them has one more or less.
        let century = min(3, days % 146_097 / 36_524)
        let inCentury = days % 146_097 - century * 36_524
        let four = inCentury / 1_461
        let single = min(3, inCentury % 1_461 / 365)
        let inYear = inCentury % 1_461 - single * 365
        // Months from March on have 153 days in five.
        let month = (5 * inYear + 2) / 153
        day = inYear - (153 * month + 2) / 5 + 1
        self.month = month < 10 ? month + 3 : month - 9
        year = days / 146_097 * 400 + century * 100 + four * 4 + single + (month < 10 ? 0 : 1)
    }

    /// Days since 1 March of year 0.
    var sinceMarch0000: Int {
        let start = month > 2 ? year : year - 1
        let fromMarch = month > 2 ? month - 3 : month + 9
        return start * 365 + start / 4 - start / 100 + start / 400 + (153 * fromMarch + 2) / 5 + day - 1
    }
}
