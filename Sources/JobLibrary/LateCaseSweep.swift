import KipCore
import Office

/// Finds the case files that owe an apology on a day and makes an `apology-letter` job for each that has what a letter
/// needs. What lacks data is noted for the clerk and does not stop the rest.
public struct LateCaseSweep: Job {
    /// `late-case-sweep`.
    public static let kind = "late-case-sweep"
    /// The day as of which files are looked at.
    public var asOf: LocalDate

    /// A sweep of a day.
    public init(asOf: LocalDate) {
        self.asOf = asOf
    }

    /// What a sweep found.
    struct Report: Codable {
        var owed = 0
        var enqueued = 0
        var needsData = 0
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        let lead = office.profile.apology.leadWorkingDays
        var report = Report()
        for file in try office.register.cases()
        where file.owesApology(asOf: asOf, calendar: office.calendar, leadWorkingDays: lead) {
            report.owed += 1
            let missing = file.missingForLetter(asOf: asOf)
            try office.register.note(missing: missing, for: file.code, asOf: asOf)
            if !missing.isEmpty {
                report.needsData += 1
                continue
            }
            try context.enqueue(
                ApologyLetter(caseCode: file.code, asOf: asOf),
                options: ApologyLetter.options.unique(ApologyLetter.key(file.code)))
            report.enqueued += 1
        }
        return try .done(report)
    }
}
