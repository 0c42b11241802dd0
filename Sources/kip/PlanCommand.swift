import ArgumentParser
import Office

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "The office's plan.",
        subcommands: [
            PlanImport.self, PlanList.self, PlanTasks.self, PlanOwners.self, PlanDone.self, PlanReopen.self,
            PlanHistory.self, PlanDunning.self,
        ])
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
