import KipCore
import KipWorker
import Office

/// Puts a report together: holds the sections that were made against the whole, and issues PDF, DOCX and XLSX at once, under
/// the key `report/{period}/{day}`.
///
/// A unit whose section failed is named at the top of the report, and in its key (`…/incomplete`): the place of the whole
/// report stays free, so that a new `report-compilation` can issue it. Where case files changed between a section and here,
/// the report is begun anew, three times at the most.
public struct ReportAssembly: Job {
    /// `report-assembly`.
    public static let kind = "report-assembly"
    /// Five attempts of ten minutes.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(600))
    /// How often a report is begun anew.
    static let mostRounds = 3
    /// The period's name.
    public var period: String
    /// The day of the report.
    public var asOf: LocalDate
    /// How often it was begun anew.
    public var round: Int

    /// An assembly.
    public init(period: String, asOf: LocalDate, round: Int = 0) {
        self.period = period
        self.asOf = asOf
        self.round = round
    }

    /// What became of a report.
    struct Report: Codable {
        var key: String
        var isNew: Bool
        var missing: [String]
        var begunAnew = false
    }

    /// Assembles.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        guard let span = ReportPeriod(period, asOf: asOf, cutOffDay: office.profile.reports?.cutOffDay) else {
            return .discard(reason: "“\(period)” is no period")
        }
        let sections = try await context.parents().compactMap { parent in
            try parent.state == .succeeded ? parent.value(as: UnitFigures.self) : nil
        }
        var report = try OfficeReport(office, span, asOf: asOf)
        let changed = report.figures.sections.filter { section in
            sections.contains { $0.unit == section.unit && $0.mark != section.mark }
        }
        guard changed.isEmpty else { return try beginAnew(changed.map(\.unit), span, office, context) }
        do throws(FiguresError) {
            try report.reconcile(sections)
        } catch {
            return .discard(reason: "\(error)")
        }
        let missing = report.figures.missingSections
        let key = OfficeReport.key(span, asOf: asOf) + (missing.isEmpty ? "" : "/incomplete")
        if try office.register.document(key: key) != nil {
            return try .done(Report(key: key, isNew: false, missing: missing))
        }
        let isNew = try office.register.issue(together: try report.documents(key: key), year: asOf.year)
        return try .done(Report(key: key, isNew: isNew, missing: missing))
    }

    private func beginAnew(
        _ units: [String], _ span: ReportPeriod, _ office: OfficeSetup, _ context: JobContext
    ) throws -> Outcome {
        let names = units.joined(separator: ", ")
        if round >= Self.mostRounds {
            return .discard(
                reason: "case files changed while the report was made, \(round + 1) times over (\(names)); enqueue it "
                    + "again when the import has ended")
        }
        context.log("case files changed meanwhile: \(names); the report is begun anew")
        try context.enqueue(
            ReportCompilation(period: period, asOf: asOf, round: round + 1),
            options: office.owned(ReportCompilation.options, context))
        return try .done(
            Report(key: OfficeReport.key(span, asOf: asOf), isNew: false, missing: [], begunAnew: true))
    }
}
