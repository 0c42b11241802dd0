import Foundation
import KipCore
import Office

/// Times as people write them.
enum TimeText {
    /// Reads `500ms`, `30s`, `10m`, `2h`, `1d`, several of them as in `1h30m`, and a bare number of seconds. Blanks between are
    /// as good: what commands print can be given to them.
    /// - Parameter name: of the option or the field that says it.
    /// - Throws: `Failure` that names it and what would be right.
    static func duration(_ text: String, _ name: String) throws -> Duration {
        guard let milliseconds = milliseconds(text) else {
            throw Failure.usage(
                "\(name) is “\(text)”, not a duration such as 500ms, 30s, 10m, 2h, 1d or 1h30m (a bare number is seconds)"
            )
        }
        guard milliseconds <= Double(Limits.farthestMilliseconds) else {
            throw Failure.usage("\(name) is “\(text)”; ten years are the most")
        }
        return .milliseconds(Int64(milliseconds.rounded()))
    }

    private static func milliseconds(_ text: String) -> Double? {
        let units: [Substring: Double] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        var rest = text.filter { $0 != " " }[...]
        if let seconds = number(rest) { return seconds * 1_000 }
        var total = 0.0
        var parts = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let value = number(digits), let size = units[unit] else { return nil }
            total += value * size
            parts += 1
        }
        return parts > 0 ? total : nil
    }

    /// A number that is written in digits, with a point or without.
    private static func number(_ text: Substring) -> Double? {
        guard text.first?.isNumber == true, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else {
            return nil
        }
        return Double(text)
    }

    /// The same where nothing, 0, would say nothing.
    static func span(_ text: String, _ name: String) throws -> Duration {
        let duration = try duration(text, name)
        guard duration >= .milliseconds(1) else {
            throw Failure.usage("\(name) is “\(text)”, which is no time: leave it out, or give one such as 10m")
        }
        return duration
    }

    /// Reads a moment on this machine's clocks, as it is typed or as commands print it: `2024-03-29` (its beginning),
    /// `2024-03-29 07:30`, `2024-03-29 07:30:00 +07`, or with its zone (RFC 3339).
    /// - Throws: `Failure`, also for an hour that a change of the clocks leaves out.
    static func localMoment(_ text: String, _ name: String, in zone: TimeZone = .current) throws -> Timestamp {
        if let moment = try? moment(text, name) { return moment }
        let zoned = /(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) ([+-]\d\d)(\d\d)?/
        if let match = text.wholeMatch(of: zoned) {
            return try moment("\(match.1)T\(match.2)\(match.3):\(match.4 ?? "00")", name)
        }
        let local = /(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?/
        guard let match = text.wholeMatch(of: local) else {
            throw Failure.usage(
                "\(name) is “\(text)”, not a moment such as 2024-03-29, 2024-03-29 07:30 (of this machine's clocks) or "
                    + "2024-03-29T07:30:00+07:00")
        }
        // The day and the time are looked at as those of a moment in UTC, and then moved to the zone.
        let utc = try moment("\(match.1)T\(match.2 ?? "00:00")\(match.3 ?? ":00")Z", name)
        let written = Date(timeIntervalSince1970: Double(utc.milliseconds) / 1_000)
        var guess = written
        // Twice: the first offset may be the one before or after a change of the clocks.
        for _ in 0..<2 { guess = written.addingTimeInterval(-Double(zone.secondsFromGMT(for: guess))) }
        guard guess.addingTimeInterval(Double(zone.secondsFromGMT(for: guess))) == written else {
            throw Failure.usage("\(name) is “\(text)”, a time that the clocks of \(zone.identifier) leave out")
        }
        return Timestamp(milliseconds: Int64((guess.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// Reads a moment with its zone (RFC 3339).
    static func moment(_ text: String, _ name: String) throws -> Timestamp {
        let styles: [Date.ISO8601FormatStyle] = [.iso8601, Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        for style in styles {
            if hasDay(text), let date = try? style.parse(text) {
                return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
            }
        }
        throw Failure.usage("\(name) is “\(text)”, not a moment with its zone, such as 2024-03-29T07:30:00+07:00")
    }

    /// Whether the day and the time are such as there are: the parser would make 3 March of 31 February.
    private static func hasDay(_ text: String) -> Bool {
        guard let day = LocalDate(String(text.prefix(10))) else { return false }
        let clock = text.dropFirst(11).prefix { "0123456789:".contains($0) }.split(separator: ":").map { Int($0) ?? 99 }
        guard (2...3).contains(clock.count) else { return false }
        return day.year > 0 && clock[0] < 24 && clock.dropFirst().allSatisfy { $0 < 60 }
    }
}
