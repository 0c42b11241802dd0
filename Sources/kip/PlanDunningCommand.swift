import ArgumentParser

struct PlanDunning: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dunning", abstract: "Dunning letters to units with tasks that are long overdue.",
        subcommands: [PlanDunningList.self, PlanDunningExport.self])
}

struct PlanDunningList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All dunning letters by number.")
    @Flag(name: .long, help: "Print an object for each letter.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try DocumentList.show("dunning", officeOption, json: json) }
}

struct PlanDunningExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write all dunning letters into a folder, one PDF each.")
    @Option(name: .long, help: "The folder.")
    var to: String
    @OptionGroup var officeOption: OfficeOption

    func run() async throws { try DocumentList.export("dunning", officeOption, to: to) }
}
