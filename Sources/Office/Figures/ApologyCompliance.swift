/// How late files were apologised for: in time is up to the promised return date (Decision 5157/QĐ-UBND of 30 September
/// 2016); plan 04/KH-UBND, II.3.5, asks for it in every case.
public struct ApologyCompliance: Sendable, Equatable, Codable {
    /// Files that were resolved late in the period, or are overdue at its end.
    public var lateFiles = 0
    /// Those whose letter was given up to the promised day.
    public var inTime = 0
    /// Those whose letter was given later.
    public var afterwards = 0
    /// Those whose letter came back, and has not gone out again.
    public var returned = 0
    /// Those that have no letter, or one that has not gone out.
    public var without = 0

    /// Nothing.
    public init() {}

    /// The share that was apologised for in time.
    public var share: Share { Share(inTime, of: lateFiles) }

    /// Counts a late file.
    mutating func count(promised: LocalDate, letter: ReportedLetter?) {
        lateFiles += 1
        guard let letter else { return without += 1 }
        if letter.isReturned { return returned += 1 }
        if letter.day <= promised { inTime += 1 } else { afterwards += 1 }
    }

    /// Two put together.
    public static func + (left: ApologyCompliance, right: ApologyCompliance) -> ApologyCompliance {
        var sum = left
        sum.lateFiles += right.lateFiles
        sum.inTime += right.inTime
        sum.afterwards += right.afterwards
        sum.returned += right.returned
        sum.without += right.without
        return sum
    }
}

extension ApologyCompliance {
    private enum Key: String, CodingKey {
        case lateFiles, inTime, afterwards, returned, without
    }

    /// Reads figures, also those of a section that was counted before returned letters were counted apart.
    public init(from decoder: any Decoder) throws {
        let map = try decoder.container(keyedBy: Key.self)
        lateFiles = try map.decode(Int.self, forKey: .lateFiles)
        inTime = try map.decode(Int.self, forKey: .inTime)
        afterwards = try map.decode(Int.self, forKey: .afterwards)
        returned = try map.decodeIfPresent(Int.self, forKey: .returned) ?? 0
        without = try map.decode(Int.self, forKey: .without)
    }
}

/// A late file as reports list it: no citizen in it.
public struct LateFile: Sendable, Equatable, Codable {
    /// The case file's code.
    public var code: String
    /// Its field.
    public var field: String
    /// Its unit.
    public var unit: String
    /// The promised return date that decides about lateness.
    public var promisedOn: LocalDate
    /// When it was resolved; nil = not by the period's end.
    public var resolvedOn: LocalDate?
    /// The day on which its first letter was given; nil = none has gone out, or it came back.
    public var letterOn: LocalDate?
    /// Its first letter came back, and has not gone out again; nil = that is not so.
    public var isReturned: Bool?
}
