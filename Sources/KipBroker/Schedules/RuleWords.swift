/// Why a rule of working days is not one.
public struct RuleError: Error, Equatable, CustomStringConvertible {
    /// What stands where, what should stand there, and a rule that is right.
    public let description: String
}

/// The words of a rule of working days, read from left to right.
struct RuleWords {
    /// Working days that may be counted: about a year.
    static let mostDays = 250
    /// UTF-8 bytes of a rule: none that means something is longer.
    static let mostBytes = 200

    private static let periods = "“week”, “month”, “quarter” or “year”"
    private static let numbers = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    ]
    private static let ordinals = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ]

    private let text: String
    private let words: [String]
    private var position = 0

    init(_ text: String) throws(RuleError) {
        self.text = text
        guard text.utf8.count <= Self.mostBytes else {
            throw RuleError(
                description: "the rule “\(text.clipped(toBytes: 80))” is longer than \(Self.mostBytes) bytes")
        }
        words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// `every working day`, `first working day of the month`, `3 working days before the end of the month`, …
    mutating func days() throws(RuleError) -> WorkingDayRule.Days {
        if skip("every") {
            try expect("working", "day")
            return .every
        }
        skip("the")
        if skip("working") {
            try expect("day", "on", "or")
            return .nearest(try direction(), try anchor())
        }
        if skip("last") {
            try expect("working", "day")
            return .last(try ofPeriod())
        }
        if let number = ordinal() {
            position += 1
            try expect("working", "day")
            return .numbered(number, try ofPeriod())
        }
        guard let count = count() else {
            throw wrong("“every”, “first”, “last”, “working” or a number of working days")
        }
        position += 1
        try expect("working")
        guard skip("day") || skip("days") else { throw wrong("“days”") }
        return .counted(count, try direction(), try anchor())
    }

    /// `at 07:30` or `at 07:30:15`.
    mutating func time() throws(RuleError) -> TimesOfDay {
        guard skip("at") else { throw wrong("“at” and a time such as 07:30") }
        let wanted = "a time from 00:00 to 23:59, or with seconds such as 07:30:15"
        let parts = (next ?? "").split(separator: ":", omittingEmptySubsequences: false).map { part in
            (1...2).contains(part.count) ? CronField.number(String(part)) : nil
        }
        guard (2...3).contains(parts.count), let hour = parts[0], let minute = parts[1],
            let second = parts.count == 3 ? parts[2] : 0, hour < 24, minute < 60, second < 60
        else { throw wrong(wanted) }
        position += 1
        return TimesOfDay(hours: [hour], minutes: [minute], seconds: [second])
    }

    /// Nothing more.
    func end() throws(RuleError) {
        if next != nil { throw wrong("nothing more") }
    }

    private mutating func direction() throws(RuleError) -> WorkingDayRule.Direction {
        if skip("before") { return .before }
        if skip("after") { return .after }
        throw wrong("“before” or “after”")
    }

    /// `the end of the month`, `the 15th of the month`, `the first day of the quarter`.
    private mutating func anchor() throws(RuleError) -> WorkingDayRule.Anchor {
        skip("the")
        if skip("start") || skip("beginning") { return .start(try ofPeriod()) }
        if skip("end") { return .end(try ofPeriod()) }
        if skip("last") {
            skip("day")
            return .end(try ofPeriod())
        }
        guard let number = ordinal() else { throw wrong("“the start”, “the end” or a day such as “the 15th”") }
        let place = position
        position += 1
        skip("day")
        let period = try ofPeriod()
        if number == 1 { return .start(period) }
        guard period == .month, number <= 28 else {
            position = place
            throw wrong(
                "the 1st to 28th of the month; the last days of a month, and of other periods, count from its end")
        }
        return .dayOfMonth(number)
    }

    private mutating func ofPeriod() throws(RuleError) -> CalendarPeriod {
        try expect("of")
        skip("the")
        guard let period = next.flatMap(CalendarPeriod.init(rawValue:)) else { throw wrong(Self.periods) }
        position += 1
        return period
    }

    /// `third` or `3rd`; the word stays.
    private func ordinal() -> Int? {
        guard let word = next else { return nil }
        if let index = Self.ordinals.firstIndex(of: word) { return index + 1 }
        guard ["st", "nd", "rd", "th"].contains(where: word.hasSuffix) else { return nil }
        return number(String(word.dropLast(2)))
    }

    /// `3` or `three`; the word stays.
    private func count() -> Int? {
        guard let word = next else { return nil }
        if let index = Self.numbers.firstIndex(of: word) { return index + 1 }
        return number(word)
    }

    private func number(_ text: String) -> Int? {
        CronField.number(text).flatMap { (1...Self.mostDays).contains($0) ? $0 : nil }
    }

    private var next: String? { position < words.count ? words[position] : nil }

    @discardableResult
    private mutating func skip(_ word: String) -> Bool {
        guard next == word else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ expected: String...) throws(RuleError) {
        for word in expected where !skip(word) { throw wrong("“\(word)”") }
    }

    private func wrong(_ wanted: String) -> RuleError {
        let before = words.prefix(position).joined(separator: " ")
        let place = before.isEmpty ? "at its beginning" : "after “\(before)”"
        let found = next.map { ", not “\($0)”" } ?? ""
        return RuleError(
            description: "the rule “\(text)” cannot be read: \(place) should stand \(wanted)\(found); right are “first "
                + "working day of the month at 07:30” and “3 working days before the end of the month at 08:00”")
    }
}
