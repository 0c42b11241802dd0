import ArgumentParser
import Office

struct PlanTasks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tasks", abstract: "Where each milestone of the plan stands on a day.",
        discussion: """
            Standings: đã hoàn thành (done), trong hạn (in time), sắp đến hạn (the first reminder has come), quá hạn \
            (overdue), thường xuyên (goes on), khi phát sinh (waits for an event), chờ xác nhận thời hạn (its date is doubtful; \
            plan.confirmedSuspects in office.yaml confirms it). OPEN names the leads whose part is not done.
            """)
    @Option(name: .long, help: "The day; default today.")
    var asOf: String?
    @Option(name: .long, help: "Only those with an open part of this lead, by its id in office.yaml.")
    var unit: String?
    @Flag(name: .long, help: "Only overdue ones.")
    var overdue = false
    @Flag(name: .long, help: "Print an object for each milestone.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let date = try asOf.map { try OfficeOption.date($0, "--as-of") } ?? LocalDate.today
        let register = try officeOption.existingRegister()
        let profile = try OfficeProfile.load(path: officeOption.paths().profile)
        if let unit, profile.recipient(unit) == nil {
            throw Failure.usage("--unit “\(unit)” is no id of office.yaml; “kip plan owners” shows them")
        }
        let plans = try register.plans()
        if plans.isEmpty { return Terminal.say("there is no plan; “kip plan import FILE” brings it") }
        for stray in Plan.strayConfirmations(plans, profile) {
            Terminal.say("kip: plan.confirmedSuspects names “\(stray)”, which is no doubtful milestone")
        }
        let all = PlanStanding.rows(
            asOf: date, plans: plans, records: try register.milestoneRecords(), profile: profile,
            calendar: try officeOption.calendar())
        let rows = all.filter { row in
            (!overdue || row.standing == .overdue) && (unit.map { row.openLeads.contains($0) } ?? true)
        }
        if json { return try rows.forEach { try Terminal.json($0) } }
        Terminal.table(["MILESTONE", "DUE", "STANDING", "OPEN", "TITLE"], rows.map(Self.row))
        let counts = PlanStanding.Standing.allCases.compactMap { standing -> String? in
            let count = rows.count { $0.standing == standing }
            return count == 0 ? nil : "\(count) \(standing.vietnamese)"
        }
        Terminal.say(counts.isEmpty ? "no such milestone" : counts.joined(separator: ", "))
    }

    private static func row(_ row: PlanStanding) -> [String] {
        let open = row.openLeads
        let parts =
            row.standing == .done
            ? "-"
            : open == [""]
                ? "nobody known" : open.count > 2 ? "\(open.count) of \(row.parts.count)" : open.joined(separator: ", ")
        return [
            row.milestone, row.due?.description ?? "-", row.standing.vietnamese, parts,
            row.label,
        ]
    }
}
