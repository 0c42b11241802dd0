import Foundation
import KipCore

/// Times as people write them.
enum TimeText {
    /// Reads `500ms`, `30s`, `10m`, `2h`, `1d`.
    /// - Parameter name: of the option or the field that says it.
    /// - Throws: `Failure` that names it and what would be right.
    static func duration(_ text: String, _ name: String) throws -> Duration {
        let units: [(String, Double)] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
        for (unit, milliseconds) in units where text.hasSuffix(unit) {
            guard let value = Double(text.dropLast(unit.count)) else { continue }
            let total = value * milliseconds
            guard value >= 0, total <= Double(Limits.farthestMilliseconds) else { break }
            return .milliseconds(Int64(total))
        }
        throw Failure.usage("\(name) is “\(text)”, not a duration such as 500ms, 30s, 10m, 2h or 1d")
    }

    /// The same where nothing, 0, would say nothing.
    static func span(_ text: String, _ name: String) throws -> Duration {
        let duration = try duration(text, name)
        guard duration >= .milliseconds(1) else {
            throw Failure.usage("\(name) is “\(text)”, which is no time: leave it out, or give one such as 10m")
        }
        return duration
    }

    /// Reads a moment with its zone (RFC 3339).
    static func moment(_ text: String, _ name: String) throws -> Timestamp {
        let styles: [Date.ISO8601FormatStyle] = [.iso8601, Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        for style in styles {
            if let date = try? style.parse(text) {
                return Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
            }
        }
        throw Failure.usage("\(name) is “\(text)”, not a moment with its zone, such as 2024-03-29T07:30:00+07:00")
    }
}
