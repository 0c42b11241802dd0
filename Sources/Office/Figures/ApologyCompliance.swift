/// How late files were apologised for: in time is up to the promised return date (Decision 5157/QĐ-UBND of 30 September
/// 2016); plan 04/KH-UBND, II.3.5, asks for it in every case.
public struct ApologyCompliance: Sendable, Equatable, Codable {
    /// Files that were resolved late in the period, or are overdue at its end.
    public var lateFiles = 0
    /// Those whose letter bears a day up to the promised one.
    public var inTime = 0
    /// Those whose letter bears a later day.
    public var afterwards = 0
    /// Those that have no letter.
    public var without = 0

    /// Nothing.
    public init() {}

    /// The share that was apologised for in time.
    public var share: Share { Share(inTime, of: lateFiles) }

    /// Counts a late file.
    mutating func count(promised: LocalDate, letter: LocalDate?) {
        lateFiles += 1
        guard let letter else { return without += 1 }
        if letter <= promised { inTime += 1 } else { afterwards += 1 }
    }

    /// Two put together.
    public static func + (left: ApologyCompliance, right: ApologyCompliance) -> ApologyCompliance {
        var sum = left
        sum.lateFiles += right.lateFiles
        sum.inTime += right.inTime
        sum.afterwards += right.afterwards
        sum.without += right.without
        return sum
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
    /// The day that its first letter bears.
    public var letterOn: LocalDate?
}
