import Foundation

/// SplitMix64: the same numbers from the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A random cron expression, and what it means, told without the parser.
struct RandomCron {
    let text: String
    private let minutes: Set<Int>
    private let hours: Set<Int>
    private let days: Set<Int>
    private let months: Set<Int>
    private let weekdays: Set<Int>
    private let restrictsDay: Bool
    private let restrictsWeekday: Bool

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let minute = Self.field(0...59, &generator)
        let hour = Self.field(0...23, &generator)
        let day = Self.field(1...28, &generator)
        let month = Self.field(1...12, &generator)
        let weekday = Self.field(0...6, &generator)
        text = [minute, hour, day, month, weekday].map(\.text).joined(separator: " ")
        (minutes, hours, months, weekdays) = (minute.values, hour.values, month.values, weekday.values)
        days = day.text.first == "*" ? day.values.union(Self.stepped(day.text, 1...31)) : day.values
        restrictsDay = day.text.first != "*"
        restrictsWeekday = weekday.text.first != "*"
    }

    func matches(_ parts: DateComponents) -> Bool {
        guard let minute = parts.minute, let hour = parts.hour else { return false }
        return matchesDay(parts) && hours.contains(hour) && minutes.contains(minute)
    }

    /// The first matching local time after a date, found by walking over days, hours and minutes.
    func bruteNext(after date: Date, _ calendar: Calendar, days limit: Int) -> Date? {
        var day = calendar.startOfDay(for: date)
        for _ in 0..<limit {
            if matchesDay(calendar.dateComponents([.day, .month, .weekday], from: day)) {
                for minute in 0..<1_440 where hours.contains(minute / 60) && minutes.contains(minute % 60) {
                    let time = day.addingTimeInterval(Double(minute) * 60)
                    if time > date { return time }
                }
            }
            guard let following = calendar.date(byAdding: .day, value: 1, to: day) else { return nil }
            day = following
        }
        return nil
    }

    private func matchesDay(_ parts: DateComponents) -> Bool {
        guard let day = parts.day, let month = parts.month, let weekday = parts.weekday else { return false }
        let inMonth = days.contains(day)
        let inWeek = weekdays.contains(weekday - 1)
        let either = restrictsDay && restrictsWeekday
        return months.contains(month) && (either ? inMonth || inWeek : inMonth && inWeek)
    }

    private static func field(
        _ range: ClosedRange<Int>, _ generator: inout SeededGenerator
    ) -> (text: String, values: Set<Int>) {
        let low = Int.random(in: range, using: &generator)
        let high = Int.random(in: low...range.upperBound, using: &generator)
        let step = Int.random(in: 1...5, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1: return ("*", Set(range))
        case 2: return ("*/\(step)", stepped("*/\(step)", range))
        case 3: return ("\(low)-\(high)", Set(low...high))
        case 4: return ("\(low)-\(high)/\(step)", Set(stride(from: low, through: high, by: step)))
        default: return ("\(low),\(high)", [low, high])
        }
    }

    private static func stepped(_ text: String, _ range: ClosedRange<Int>) -> Set<Int> {
        let step = text.split(separator: "/").dropFirst().first.flatMap { Int($0) } ?? 1
        return Set(stride(from: range.lowerBound, through: range.upperBound, by: step))
    }
}
