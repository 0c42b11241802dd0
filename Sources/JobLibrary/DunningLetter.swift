import KipCore
import KipWorker
import Office
import OfficeDocuments
import OfficeMail

/// Writes the dunning letter (công văn đôn đốc) to one unit about its tasks of the plan that are long overdue, at the most
/// one for a unit and a week, with the next number of its own book, and lays it into the print tray once.
public struct DunningLetter: Job {
    /// `dunning-letter`.
    public static let kind = "dunning-letter"
    /// A letter is tried five times; what fails then is for a person.
    public static let options = JobOptions(maxAttempts: 5, timeout: .seconds(60))
    /// The unit's id.
    public var unit: String
    /// The day that the letter bears.
    public var asOf: LocalDate

    /// A letter to a unit.
    public init(unit: String, asOf: LocalDate) {
        self.unit = unit
        self.asOf = asOf
    }

    /// One letter for a unit and a week, which its Monday names.
    var key: String { "dunning/\(unit)/\(asOf.adding(days: -((asOf.weekday + 6) % 7)))" }

    /// What became of a letter.
    struct Report: Codable {
        var number: Int?
        var isNew: Bool
        var note: String?
    }

    /// The keys of its prints begin so.
    static let effects = "print/dunning/"

    private static func fileName(_ unit: String, _ week: String) -> String { "\(week)-\(unit)-cong-van-don-doc.pdf" }

    /// Looks into the print tray for the letter of a key, `print/dunning/UNIT/MONDAY@REGISTER`. A letter is laid there once
    /// for its name, also where it was taken away since.
    static func look(_ key: String) async throws -> Reconciliation {
        let office = try OfficeSetup.current()
        let parts = (office.ownKey(of: key) ?? "").split(separator: "/").map(String.init)
        guard parts.count == 4 else { return .unknown }
        return try office.lookForPaper(fileName(parts[2], parts[3]))
    }

    /// Whether it was laid into the print tray.
    func isInTray(_ office: OfficeSetup) -> Bool {
        office.printTray.delivery(name: Self.fileName(unit, String(key.split(separator: "/").last ?? ""))) == .done
    }

    /// Writes the letter, or finds the one of this week; prints it where it is not printed.
    public func run(in context: JobContext) async throws -> Outcome {
        let office = try OfficeSetup.current(for: context)
        return try await office.ending(key, context, Self.options) { try await write(office, context) }
    }

    private func write(_ office: OfficeSetup, _ context: JobContext) async throws -> Outcome {
        guard let rules = office.profile.dunning else {
            return try .done(
                Report(number: nil, isNew: false, note: "office.yaml has no “dunning”: no letter is written"))
        }
        guard let unit = office.profile.units.first(where: { $0.id == unit }) else {
            return .discard(reason: "office.yaml has no unit “\(unit)”")
        }
        let plans = try office.register.plans()
        let owed = OverdueTasks(
            asOf: asOf, plans: plans, records: try office.register.milestoneRecords(),
            profile: office.profile, calendar: office.calendar, after: rules.after
        ).owed(by: unit.id)
        let written = try office.register.document(key: key)
        guard !owed.isEmpty || written != nil else {
            return try .done(Report(number: nil, isNew: false, note: "nothing is long overdue any more"))
        }
        let form = form(to: unit, owed, plans, office.profile, rules, office.calendar)
        let name = Self.fileName(unit.id, key.split(separator: "/").last.map(String.init) ?? "")
        let (document, isNew) = try office.register.issue(key: key, book: rules.book, year: asOf.year) { number in
            let bytes = try PDFRenderer.render(form.document(number: number))
            return IssuedDocument(
                key: key, kind: "dunning", subject: "Đôn đốc \(unit.name): \(owed.count) nhiệm vụ quá hạn",
                dated: asOf, fileName: name, bytes: bytes)
        }
        let note = context.warn(of: office.register.unwrittenMark)
        try await office.print(document, context)
        return try .done(Report(number: document.number, isNew: isNew, note: note))
    }

    /// The plans of tasks, each once, in the order of the tasks.
    private func cited(
        _ owed: [PlanStanding], _ plans: [Plan]
    ) -> [DunningLetterForm.Plan] {
        let numbers = owed.reduce(into: [String]()) { if !$0.contains($1.plan) { $0.append($1.plan) } }
        return numbers.map { number in
            let plan = plans.first { $0.plan == number }
            return DunningLetterForm.Plan(
                number: number, date: plan.map { DocumentDate($0.issued) }, agency: plan?.agency ?? "")
        }
    }

    private func form(
        to unit: OfficeProfile.Unit, _ owed: [PlanStanding], _ plans: [Plan], _ profile: OfficeProfile,
        _ rules: DunningRules,
        _ calendar: WorkingCalendar
    ) -> DunningLetterForm {
        DunningLetterForm(
            superiorAgency: profile.superiorAgency, agency: profile.agency, agencyInText: profile.agencyInText,
            symbol: rules.symbol, place: profile.place, date: DocumentDate(asOf), unit: unit.name,
            plans: cited(owed, plans),
            tasks: owed.map { row in
                DunningLetterForm.Task(
                    code: row.task, title: row.label,
                    due: row.due?.form ?? "", overdue: "\(row.overdueWorkingDays)")
            },
            newDeadline: DocumentDate(calendar.adding(workingDays: rules.newDeadline, to: asOf)),
            contact: rules.contact,
            isContact: unit.isNamed(in: rules.contact), signerAuthority: profile.signer.authority,
            signerName: profile.signer.name,
            recipients: ["Như trên;"] + (rules.recipients ?? ["Lưu: VT."]))
    }
}
