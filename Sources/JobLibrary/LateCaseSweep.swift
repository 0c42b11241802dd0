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
        // Letters are dated by the sweep, and bear days that are worked.
        guard office.calendar.isWorkingDay(asOf) else { return try .done(report) }
        let letters = try office.register.letterSteps().compactMapValues(\.last)
        var lacking: [String: [String]] = [:]
        for file in try office.register.cases() {
            for promise in promises(of: file, office, letters) {
                report.owed += 1
                switch letters[LetterKey(code: file.code, promise: promise).description] {
                case nil: try write(promise, file, context, &report, &lacking)
                case let last? where last.waitsToGo: try send(promise, file, context, &report)
                default: report.written += 1
                }
            }
        }
        try office.register.note(lacking: lacking, asOf: asOf)
        try office.register.noteLetterSweep(of: asOf)
        return try .done(report)
    }

    /// The promises of a file for which an apology is owed.
    /// - Parameter letters: what became of the letters that there are. A second one follows a first.
    private func promises(of file: CaseFile, _ office: OfficeSetup, _ letters: [String: LetterStep]) -> [Int] {
        let rules = office.profile.apology
        guard file.owesApology(asOf: asOf, calendar: office.calendar, leadWorkingDays: rules.leadWorkingDays),
            rules.since.map({ file.dueOn(asOf: asOf) >= $0 }) ?? true
        else { return [] }
        let hasFirst = letters[LetterKey(code: file.code, promise: 1).description] != nil
        return hasFirst && file.isLateTwice(asOf: asOf) ? [1, 2] : [1]
    }

    private func write(
        _ promise: Int, _ file: CaseFile, _ context: JobContext, _ report: inout Report,
        _ lacking: inout [String: [String]]
    ) throws {
        let missing = file.missingForLetter(asOf: asOf, promise: promise)
        guard missing.isEmpty else {
            report.needsData += 1
            lacking[file.code] = missing
            return
        }
        try send(promise, file, context, &report)
    }

    private func send(
        _ promise: Int, _ file: CaseFile, _ context: JobContext, _ report: inout Report
    ) throws {
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
                options: LeaderDossier.options.unique(
                    LeaderDossier.key(file.code), .untilDone, onConflict: .keepExisting))
            try context.enqueue(
                letter, options: ApologyLetter.options.unique(key, .untilDone, onConflict: .keepExisting).held())
            report.escalated += 1
        }
        report.enqueued += 1
    }
}
