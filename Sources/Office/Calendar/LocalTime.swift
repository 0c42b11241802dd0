/// A time of the day, in minutes since midnight.
public struct LocalTime: Hashable, Comparable, Sendable {
    /// From 0 to 1,440, the end of the day.
    public let minutes: Int

    /// A time from its minutes since midnight.
    public init(minutes: Int) {
        self.minutes = min(max(0, minutes), 1_440)
    }

    /// Earlier first.
    public static func < (left: LocalTime, right: LocalTime) -> Bool { left.minutes < right.minutes }
}

extension LocalTime: LosslessStringConvertible {
    /// A time from `07:30` or `7:30`.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.allSatisfy { ("0"..."9").contains($0) } }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
        else { return nil }
        self.init(minutes: hour * 60 + minute)
    }

    /// `07:30`.
    public var description: String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return (hour < 10 ? "0" : "") + "\(hour)" + (minute < 10 ? ":0" : ":") + "\(minute)"
    }
}

/// A moment of the office's clock, without a time zone.
public struct LocalMoment: Hashable, Comparable, Sendable {
    /// The day.
    public var date: LocalDate
    /// The time.
    public var time: LocalTime

    /// A moment.
    public init(_ date: LocalDate, _ time: LocalTime) {
        self.date = date
        self.time = time
    }

    /// Earlier first.
    public static func < (left: LocalMoment, right: LocalMoment) -> Bool {
        (left.date, left.time) < (right.date, right.time)
    }
}

extension LocalMoment: LosslessStringConvertible {
    /// A moment from `2024-02-06T15:30`, `2024-02-06 15:30` or `06/02/2024 15:30`.
    public init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == "T" || $0 == " " })
        guard parts.count == 2, let time = LocalTime(String(parts[1])),
            let date = LocalDate(String(parts[0])) ?? LocalDate(vietnamese: String(parts[0]))
        else { return nil }
        self.init(date, time)
    }

    /// `2024-02-06T15:30`.
    public var description: String { "\(date)T\(time)" }
}
