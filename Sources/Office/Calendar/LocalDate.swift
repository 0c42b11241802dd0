import Foundation

/// A day of the calendar, without a time zone: what deadlines are written in.
///
/// The arithmetic is H. Hinnant's “chrono-Compatible Low-Level Date Algorithms”.
public struct LocalDate: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    public let number: Int

    /// A day from its number since 1970-01-01.
    public init(number: Int) {
        self.number = number
    }

    /// A day of the Gregorian calendar; nil where there is no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (1...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
        guard parts == (year, month, day) else { return nil }
    }

    /// The day in Viet Nam, which is UTC+7 all year, of a moment.
    /// - Parameter milliseconds: since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) {
        let local = milliseconds + 7 * 3_600_000
        number = Int((local - (local % 86_400_000 + 86_400_000) % 86_400_000) / 86_400_000)
    }

    /// Today, in Viet Nam.
    public static var today: LocalDate {
        LocalDate(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// Year, month and day.
    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The year.
    public var year: Int { parts.year }
    /// 0 = Sunday, 6 = Saturday.
    public var weekday: Int { ((number + 4) % 7 + 7) % 7 }
    /// Saturday or Sunday.
    public var isWeekend: Bool { weekday == 0 || weekday == 6 }

    /// So many days later.
    public func adding(days: Int) -> LocalDate { LocalDate(number: number + days) }

    /// The day of the same number so many months later, or the last of a month that has no such day.
    public func adding(months: Int) -> LocalDate {
        let (year, month, day) = parts
        let index = year * 12 + month - 1 + months
        let (newYear, newMonth) = (index / 12, index % 12 + 1)
        for candidate in stride(from: day, through: 1, by: -1) {
            if let date = LocalDate(year: newYear, month: newMonth, day: candidate) { return date }
        }
        return self
    }

    /// Earlier first.
    public static func < (left: LocalDate, right: LocalDate) -> Bool { left.number < right.number }
}

extension LocalDate: LosslessStringConvertible, Codable {
    /// A day from `2024-03-29`.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// `2024-03-29`.
    public var description: String {
        let (year, month, day) = parts
        return Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
    }

    /// `29/3/2024`, as Vietnamese writes it.
    public var vietnamese: String {
        let (year, month, day) = parts
        return "\(day)/\(month)/\(year)"
    }

    /// `thứ Sáu, ngày 29/03/2024`.
    public var longVietnamese: String { "\(Self.weekdays[weekday]), ngày \(form)" }

    private static let weekdays = ["Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"]

    /// `29/03/2024`, as forms and lists write it.
    public var form: String {
        let (year, month, day) = parts
        return Self.padded(day, 2) + "/" + Self.padded(month, 2) + "/" + Self.padded(year, 4)
    }

    /// A day from `29/3/2024` or `29/03/2024`.
    public init?(vietnamese text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].count == 4, (1...2).contains(parts[0].count), (1...2).contains(parts[1].count),
            let day = Int(parts[0]), let month = Int(parts[1]), let year = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Reads `2024-03-29`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let date = LocalDate(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is not a day such as 2024-03-29")
        }
        self = date
    }

    /// Writes `2024-03-29`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
