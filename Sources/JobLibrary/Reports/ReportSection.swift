import KipCore
import KipWorker
import Office

/// Counts one unit's section of a report. Its figures are the job's result, which `report-assembly` reads.
public struct ReportSection: Job {
    /// `report-section`.
    public static let kind = "report-section"
    /// Five attempts of five minutes.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(300))
    /// The period's name.
    public var period: String
    /// The day of the report.
    public var asOf: LocalDate
    /// The unit's id; nil = of case files whose unit the office does not have.
    public var unit: String?

    /// A section.
    public init(period: String, asOf: LocalDate, unit: String?) {
        self.period = period
        self.asOf = asOf
        self.unit = unit
    }

    /// Counts.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        let profile = office.profile
        let known = profile.units.first { $0.id == unit }
        if let unit, known == nil {
            return .discard(reason: "office.yaml has no unit “\(unit)” any more; begin the report anew")
        }
        guard let span = ReportPeriod(period, asOf: asOf, cutOffDay: profile.reports?.cutOffDay) else {
            return .discard(reason: "“\(period)” is no period")
        }
        let figures = try UnitFigures.count(
            try office.register.cases(of: known, in: profile), of: known,
            letters: try office.register.reportedLetters(upTo: asOf), in: span,
            to: try ReportFigures.end(of: span, asOf: asOf), profile: profile)
        return try .done(figures)
    }
}
