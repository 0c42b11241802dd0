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
        if let refusal = SweepDay.refusal(asOf) { return refusal }
        let office = try OfficeSetup.current()
        var report = Report()
        // Letters are dated by the sweep, and bear days that are worked.
        guard office.calendar.isWorkingDay(asOf) else { return try .done(report) }
        let letters = try office.register.letterSteps().compactMapValues(\.last)
        // What has its number and did not go goes out, whatever is owed by now.
        for key in letters.keys.sorted() where letters[key]?.waitsToGo == true {
            if let key = LetterKey(key) { try send(key, isHeld: false, context, &report) }
        }
        let desk = Desk(
            letters: letters, days: try office.register.firstLetterDays(),
            dossiers: try office.register.issuedKeys(kind: "dossier"))
        var lacking: [String: [String]] = [:]
        for file in try office.register.cases() {
            for key in promises(of: file, office, desk) {
                report.owed += 1
                if letters[key.description] == nil {
                    try write(key, file, desk, office, context, &report, &lacking)
                } else if letters[key.description]?.waitsToGo == false {
                    report.written += 1
                }
            }
        }
        try office.register.note(lacking: lacking, asOf: asOf)
        try office.register.noteLetterSweep(of: asOf)
        return try .done(report)
    }

    /// What is known of letters before a sweep.
    private struct Desk {
        /// What became of them.
        let letters: [String: LetterStep]
        /// The day that the first letter about each file bears.
        let days: [String: LocalDate]
        /// The keys of dossiers.
        let dossiers: Set<String>
    }

    /// The promises of a file for which an apology is owed. A second one follows a first.
    private func promises(of file: CaseFile, _ office: OfficeSetup, _ desk: Desk) -> [LetterKey] {
        let rules = office.profile.apology
        guard file.owesApology(asOf: asOf, calendar: office.calendar, leadWorkingDays: rules.leadWorkingDays),
            rules.since.map({ file.dueOn(asOf: asOf) >= $0 }) ?? true
        else { return [] }
        let isLateTwice = file.isLateTwice(firstLetter: desk.days[file.code], asOf: asOf)
        return (isLateTwice ? [1, 2] : [1]).map { LetterKey(code: file.code, promise: $0) }
    }

    private func write(
        _ key: LetterKey, _ file: CaseFile, _ desk: Desk, _ office: OfficeSetup, _ context: JobContext,
        _ report: inout Report, _ lacking: inout [String: [String]]
    ) throws {
        let missing = file.missingForLetter(asOf: asOf, calendar: office.calendar, promise: key.promise)
        guard missing.isEmpty else {
            report.needsData += 1
            lacking[file.code] = missing
            return
        }
        guard key.promise > 1 else { return try send(key, isHeld: false, context, &report) }
        // It promises nothing, so a person decides whether it goes out; the leader hears of the file at once. One of each
        // waits, however many days that takes.
        let dossier = LeaderDossier.key(file.code)
        if !desk.dossiers.contains(dossier) {
            guard hasRoom(&report) else { return }
            try context.enqueue(
                LeaderDossier(caseCode: file.code, asOf: asOf),
                options: LeaderDossier.options.unique(dossier, .untilDone, onConflict: .keepExisting))
            report.escalated += 1
        }
        try send(key, isHeld: true, context, &report)
    }

    private func hasRoom(_ report: inout Report) -> Bool {
        // A second delay takes two jobs, and none of them without the other.
        if report.enqueued + report.escalated < Self.most - 1 { return true }
        report.left += 1
        return false
    }

    private func send(_ key: LetterKey, isHeld: Bool, _ context: JobContext, _ report: inout Report) throws {
        guard hasRoom(&report) else { return }
        let letter = ApologyLetter(caseCode: key.code, asOf: asOf, promise: key.promise)
        let options =
            isHeld
            ? ApologyLetter.options.unique("\(key)", .untilDone, onConflict: .keepExisting).held()
            : ApologyLetter.options.unique("\(key)/\(asOf)")
        try context.enqueue(letter, options: options)
        report.enqueued += 1
    }
}
