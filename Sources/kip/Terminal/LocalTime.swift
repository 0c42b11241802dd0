import Foundation

/// Moments as a person reads them: local time with its offset from UTC, `2024-03-29 07:30:00 +07`.
enum LocalTime {
    /// A moment; `-` where there is none.
    /// - Parameters:
    ///   - milliseconds: since 1970.
    ///   - zone: whose clocks; default those of this machine.
    ///   - format: of the day, where more is to be said of it.
    static func text(_ milliseconds: Int64?, in zone: TimeZone = .current, day format: String = "yyyy-MM-dd") -> String
    {
        guard let milliseconds else { return "-" }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = zone
        formatter.dateFormat = format + " HH:mm:ss"
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return formatter.string(from: date) + " " + offset(zone.secondsFromGMT(for: date))
    }

    /// The same text with the moments that a broker writes (`2024-03-29T00:30:00Z`) as a person reads them.
    static func localized(_ text: String, in zone: TimeZone = .current) -> String {
        text.replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/) { match -> String in
            let moment = String(match.output)
            guard let date = try? Date(moment, strategy: .iso8601) else { return moment }
            return Self.text(Int64(date.timeIntervalSince1970 * 1000), in: zone)
        }
    }

    /// `+07`, `-0330`, `+00`.
    private static func offset(_ seconds: Int) -> String {
        let minutes = abs(seconds) / 60
        let parts = minutes % 60 == 0 ? [minutes / 60] : [minutes / 60, minutes % 60]
        return (seconds < 0 ? "-" : "+") + parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined()
    }
}
