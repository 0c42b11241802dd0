import KipCore
import KipWorker
import Office

/// Begins a period's report: a `report-section` job for each unit, and a `report-assembly` job after all of them, which puts
/// the report together and issues it.
public struct ReportCompilation: Job {
    /// `report-compilation`.
    public static let kind = "report-compilation"
    /// Five attempts of ten minutes.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(600))
    /// `2024-03`, `2024-Q1`, `2024-H1`, `2024-9M`, `2024`, `2024-01-15..2024-03-14` or `previous-month`.
    public var period: String
    /// The day that the report bears: what happened later is not in it.
    public var asOf: LocalDate
    /// How often it was begun anew because case files changed meanwhile; nil = never.
    public var round: Int?

    /// A report of a period.
    public init(period: String, asOf: LocalDate, round: Int? = nil) {
        self.period = period
        self.asOf = asOf
        self.round = round
    }

    /// What became of it.
    struct Report: Codable {
        var key: String
        var isNew: Bool
        var sections: Int
    }

    /// Makes the jobs of the report, where it is not issued yet.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        guard let span = ReportPeriod(period, asOf: asOf, cutOffDay: office.profile.reports?.cutOffDay) else {
            return .discard(reason: "“\(period)” is no period; say one such as \(ReportPeriod.examples)")
        }
        do throws(FiguresError) {
            _ = try ReportFigures.end(of: span, asOf: asOf)
        } catch {
            return .discard(reason: "\(error)")
        }
        let key = OfficeReport.key(span, asOf: asOf)
        if try office.register.document(key: key) != nil {
            return try .done(Report(key: key, isNew: false, sections: 0))
        }
        let units = office.profile.units.map(\.id) + [nil]
        var sections: [JobID] = []
        for unit in units {
            sections.append(
                try context.enqueue(
                    ReportSection(period: span.name, asOf: asOf, unit: unit),
                    options: office.owned(ReportSection.options, context)))
        }
        // A unit whose section fails is named in the report; the others do not wait for it for ever.
        try context.enqueue(
            ReportAssembly(period: span.name, asOf: asOf, round: round ?? 0),
            options: office.owned(ReportAssembly.options, context).after(sections, onParentFailed: .continue))
        return try .done(Report(key: key, isNew: true, sections: sections.count))
    }
}
