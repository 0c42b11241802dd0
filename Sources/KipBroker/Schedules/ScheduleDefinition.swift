import Foundation
import KipCore

/// What a schedule says: when, in which time zone, and which job.
public struct ScheduleDefinition: Sendable, Codable, Equatable {
    /// What happens to times that passed while the broker was down.
    public enum CatchUp: String, Sendable, Codable, CaseIterable {
        /// One run makes up for all missed times: the last of them fires, unless a time fires that is not missed. The default.
        case once
        /// Each missed time fires, at the most 1,000.
        case all
        /// Missed times are left out.
        case skip
    }

    /// What happens at a time at which the job of the time before has not ended. A job that waits, runs, or waits for a
    /// person has not. What was triggered by hand does not count.
    public enum Overlap: String, Sendable, Codable, CaseIterable {
        /// It fires all the same. The default.
        case allow
        /// It does not fire at that time. Of several missed times only the first fires then.
        case skip
    }

    /// Its name.
    public var name: String
    /// Five fields, as crontab has them, or six with seconds first (`CronExpression`); empty where there is a rule.
    public var cron: String
    /// A rule of working days (`WorkingDayRule`); empty where there is a cron expression.
    public var rule: String
    /// A name of the IANA time zone database. Default `Asia/Ho_Chi_Minh`.
    public var timeZone: String
    /// The kind of its jobs.
    public var kind: String
    /// JSON; `{{date}}` and `{{time}}` stand for the nominal local date and time.
    public var payload: String
    /// Where its jobs wait; empty = as the kind says, else `default`.
    public var queue: String
    /// The priority of its jobs; 0 = as the kind says, else 0.
    public var priority: Int
    /// What happens to missed times. Default `once`.
    public var catchUp: CatchUp
    /// It does not fire.
    public var paused: Bool
    /// Its jobs run up to so many milliseconds after their nominal times, each at its own time. Default 0.
    public var jitterMilliseconds: Int64
    /// What happens where the job before has not ended. Default `allow`.
    public var overlap: Overlap
    /// What else its jobs ask for. Default nothing.
    public var options: JobDefaults
    /// Whose set it belongs to. Default the unnamed one.
    public var owner: String

    /// The longest jitter: a day.
    public static let longestJitterMilliseconds: Int64 = 86_400_000

    /// A definition with the defaults.
    public init(
        name: String, cron: String = "", rule: String = "", timeZone: String = "Asia/Ho_Chi_Minh", kind: String,
        payload: String = "{}", queue: String = "default", priority: Int = 0, catchUp: CatchUp = .once,
        paused: Bool = false, jitterMilliseconds: Int64 = 0, overlap: Overlap = .allow,
        options: JobDefaults = JobDefaults(), owner: String = ""
    ) {
        self.options = options
        self.owner = owner
        self.name = name
        self.cron = cron
        self.rule = rule
        self.timeZone = timeZone
        self.kind = kind
        self.payload = payload
        self.queue = queue
        self.priority = priority
        self.catchUp = catchUp
        self.paused = paused
        self.jitterMilliseconds = jitterMilliseconds
        self.overlap = overlap
    }

    /// Reads what a store keeps. What earlier releases did not know has its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        cron = try container.decode(String.self, forKey: .cron)
        rule = try container.decodeIfPresent(String.self, forKey: .rule) ?? ""
        timeZone = try container.decode(String.self, forKey: .timeZone)
        kind = try container.decode(String.self, forKey: .kind)
        payload = try container.decode(String.self, forKey: .payload)
        queue = try container.decode(String.self, forKey: .queue)
        priority = try container.decode(Int.self, forKey: .priority)
        catchUp = try container.decode(CatchUp.self, forKey: .catchUp)
        paused = try container.decode(Bool.self, forKey: .paused)
        jitterMilliseconds = try container.decodeIfPresent(Int64.self, forKey: .jitterMilliseconds) ?? 0
        overlap = try container.decodeIfPresent(Overlap.self, forKey: .overlap) ?? .allow
        options = try container.decodeIfPresent(JobDefaults.self, forKey: .options) ?? JobDefaults()
        owner = try container.decodeIfPresent(String.self, forKey: .owner) ?? ""
    }

    /// The payload of the job of a nominal time, in UTF-8.
    public func payload(at nominal: Timestamp, in zone: TimeZone) -> [UInt8] {
        let seconds = nominal.milliseconds.floorDivided(by: 1000)
        let local = seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds))))
        let day = CivilDay(number: Int(local.floorDivided(by: 86_400)))
        let minute = (local - Int64(day.number) * 86_400) / 60
        let clock = [minute / 60, minute % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return Self.filled(payload, date: day.iso, time: clock)
    }

    /// Replaces the marks in a payload by date and time. One pass over the bytes: a payload may have a megabyte, and the router
    /// thread is blocked meanwhile.
    static func filled(_ payload: String, date: String, time: String) -> [UInt8] {
        let marks = [(Array("{{date}}".utf8), date), (Array("{{time}}".utf8), time)]
        var payload = payload
        return payload.withUTF8 { bytes in
            var filled: [UInt8] = []
            filled.reserveCapacity(bytes.count)
            var rest = bytes[...]
            while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
                filled += rest[..<brace]
                rest = rest[brace...]
                if let (mark, text) = marks.first(where: { rest.starts(with: $0.0) }) {
                    filled += text.utf8
                    rest = rest.dropFirst(mark.count)
                } else {
                    filled.append(UInt8(ascii: "{"))
                    rest = rest.dropFirst()
                }
            }
            return filled + rest
        }
    }

    /// When the job of a nominal time runs: that time and its jitter, the same whenever it is asked for.
    func runAt(nominal: Timestamp) -> Timestamp {
        guard jitterMilliseconds > 0 else { return nominal }
        let seed = Fingerprint.of(kind: name, payload: Array(String(nominal.milliseconds).utf8))
        var random = SplitMix64(seed: UInt64(bitPattern: seed))
        return nominal.advanced(byMilliseconds: Int64(random.next() % UInt64(jitterMilliseconds)))
    }
}
