/// When the office works on a day that it works.
public struct WorkingHours: Sendable, Equatable {
    /// A time without a break.
    public struct Period: Sendable, Equatable {
        /// Its first minute.
        public var begins: LocalTime
        /// The minute after its last.
        public var ends: LocalTime

        /// A period.
        public init(_ begins: LocalTime, _ ends: LocalTime) {
            self.begins = begins
            self.ends = ends
        }
    }

    /// In order. Default 07:30 to 11:30 and 13:00 to 17:00.
    public var periods: [Period]
    /// What comes later than this counts as received on the next working day; nil = it counts on its own day, the default.
    public var cutOff: LocalTime?

    /// The hours of an office in Ho Chi Minh City.
    public static let standard = WorkingHours(periods: [
        Period(LocalTime(minutes: 450), LocalTime(minutes: 690)),
        Period(LocalTime(minutes: 780), LocalTime(minutes: 1_020)),
    ])

    /// Hours.
    public init(periods: [Period], cutOff: LocalTime? = nil) {
        self.periods = periods
        self.cutOff = cutOff
    }

    private static let noon = LocalTime(minutes: 720)

    /// The periods of a day; empty where it is not worked.
    public func periods(on date: LocalDate, _ calendar: WorkingCalendar) -> [Period] {
        guard calendar.isWorkingDay(date) else { return [] }
        switch calendar.half(date)?.works {
        case .morning:
            return periods.filter { $0.begins < Self.noon }.map { Period($0.begins, min($0.ends, Self.noon)) }
        case .afternoon:
            return periods.filter { $0.ends > Self.noon }.map { Period(max($0.begins, Self.noon), $0.ends) }
        case nil: return periods
        }
    }
}

extension WorkingHours: Codable {
    private enum Key: String, CodingKey {
        case periods, cutOff
    }

    /// Reads `periods: ["07:30-11:30", "13:00-17:00"]` and, as wanted, `cutOff: "15:00"`.
    public init(from decoder: any Decoder) throws {
        let map = try decoder.container(keyedBy: Key.self)
        let texts = try map.decodeIfPresent([String].self, forKey: .periods)
        var periods: [Period] = []
        for text in texts ?? [] {
            let ends = text.split(separator: "-").compactMap { LocalTime(String($0)) }
            guard ends.count == 2, ends[0] < ends[1], periods.last.map({ $0.ends <= ends[0] }) ?? true else {
                throw DecodingError.dataCorruptedError(
                    forKey: .periods, in: map,
                    debugDescription: "“\(text)” is not a period such as 07:30-11:30, after the one before it")
            }
            periods.append(Period(ends[0], ends[1]))
        }
        let cutOff = try map.decodeIfPresent(String.self, forKey: .cutOff)
        if let cutOff, LocalTime(cutOff) == nil {
            throw DecodingError.dataCorruptedError(
                forKey: .cutOff, in: map, debugDescription: "“\(cutOff)” is not a time such as 15:00")
        }
        self.init(
            periods: texts == nil ? Self.standard.periods : periods, cutOff: cutOff.flatMap { LocalTime($0) })
    }

    /// Writes what is read.
    public func encode(to encoder: any Encoder) throws {
        var map = encoder.container(keyedBy: Key.self)
        try map.encode(periods.map { "\($0.begins)-\($0.ends)" }, forKey: .periods)
        try map.encodeIfPresent(cutOff?.description, forKey: .cutOff)
    }
}
