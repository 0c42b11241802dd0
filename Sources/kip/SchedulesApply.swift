import ArgumentParser
import KipClient
import KipCore

struct SchedulesApply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Make an owner's schedules those of a YAML file, and no others.",
        discussion: """
            Says on stderr which schedules were added, changed (and what of them) and removed. Schedules of other owners \
            stay, and a name that one of them has is refused. Before anything is removed the command asks; in a \
            script it wants --remove instead.

              kip schedules apply deploy/schedules.yaml --dry-run
              kip schedules apply deploy/schedules.yaml --owner office --remove
            """)
    @Argument(help: "The file; - is stdin.")
    var file: String
    @Option(name: .long, help: "Whose set it is, such as the name of a team. Default the set without an owner.")
    var owner: String?
    @Flag(name: .long, help: "Change nothing, and say what would change.")
    var dryRun = false
    @Flag(name: .long, help: "Remove what the owner has and the file has not, without a question.")
    var remove = false
    @Flag(name: .long, help: "Print one object: what was added, changed and removed.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        if owner == "" { throw Failure.usage("--owner is empty: leave it out, or say whose set it is") }
        let owner = owner ?? ""
        let schedules = try ScheduleFile.parse(try Input.text(file), name: file)
        let client = try brokerOption.client()
        let before = try await client.schedules().filter { $0.owner == owner }
        let names = Set(schedules.map(\.name))
        let removed = before.map(\.name).filter { !names.contains($0) }.sorted()
        if dryRun {
            let planned = try await client.apply(schedules, owner: owner, isDryRun: true)
            return try show(ScheduleChanges(from: before, to: planned), planned)
        }
        if !removed.isEmpty {
            let all = schedules.isEmpty ? "the file has no schedules: " : ""
            try Confirmation.ask(
                "\(all)this removes \(Terminal.count(removed.count, "schedule")): \(removed.joined(separator: ", ")).",
                isGiven: remove, option: "--remove (or --dry-run)")
        }
        let after = try await client.apply(schedules, owner: owner, removingAll: true)
        try show(ScheduleChanges(from: before, to: after), after)
        let lanes = Set(after.filter { !$0.paused }.map { UnservedWarning.Lane(queue: $0.queue, kind: $0.kind) })
        await UnservedWarning.say(lanes.sorted(), client)
    }

    private func show(_ changes: ScheduleChanges, _ schedules: [ScheduleRecord]) throws {
        if json { return try Terminal.json(changes) }
        for words in changes.words(isPlanned: dryRun) { Terminal.say("kip: \(words)") }
        try SchedulesCommand.show(schedules, json: false)
    }
}
