import ArgumentParser
import Office

struct PlanOwners: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "owners",
        abstract: "Whom the plan's leads and coordinators mean, and which of their words mean nobody.",
        discussion: """
            A row for each phrase: how often it leads (L) and coordinates (C), and the ids of office.yaml that it means. \
            “(supervises)” gets an overview each month, “(elsewhere)” is not this office's to remind. Names, aliases, groups \
            and the rules by which phrases are read are data: units, groups and owners in office.yaml. With --strict the exit \
            code is 65 where words mean nobody.
            """)
    @Flag(name: .long, help: "Fail where words mean nobody.")
    var strict = false
    @Flag(name: .long, help: "Only phrases with words that mean nobody.")
    var unresolved = false
    @Flag(name: .long, help: "Print an object for each phrase.")
    var json = false
    @OptionGroup var officeOption: OfficeOption

    private struct Shown: Encodable {
        let phrase: String
        let leads: Int
        let coordinates: Int
        let recipients: [Recipient]
        let unresolved: [String]
    }

    func run() async throws {
        let plans = try officeOption.existingRegister().plans()
        let directory = Directory(try OfficeProfile.load(path: officeOption.paths().profile))
        if plans.isEmpty { return Terminal.say("there is no plan; “kip plan import FILE” brings it") }
        let all = Self.shown(plans, directory)
        let bad = all.filter { !$0.unresolved.isEmpty }
        let shown = unresolved ? bad : all
        if json {
            try shown.forEach { try Terminal.json($0) }
        } else if !shown.isEmpty {
            Terminal.table(["PHRASE", "L", "C", "MEANS", "NOBODY"], shown.map(Self.row))
        }
        let words =
            "\(Terminal.count(bad.count, "phrase")) of \(all.count) \(bad.count == 1 ? "has" : "have") words that mean nobody"
        if strict, !bad.isEmpty {
            throw Failure.data("\(words); name them in office.yaml (units.aliases, groups or owners.bodies)")
        }
        Terminal.say(words)
    }

    private static func shown(_ plans: [Plan], _ directory: Directory) -> [Shown] {
        let tasks = plans.flatMap(\.tasks)
        func count(_ phrases: [String]) -> [String: Int] { phrases.reduce(into: [:]) { $0[$1, default: 0] += 1 } }
        let leads = count(tasks.flatMap(\.leads))
        let helpers = count(tasks.flatMap(\.coordinators))
        return Set(leads.keys).union(helpers.keys).sorted().map { phrase in
            let found = directory.resolve(phrase)
            return Shown(
                phrase: phrase, leads: leads[phrase] ?? 0, coordinates: helpers[phrase] ?? 0,
                recipients: found.recipients, unresolved: found.unresolved)
        }
    }

    private static func row(_ shown: Shown) -> [String] {
        let names = shown.recipients.map { recipient in
            recipient.id
                + (recipient.standing == .member
                    ? (recipient.email == nil ? " (no mailbox)" : "") : " (\(recipient.standing))")
        }
        let means =
            names.count > 4
            ? "\(names.prefix(3).joined(separator: ", ")), … (\(names.count))" : names.joined(separator: ", ")
        return [
            shown.phrase, "\(shown.leads)", "\(shown.coordinates)", means.isEmpty ? "-" : means,
            shown.unresolved.isEmpty ? "-" : shown.unresolved.joined(separator: "; "),
        ]
    }
}
