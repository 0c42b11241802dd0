/// Why a cron expression is not one.
public struct CronError: Error, Equatable, CustomStringConvertible {
    /// Which field, what stands there, and what would be right.
    public let description: String
}

/// A cron expression of five fields: minute, hour, day of month, month, day of week, as crontab(5) has them: `*`,
/// lists, ranges, steps, names of months and days, and `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.
///
/// Where both days are restricted, either may match (the rule of Vixie cron).
public struct CronExpression: Sendable, Equatable {
    /// The text that was parsed.
    public let text: String
    let minutes: [Int]
    let hours: [Int]
    let daysOfMonth: Set<Int>
    let months: Set<Int>
    /// 0 = Sunday.
    let daysOfWeek: Set<Int>
    let anyDayOfMonth: Bool
    let anyDayOfWeek: Bool

    /// Reads an expression.
    /// - Throws: `CronError` that names the field, its text and what would be right.
    public init(_ text: String) throws(CronError) {
        let expanded = Self.nicknames[text.trimmedASCII.lowercased()] ?? text
        let fields = expanded.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5 else {
            throw CronError(
                description: "“\(text)” has \(fields.count) fields; a cron expression has five: "
                    + "minute hour day-of-month month day-of-week, such as “30 7 * * MON-FRI”")
        }
        self.text = text
        minutes = try CronField.minute.parse(fields[0]).sorted()
        hours = try CronField.hour.parse(fields[1]).sorted()
        daysOfMonth = try CronField.dayOfMonth.parse(fields[2])
        months = try CronField.month.parse(fields[3])
        daysOfWeek = Set(try CronField.dayOfWeek.parse(fields[4]).map { $0 % 7 })
        anyDayOfMonth = fields[2].first == "*" || fields[2] == "?"
        anyDayOfWeek = fields[4].first == "*" || fields[4] == "?"
    }

    func matches(_ day: CivilDay) -> Bool {
        guard months.contains(day.month) else { return false }
        let inMonth = daysOfMonth.contains(day.day)
        let inWeek = daysOfWeek.contains(day.weekday)
        if anyDayOfMonth || anyDayOfWeek { return inMonth && inWeek }
        return inMonth || inWeek
    }

    private static let nicknames = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]
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
