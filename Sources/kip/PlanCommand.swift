import ArgumentParser
import Foundation
import Office

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "The office's plan.",
        subcommands: [
            PlanImport.self, PlanList.self, PlanTasks.self, PlanOwners.self, PlanDone.self, PlanReopen.self,
            PlanHistory.self, PlanDunning.self,
        ])
}

struct PlanImport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a plan: YAML, or the original document as Markdown (.md).")
    @Argument(help: "The file.")
    var file: String
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let text = try Input.text(file)
        let plan: Plan
        do {
            plan = file.hasSuffix(".md") ? try Plan.parse(document: text) : try Plan.parse(yaml: text)
        } catch {
            throw Failure.data("\(file): \(error)")
        }
        let office = try officeOption.open()
        try office.register.importPlan(plan)
        Terminal.line(
            "plan \(plan.plan): \(Terminal.count(plan.tasks.count, "task")), "
                + Terminal.count(plan.tasks.flatMap(\.milestones).count, "milestone"))
        let stale = plan.staleRecords(try office.register.milestoneRecords(), profile: office.profile)
        if !stale.isEmpty {
            let ids = Set(stale.map(\.milestone)).sorted().joined(separator: ", ")
            Terminal.say("kip: what was said of \(ids) holds no more: the plan gives them another date now")
        }
        for stray in Plan.strayConfirmations(try office.register.plans(), office.profile) {
            Terminal.say("kip: plan.confirmedSuspects names “\(stray)”, which is no doubtful milestone")
        }
        let unresolved = Directory(office.profile).unresolved(in: plan)
        if unresolved.isEmpty { return }
        Terminal.say(
            "\(unresolved.count == 1 ? "1 owner has" : "\(unresolved.count) owners have") words that mean nobody in the "
                + "profile; “kip plan owners” shows them:")
        for phrase in unresolved { Terminal.say("  \(phrase)") }
    }
}

struct PlanList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The tasks of the plan with their dates.")
    @Flag(name: .long, help: "Print an object for each task.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws {
        let tasks = try officeOption.existingRegister().plans().flatMap(\.tasks)
        if json { return try tasks.forEach { try Terminal.json($0) } }
        if tasks.isEmpty { return Terminal.say("there is no plan; “kip plan import FILE” brings it") }
        Terminal.table(
            ["TASK", "DUE", "TITLE"],
            tasks.map { task in
                let dates = task.milestones.compactMap { $0.kind == .by ? $0.due?.description : $0.kind.rawValue }
                return [task.id, dates.joined(separator: " "), task.title]
            })
    }
}
