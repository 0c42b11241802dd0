import ArgumentParser
import Foundation
import KipClient

struct EffectsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "effects", abstract: "What jobs did to the world, and what nobody knows.",
        discussion: """
            A handler that mails, posts or prints does it once for a key. Where its worker died in the middle, the effect \
            is uncertain and its job waits: look (at the mail server, the print tray), then decide:

              kip effects list --state uncertain
              kip effects resolve mail/2024-17 --done '"queued as 4F1B2"'
              kip effects resolve mail/2024-17 --redo
            """,
        subcommands: [EffectsList.self, EffectsShow.self, EffectsResolve.self])
}

struct EffectsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The newest effects, by filter.")
    @Option(name: .long, help: "begun, uncertain, done or undone.")
    var state: String?
    @Option(name: .long, help: "Only keys that begin so.")
    var prefix = ""
    @Option(name: .long, help: "At the most so many.")
    var limit = 50
    @Flag(name: .long, help: "Print an object for each effect.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let wanted = try state.map { name in
            guard let state = EffectState(rawValue: name) else {
                throw Failure.usage("“\(name)” is no state; they are begun, uncertain, done and undone")
            }
            return state
        }
        let limit = try ListLimit.checked(limit)
        let (effects, more) = try await brokerOption.client().effects(state: wanted, prefix: prefix, limit: limit)
        if json { return try effects.forEach { try Terminal.json(Self.shown($0)) } }
        if effects.isEmpty { return Terminal.say("no effect matches") }
        Terminal.table(
            ["KEY", "STATE", "BEGUN", "SETTLED BY", "JOB"],
            effects.map { [$0.key, $0.state, LocalTime.text($0.begunAt), $0.settledBy ?? "-", $0.job] })
        if more { Terminal.say("more effects match; a higher --limit or a longer prefix shows them") }
    }

    static func shown(_ effect: EffectRecord) -> some Encodable {
        NestedJSON.Record(content: effect, field: "receipt", value: effect.receipt.map { NestedJSON($0) })
    }
}

struct EffectsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "One effect with its receipt.")
    @Argument(help: "Its key.")
    var key: String
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        guard let effect = try await brokerOption.client().effect(key) else {
            throw Failure.data("there is no effect “\(key)”; “kip effects list” shows those that there are")
        }
        try Self.show(effect, json: json)
    }

    static func show(_ effect: EffectRecord, json: Bool) throws {
        if json { return try Terminal.json(EffectsList.shown(effect)) }
        let lines = [
            ("key", effect.key), ("state", effect.state), ("job", "\(effect.job), attempt \(effect.attempt)"),
            ("worker", effect.worker), ("begun", LocalTime.text(effect.begunAt)),
            (
                "settled",
                effect.settledAt == nil ? "-" : "\(LocalTime.text(effect.settledAt)) by \(effect.settledBy ?? "-")"
            ),
            ("receipt", effect.receipt ?? "-"),
        ]
        for (name, value) in lines { Terminal.line(name, value) }
    }
}

struct EffectsResolve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: "Decide about an effect in doubt.",
        discussion: """
            --done says that it happened: its job runs again and gets the receipt instead of doing it. --redo says that it \
            did not happen, and that whoever began it is gone: its job does it again. The decision is kept with your name \
            (KIP_BY, else the login) and the time.
            """)
    @Argument(help: "The effect's key.")
    var key: String
    @Option(
        name: .long,
        help: "It happened; the receipt as JSON, of the type that the handler expects (true where it gives none).")
    var done: String?
    @Flag(name: .long, help: "It did not happen, and will not.")
    var redo = false
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        guard (done == nil) == redo else { throw Failure.usage("say --done RECEIPT or --redo") }
        if let done, (try? JSONText(Array(done.utf8))) == nil {
            throw Failure.data("the receipt is not JSON; quote it for the shell: --done '\"queued as 4F1B2\"'")
        }
        let effect = try await brokerOption.client().resolve(
            effect: key, receipt: done.map { Array($0.utf8) }, by: Person.name)
        try EffectsShow.show(effect, json: json)
    }
}
