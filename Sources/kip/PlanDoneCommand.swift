import ArgumentParser
import Office

struct PlanDone: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "done", abstract: "Write down that a milestone is done: its reminders stop.",
        discussion: """
            A milestone is named by its task and its number, such as 1.4/2, or by the task alone where it has one; “kip plan \
            tasks” shows them. Where several lead, --unit says for which of them it is done, and without it for all. What was \
            said is kept for ever, with who and when; “kip plan history” shows it.
            """)
    @OptionGroup var word: MilestoneWord
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try word.record(.done, officeOption) }
}

struct PlanReopen: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen", abstract: "Write down that a milestone is open again: its reminders come back.")
    @OptionGroup var word: MilestoneWord
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try word.record(.open, officeOption) }
}

/// What somebody says about a milestone.
struct MilestoneWord: ParsableArguments {
    @Argument(help: "The milestone, such as 1.4/2, or a task that has only one.")
    var milestone: String
    @Option(name: .long, help: "For this lead alone, by its id in office.yaml; default for all.")
    var unit: String?
    @Option(name: .long, help: "Who says it (KIP_BY; default the login's name).")
    var by: String?
    @Option(name: .long, help: "Since which day; default today.")
    var on: String?
    @Option(name: .long, help: "A remark, such as the number of the report.")
    var note: String?
    @Option(name: .long, help: "The plan, such as 04/KH-UBND, where several have the task.")
    var plan: String?

    func record(_ state: MilestoneRecord.State, _ option: OfficeOption) throws {
        let register = try option.existingRegister()
        let profile = try OfficeProfile.load(path: option.paths().profile)
        let day = try on.map { try OfficeOption.date($0, "--on") } ?? LocalDate.today
        let row = try row(register, profile, try option.calendar(), day)
        if let unit, !row.parts.contains(where: { $0.lead == unit }) {
            throw Failure.data(
                "“\(unit)” does not lead \(row.milestone); its leads are "
                    + row.parts.map { $0.lead.isEmpty ? "not known" : $0.lead }.joined(separator: ", "))
        }
        let who = by ?? Person.name
        guard !who.isEmpty else { throw Failure.usage("--by names nobody") }
        try register.record([
            MilestoneRecord(
                plan: row.plan, milestone: row.milestone, unit: unit, state: state, on: day, by: who,
                note: note ?? "", due: row.due)
        ])
        let whose = unit.map { " for \($0)" } ?? ""
        Terminal.line("\(row.milestone) of plan \(row.plan): \(state.rawValue)\(whose) since \(day)")
    }

    private func row(
        _ register: Register, _ profile: OfficeProfile, _ calendar: WorkingCalendar, _ day: LocalDate
    ) throws -> PlanStanding {
        let plans = try register.plans().filter { plan == nil || $0.plan == plan }
        let found = plans.compactMap { plan in
            plan.place(of: milestone).map { (plan.plan, "\(plan.tasks[$0.task].id)/\($0.number + 1)") }
        }
        guard let (name, id) = found.first else {
            if let task = plans.flatMap(\.tasks).first(where: { $0.id == milestone }), task.milestones.count > 1 {
                throw Failure.data(
                    "task \(milestone) has \(task.milestones.count) milestones; name one, such as \(milestone)/1; "
                        + "“kip plan tasks” shows them")
            }
            throw Failure.data("there is no milestone “\(milestone)”; “kip plan tasks” shows them")
        }
        if found.count > 1 {
            throw Failure.data(
                "\(found.count) plans have “\(milestone)”; say which with --plan: \(found.map(\.0).joined(separator: ", "))"
            )
        }
        let rows = PlanStanding.rows(
            asOf: day, plans: plans, records: [], profile: profile, calendar: calendar)
        guard let row = rows.first(where: { $0.plan == name && $0.milestone == id }) else {
            throw Failure.data("there is no milestone “\(milestone)”; “kip plan tasks” shows them")
        }
        return row
    }
}

struct PlanHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "All that was said about milestones, in order: nothing is ever taken away.")
    @Argument(help: "Only of this milestone, such as 1.4/2.")
    var milestone: String?
    @Flag(name: .long, help: "Print an object for each word.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let records = try officeOption.existingRegister().milestoneRecords().filter {
            milestone == nil || $0.milestone == milestone
        }
        if json { return try records.forEach { try Terminal.json($0) } }
        if records.isEmpty { return Terminal.say("nothing was said yet") }
        Terminal.table(
            ["MILESTONE", "PLAN", "STATE", "SINCE", "UNIT", "BY", "NOTE"],
            records.map { record in
                [
                    record.milestone, record.plan, record.state.rawValue, record.on.description, record.unit ?? "all",
                    record.by, record.note.isEmpty ? "-" : record.note,
                ]
            })
    }
}
