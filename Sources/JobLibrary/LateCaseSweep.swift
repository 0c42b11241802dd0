import KipCore
import Office

/// Finds the case files that owe an apology on a day and have none, and makes an `apology-letter` job for each that has
/// what a letter needs. What lacks data is noted for the clerk and does not stop the rest.
///
/// The register sees to it that a file gets one letter; the job's key sees to it that a day makes one job for a file. So
/// a job that came to nothing is made anew by the next day's sweep.
public struct LateCaseSweep: Job {
    /// `late-case-sweep`.
    public static let kind = "late-case-sweep"
    /// The day as of which files are looked at.
    public var asOf: LocalDate

    /// Letters of one sweep: as many jobs as one handler may make. The next sweep goes on with the rest.
    static let most = 10_000

    /// A sweep of a day.
    public init(asOf: LocalDate) {
        self.asOf = asOf
    }

    /// What a sweep found.
    struct Report: Codable {
        var owed = 0
        var written = 0
        var enqueued = 0
        var needsData = 0
        var left = 0
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        let lead = office.profile.apology.leadWorkingDays
        var report = Report()
        let letters = try office.register.issuedKeys(kind: "letter")
        for file in try office.register.cases()
        where file.owesApology(asOf: asOf, calendar: office.calendar, leadWorkingDays: lead) {
            report.owed += 1
            if letters.contains(ApologyLetter.key(file.code)) {
                report.written += 1
                continue
            }
            let missing = file.missingForLetter(asOf: asOf)
            try office.register.note(missing: missing, for: file.code, asOf: asOf)
            if !missing.isEmpty {
                report.needsData += 1
                continue
            }
            guard report.enqueued < Self.most else {
                report.left += 1
                continue
            }
            try context.enqueue(
                ApologyLetter(caseCode: file.code, asOf: asOf),
                options: ApologyLetter.options.unique("\(ApologyLetter.key(file.code))/\(asOf)"))
            report.enqueued += 1
        }
        return try .done(report)
    }
}
