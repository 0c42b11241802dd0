/// Finds what units said of an indicator for a period: the period's own value, else what the values of shorter periods in
/// it make.
struct IndicatorBook {
    /// What was found.
    struct Entry {
        var share: Share
        /// The periods that it was taken from.
        var basis: [String]
    }

    private struct Key: Hashable {
        var unit: String
        var indicator: String
    }

    private var values: [Key: [(period: ReportPeriod, share: Share)]] = [:]

    init(_ list: [IndicatorValue], cutOffDay: Int?) {
        for value in list {
            guard let period = ReportPeriod(value.period, asOf: value.receivedOn, cutOffDay: cutOffDay) else {
                continue
            }
            values[Key(unit: value.unit, indicator: value.indicator), default: []].append(
                (period, Share(value.numerator, of: value.denominator)))
        }
    }

    /// The units that have said anything about an indicator.
    func units(_ indicator: String) -> Set<String> {
        Set(values.keys.filter { $0.indicator == indicator }.map(\.unit))
    }

    /// - Parameter end: the last day that the report counts: of a period that goes on, what is there so far adds up.
    func entry(
        _ unit: String, _ indicator: String, _ combine: Target.Combination, in period: ReportPeriod, to end: LocalDate
    ) -> Entry? {
        let all = values[Key(unit: unit, indicator: indicator)] ?? []
        if let own = all.first(where: { $0.period.start == period.start && $0.period.end == period.end }) {
            return Entry(share: own.share, basis: [own.period.name])
        }
        let within = all.filter { period.contains($0.period) }
        switch combine {
        case .latest:
            // Of two that end on one day the longer one says more.
            let latest = within.max { ($0.period.end, $1.period.start) < ($1.period.end, $0.period.start) }
            return latest.map { Entry(share: $0.share, basis: [$0.period.name]) }
        case .sum:
            return Self.sum(within, period, end)
        }
    }

    /// Adds values up that cover the period without a gap from its first day on, the longest first.
    private static func sum(
        _ values: [(period: ReportPeriod, share: Share)], _ period: ReportPeriod, _ end: LocalDate
    ) -> Entry? {
        var cursor = period.start
        var entry = Entry(share: Share(0, of: 0), basis: [])
        while let next = values.filter({ $0.period.start == cursor }).max(by: { $0.period.end < $1.period.end }) {
            entry.share = entry.share + next.share
            entry.basis.append(next.period.name)
            cursor = next.period.end.adding(days: 1)
        }
        let isWhole = cursor > end || end < period.end
        return entry.basis.isEmpty || !isWhole ? nil : entry
    }
}
