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
        var escalated = 0
        var left = 0
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current()
        var report = Report()
        let letters = try office.register.issuedKeys(kind: "letter")
        for file in try office.register.cases() {
            for promise in promises(of: file, office) {
                report.owed += 1
                if letters.contains(LetterKey(code: file.code, promise: promise).description) {
                    report.written += 1
                } else {
                    try write(promise, file, office, context, &report)
                }
            }
        }
        return try .done(report)
    }

    /// The promises of a file for which an apology is owed.
    private func promises(of file: CaseFile, _ office: OfficeSetup) -> [Int] {
        let lead = office.profile.apology.leadWorkingDays
        guard file.owesApology(asOf: asOf, calendar: office.calendar, leadWorkingDays: lead) else { return [] }
        return file.isLateTwice(asOf: asOf) ? [1, 2] : [1]
    }

    private func write(
        _ promise: Int, _ file: CaseFile, _ office: OfficeSetup, _ context: JobContext, _ report: inout Report
    ) throws {
        let missing = file.missingForLetter(asOf: asOf, promise: promise)
        try office.register.note(missing: missing, for: file.code, asOf: asOf)
        guard missing.isEmpty else {
            report.needsData += 1
            return
        }
        // A second delay takes two jobs, and none of them without the other.
        guard report.enqueued + report.escalated < Self.most - 1 else {
            report.left += 1
            return
        }
        let key = LetterKey(code: file.code, promise: promise).description
        let letter = ApologyLetter(caseCode: file.code, asOf: asOf, promise: promise)
        if promise == 1 {
            try context.enqueue(letter, options: ApologyLetter.options.unique("\(key)/\(asOf)"))
        } else {
            // It promises nothing, so a person decides whether it goes out; the leader hears of the file at once. One of
            // each waits, however many days that takes.
            try context.enqueue(
                LeaderDossier(caseCode: file.code, asOf: asOf),
                options: LeaderDossier.options.unique(LeaderDossier.key(file.code), onConflict: .keepExisting))
            try context.enqueue(
                letter, options: ApologyLetter.options.unique(key, .untilDone, onConflict: .keepExisting).held())
            report.escalated += 1
        }
        report.enqueued += 1
    }
}
