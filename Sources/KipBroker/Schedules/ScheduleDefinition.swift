import Foundation
import KipCore

/// What a schedule says: when, in which time zone, and which job.
public struct ScheduleDefinition: Sendable, Codable, Equatable {
    /// What happens to times that passed while the broker was down.
    public enum CatchUp: String, Sendable, Codable, CaseIterable {
        /// The last missed time fires once. The default.
        case once
        /// Each missed time fires, at the most 1,000.
        case all
        /// Missed times are left out.
        case skip
    }

    /// Its name.
    public var name: String
    /// Five fields, as crontab has them.
    public var cron: String
    /// A name of the IANA time zone database. Default `Asia/Ho_Chi_Minh`.
    public var timeZone: String
    /// The kind of its jobs.
    public var kind: String
    /// JSON; `{{date}}` and `{{time}}` stand for the nominal local date and time.
    public var payload: String
    /// Where its jobs wait. Default `default`.
    public var queue: String
    /// The priority of its jobs. Default 0.
    public var priority: Int
    /// What happens to missed times. Default `once`.
    public var catchUp: CatchUp
    /// It does not fire.
    public var paused: Bool

    /// A definition with the defaults.
    public init(
        name: String, cron: String, timeZone: String = "Asia/Ho_Chi_Minh", kind: String, payload: String = "{}",
        queue: String = "default", priority: Int = 0, catchUp: CatchUp = .once, paused: Bool = false
    ) {
        self.name = name
        self.cron = cron
        self.timeZone = timeZone
        self.kind = kind
        self.payload = payload
        self.queue = queue
        self.priority = priority
        self.catchUp = catchUp
        self.paused = paused
    }

    /// The payload of the job of a nominal time.
    public func payload(at nominal: Timestamp, in zone: TimeZone) -> String {
        let seconds = nominal.milliseconds.floorDivided(by: 1000)
        let local = seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        let day = CivilDay(number: Int(local.floorDivided(by: 86_400)))
        let minute = (local - Int64(day.number) * 86_400) / 60
        let clock = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return payload.replacingOccurrences(of: "{{date}}", with: day.iso)
            .replacingOccurrences(of: "{{time}}", with: clock)
    }
}
