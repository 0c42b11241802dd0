/// All figures of a report. PDF, DOCX and XLSX are made of the same ones.
public struct ReportFigures: Sendable, Equatable, Codable {
    /// The period.
    public var period: ReportPeriod
    /// The period with which it is compared.
    public var periodBefore: ReportPeriod?
    /// The day that the report bears.
    public var asOf: LocalDate
    /// The last day that is counted: the period's, or the report's own day where the period goes on.
    public var end: LocalDate
    /// All case files.
    public var total: OnTimeFigures
    /// All case files of the period before.
    public var totalBefore: OnTimeFigures?
    /// By field.
    public var byField: OnTimeTable
    /// By unit, without the wards.
    public var byUnit: OnTimeTable
    /// By ward.
    public var byWard: OnTimeTable
    /// The office has wards, so that their table says something: one that is itself a ward has none.
    public var hasWards: Bool { !byWard.rows.isEmpty }
    /// The section of each unit.
    public var sections: [UnitFigures]
    /// The targets.
    public var verdicts: [TargetVerdict]
    /// Late files and their apologies.
    public var apologies: ApologyCompliance
    /// The late files, by unit and promised day.
    public var lateFiles: [LateFile]
    /// The plan.
    public var plan: PlanProgress
    /// What units said of indicators.
    public var indicators: [IndicatorRow]
    /// The units whose section could not be made.
    public var missingSections: [String] = []

    /// Counts a period.
    /// - Parameter date: the day of the report; what happened later is not known.
    /// - Throws: `FiguresError`.
    public init(_ data: ReportData, _ period: ReportPeriod, asOf date: LocalDate) throws(FiguresError) {
        end = try Self.end(of: period, asOf: date)
        self.period = period
        periodBefore = period.before
        asOf = date
        let now = try CaseCount(data, period, to: end)
        var earlier: CaseCount?
        if let before = period.before { earlier = try CaseCount(data, before, to: before.end) }
        total = now.total
        totalBefore = earlier?.total
        byField = now.byField
        byUnit = now.byUnit
        byWard = now.byWard
        sections = now.sections
        apologies = now.apologies
        lateFiles = now.late
        let judgement = Judgement(data, now: now, before: earlier)
        verdicts = judgement.verdicts
        indicators = judgement.rows
        plan = PlanProgress(
            data.standings, tasks: data.tasks, in: period, asOf: date, owners: data.profile.owners)
    }

    /// The last day of a period that a report of a day counts.
    /// - Throws: `FiguresError.notBegun`.
    public static func end(of period: ReportPeriod, asOf date: LocalDate) throws(FiguresError) -> LocalDate {
        if date < period.start { throw .notBegun(period: period.name, asOf: date) }
        return min(period.end, date)
    }

    /// Holds sections that were made elsewhere against the whole, and takes note of those that are not there.
    /// - Throws: `FiguresError.section` that names the unit.
    public mutating func reconcile(_ made: [UnitFigures]) throws(FiguresError) {
        var sum = OnTimeFigures(name: total.name)
        for section in sections {
            guard let other = made.first(where: { $0.unit == section.unit }) else {
                missingSections.append(section.unit)
                sum = sum + section.table.total
                continue
            }
            guard other.saysTheSame(as: section) else {
                throw .section(
                    unit: section.unit,
                    what: "\(other.table.total.numbers) there, \(section.table.total.numbers) in the whole")
            }
            sum = sum + other.table.total
        }
        let known = Set(sections.map(\.unit))
        if let stranger = made.first(where: { !known.contains($0.unit) && $0.table.total.received > 0 }) {
            throw .section(unit: stranger.unit, what: "the whole does not know it")
        }
        if sum != total {
            throw .section(unit: "tất cả", what: "\(sum.numbers) in all sections, \(total.numbers) in the whole")
        }
    }
}
