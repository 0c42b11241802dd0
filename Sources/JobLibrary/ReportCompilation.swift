import KipCore
import Office
import OfficeDocuments

/// Compiles a period's report: on-time figures for each field and unit against the plan's targets, late files and their
/// apologies, the plan's milestones.
public struct ReportCompilation: Job {
    /// `report-compilation`.
    public static let kind = "report-compilation"
    /// Five attempts of ten minutes.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(600))
    /// `2024-Q1`, `2024-03`, `2024` or `previous-month`.
    public var period: String
    /// The day that the report bears.
    public var asOf: LocalDate

    /// A report of a period.
    public init(period: String, asOf: LocalDate) {
        self.period = period
        self.asOf = asOf
    }

    /// What became of a report.
    struct Report: Codable {
        var key: String
        var isNew: Bool
    }

    /// Compiles the report, or finds the one that was compiled.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        guard let span = ReportPeriod(period, asOf: asOf) else {
            return .discard(reason: "“\(period)” is no period; say 2024-Q1, 2024-03, 2024 or previous-month")
        }
        let key = "report/\(span.name)/\(asOf)"
        let document = try ReportDocument(office, span, asOf).document
        let (_, isNew) = try office.register.issue(key: key, book: nil, year: asOf.year) { _ in
            IssuedDocument(
                key: key, kind: "report", subject: "Báo cáo \(span.vietnamese)", dated: asOf,
                fileName: "bao-cao-\(span.name)-\(asOf).pdf", bytes: try PDFRenderer.render(document))
        }
        return try .done(Report(key: key, isNew: isNew))
    }
}
