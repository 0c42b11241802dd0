/// The figures of a period for a field or a unit, in the columns of form II.06a of Circular 01/2020/TT-VPCP.
public struct OnTimeFigures: Sendable, Equatable {
    /// Of the field or unit.
    public var name: String
    /// Received in the period through the portal.
    public var online = 0
    /// Received in the period at the desk or by post.
    public var direct = 0
    /// Received before the period and open when it began.
    public var carriedOver = 0
    /// Resolved before the promised day.
    public var early = 0
    /// Resolved on it.
    public var onTime = 0
    /// Resolved after it.
    public var late = 0
    /// Open, its promised day not passed.
    public var pendingInTime = 0
    /// Open, its promised day passed.
    public var pendingOverdue = 0

    /// Figures of nothing.
    public init(name: String) {
        self.name = name
    }

    /// All case files of the period.
    public var received: Int { online + direct + carriedOver }
    /// Resolved in the period.
    public var resolved: Int { early + onTime + late }
    /// Open at its end.
    public var pending: Int { pendingInTime + pendingOverdue }
    /// The share that was on time, in per cent; nil where nothing was resolved.
    public var onTimePercent: Double? {
        resolved == 0 ? nil : Double(early + onTime) * 100 / Double(resolved)
    }

    /// Counts a case file, where it belongs to the period.
    public mutating func count(_ file: CaseFile, from start: LocalDate, to end: LocalDate) {
        guard file.receivedOn <= end else { return }
        if let resolved = file.resolvedOn, resolved < start { return }
        if file.receivedOn < start {
            carriedOver += 1
        } else if file.channel == .online {
            online += 1
        } else {
            direct += 1
        }
        switch file.state(asOf: end) {
        case .early: early += 1
        case .onTime: onTime += 1
        case .late: late += 1
        // The form has no column for a clock that stands: what waits for the citizen is in time.
        case .pendingInTime, .suspended: pendingInTime += 1
        case .pendingOverdue: pendingOverdue += 1
        }
    }

    /// Figures for each name, in the order of the names; names that are not listed come after them.
    public static func table(
        _ cases: [CaseFile], from start: LocalDate, to end: LocalDate, names: [String],
        by name: (CaseFile) -> String
    ) -> [OnTimeFigures] {
        var figures: [String: OnTimeFigures] = [:]
        for file in cases {
            figures[name(file), default: OnTimeFigures(name: name(file))].count(file, from: start, to: end)
        }
        let others = figures.keys.filter { !names.contains($0) }.sorted()
        return (names + others).compactMap { figures[$0] }.filter { $0.received > 0 }
    }
}

/// What a rate is judged by.
public struct OnTimeTarget: Sendable, Equatable {
    /// The number of the target: `T1`.
    public var id: String
    /// Per cent that must be on time.
    public var percent: Double
    /// The rate must be above the figure, not just reach it.
    public var strict: Bool

    /// A target.
    public init(id: String, percent: Double, strict: Bool) {
        self.id = id
        self.percent = percent
        self.strict = strict
    }

    /// Whether a rate meets it; nil where there is nothing to judge.
    public func isMet(by rate: Double?) -> Bool? {
        rate.map { strict ? $0 > percent : $0 >= percent }
    }
}

/// A period of reports.
public struct ReportPeriod: Sendable, Equatable {
    /// `2024-Q1`, `2024-03` or `2024`.
    public var name: String
    /// Its first day.
    public var start: LocalDate
    /// Its last day.
    public var end: LocalDate
    /// In Vietnamese: `quý I năm 2024`.
    public var vietnamese: String

    /// Reads `2024-Q1`, `2024-03`, `2024` or `previous-month`, which counts from a day.
    public init?(_ text: String, asOf date: LocalDate) {
        if text == "previous-month" {
            let (year, month, _) = date.parts
            let previous = month == 1 ? (year - 1, 12) : (year, month - 1)
            self.init(year: previous.0, month: previous.1)
            return
        }
        let parts = text.split(separator: "-")
        guard let first = parts.first, let year = Int(first), first.count == 4, parts.count <= 2 else { return nil }
        guard parts.count == 2 else {
            self.init(name: text, year: year, months: 1...12, vietnamese: "năm \(year)")
            return
        }
        if parts[1].hasPrefix("Q"), let quarter = Int(parts[1].dropFirst()), (1...4).contains(quarter) {
            let roman = ["I", "II", "III", "IV"][quarter - 1]
            self.init(
                name: text, year: year, months: (quarter * 3 - 2)...(quarter * 3),
                vietnamese: "quý \(roman) năm \(year)")
        } else if let month = Int(parts[1]), (1...12).contains(month) {
            self.init(year: year, month: month)
        } else {
            return nil
        }
    }

    private init?(year: Int, month: Int) {
        let name = "\(year)-" + (month < 10 ? "0\(month)" : "\(month)")
        self.init(name: name, year: year, months: month...month, vietnamese: "tháng \(month) năm \(year)")
    }

    private init?(name: String, year: Int, months: ClosedRange<Int>, vietnamese: String) {
        let next = months.upperBound == 12 ? (year + 1, 1) : (year, months.upperBound + 1)
        guard let start = LocalDate(year: year, month: months.lowerBound, day: 1),
            let after = LocalDate(year: next.0, month: next.1, day: 1)
        else { return nil }
        self.name = name
        self.start = start
        end = after.adding(days: -1)
        self.vietnamese = vietnamese
    }
}
