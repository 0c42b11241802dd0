import KipCore
import KipWorker
import Office

/// Finds the case files that owe an apology on a day and have none, and makes an `apology-letter` job for each that has
/// what a letter needs. What lacks data is noted for the clerk and does not stop the rest.
///
/// The register sees to it that a file gets one letter; the job's key sees to it that one job for a letter is under way. So
/// a job that came to nothing, or ended as a dead letter, is made anew by the next sweep, also one of the same day. If there
/// are more jobs than a handler may enqueue, the sweep enqueues another sweep, which continues after its last case file.
public struct LateCaseSweep: Job {
    /// `late-case-sweep`.
    public static let kind = "late-case-sweep"
    /// The day as of which files are looked at.
    public var asOf: LocalDate
    /// Files up to this code have their jobs; nil = none have.
    public var after: String?

    /// Jobs of one sweep: as many as one handler may make.
    static let most = Limits.jobsPerMessage

    /// A sweep of a day.
    /// - Parameter after: the code of the last case file that another sweep has come to.
    public init(asOf: LocalDate, after: String? = nil) {
        self.asOf = asOf
        self.after = after
    }

    /// The result of a sweep: counts.
    struct Report: Codable {
        /// Promises for which an apology is owed.
        var owed = 0
        /// Of them, those whose letter went, or is for a person.
        var written = 0
        /// Letters whose jobs this sweep has made.
        var enqueued = 0
        /// Letters whose jobs were made before and have not ended.
        var waiting = 0
        /// Promises whose letters wait for data.
        var needsData = 0
        /// Case files that were put before the leader by this sweep.
        var escalated = 0
        /// Letters and dossiers that a further sweep goes on with.
        var left = 0
    }

    /// Sweeps.
    public func run(in context: JobContext) async throws -> Outcome {
        if let refusal = SweepDay.refusal(asOf) { return refusal }
        let office = try OfficeSetup.current(for: context)
        // Letters are dated by the sweep, and bear days that are worked.
        guard office.calendar.isWorkingDay(asOf) else { return try .done(Report()) }
        var findings = try find(office)
        var wanted = findings.wanted.filter { wanted in after.map { $0 < wanted.key.code } ?? true }
        // One place is for the sweep that goes on.
        let last = Self.last(of: wanted, room: Self.most - 1)
        findings.report.left = wanted.count - last
        wanted = Array(wanted.prefix(last))
        try enqueue(wanted, office, context, &findings.report)
        if findings.report.left > 0, let code = wanted.last?.key.code {
            try context.enqueue(
                LateCaseSweep(asOf: asOf, after: code),
                options: office.owned(Self.options, key: "\(Self.kind)/\(asOf)/\(code)", context))
        }
        try office.register.note(lacking: findings.lacking, asOf: asOf)
        try office.register.noteLetterSweep(of: asOf)
        return try .done(findings.report)
    }

    /// A job to enqueue.
    private struct Wanted {
        let key: LetterKey
        /// The file goes to the leader, not a letter to the citizen.
        var isDossier = false
        /// A person decides whether it goes out.
        var isHeld = false
    }

    /// The jobs to enqueue, sorted by case code, and the missing data by case code.
    private struct Findings {
        var wanted: [Wanted] = []
        var lacking: [String: [String]] = [:]
        var report = Report()
    }

    /// How many of them fit: a case file's jobs are made together.
    private static func last(of wanted: [Wanted], room: Int) -> Int {
        guard wanted.count > room else { return wanted.count }
        return wanted[..<room].lastIndex { $0.key.code != wanted[room].key.code }.map { $0 + 1 } ?? 0
    }

    private func enqueue(
        _ wanted: [Wanted], _ office: OfficeSetup, _ context: JobContext, _ report: inout Report
    ) throws {
        func request(_ each: Wanted) -> String { each.isDossier ? LeaderDossier.key(each.key.code) : "\(each.key)" }
        let new = try office.register.request(wanted.map(request), by: "\(context.id)")
        for each in wanted {
            let isNew = new.contains(request(each))
            if each.isDossier {
                // One of each waits, however many days that takes.
                try context.enqueue(
                    LeaderDossier(caseCode: each.key.code, asOf: asOf),
                    options: office.owned(LeaderDossier.options, key: request(each), context))
                report.escalated += isNew ? 1 : 0
                continue
            }
            let options = office.owned(ApologyLetter.options, key: request(each), context)
            try context.enqueue(
                ApologyLetter(caseCode: each.key.code, asOf: asOf, promise: each.key.promise),
                options: each.isHeld ? options.held() : options)
            report.enqueued += isNew ? 1 : 0
            report.waiting += isNew ? 0 : 1
        }
    }

    // MARK: What is owed

    /// The register's letters and dossiers as a sweep finds them.
    private struct Desk {
        /// The last step of each letter, by its key.
        let letters: [String: LetterStep]
        /// The day that the first letter about each file bears.
        let days: [String: LocalDate]
        /// The keys of dossiers.
        let dossiers: Set<String>
    }

    private func find(_ office: OfficeSetup) throws -> Findings {
        let letters = try office.register.letterSteps().compactMapValues(\.last)
        let desk = Desk(
            letters: letters, days: try office.register.firstLetterDays(),
            dossiers: try office.register.issuedKeys(kind: "dossier"))
        var findings = Findings()
        // What has its number and did not go goes out, whatever is owed by now.
        for (text, step) in letters where step.waitsToGo {
            if let key = LetterKey(text) { findings.wanted.append(Wanted(key: key)) }
        }
        for file in try office.register.cases() {
            for key in promises(of: file, office, desk) {
                findings.report.owed += 1
                if letters[key.description] == nil {
                    try add(key, file, desk, office, &findings)
                } else if letters[key.description]?.waitsToGo == false {
                    findings.report.written += 1
                }
            }
        }
        findings.wanted.sort {
            ($0.key.code, $0.key.promise, $0.isDossier ? 0 : 1) < ($1.key.code, $1.key.promise, $1.isDossier ? 0 : 1)
        }
        return findings
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

    private func add(
        _ key: LetterKey, _ file: CaseFile, _ desk: Desk, _ office: OfficeSetup, _ findings: inout Findings
    ) throws {
        let missing = try file.lacksForLetter(asOf: asOf, office.calendar, promise: key.promise)
        guard missing.isEmpty else {
            findings.report.needsData += 1
            findings.lacking[file.code] = missing
            return
        }
        guard key.promise > 1 else { return findings.wanted.append(Wanted(key: key)) }
        // It promises nothing, so a person decides whether it goes out; the leader hears of the file at once.
        if !desk.dossiers.contains(LeaderDossier.key(file.code)) {
            findings.wanted.append(Wanted(key: key, isDossier: true))
        }
        findings.wanted.append(Wanted(key: key, isHeld: true))
    }
}
