import ArgumentParser
import KipClient
import KipCore

struct KindsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Kinds, who serves them, their options, and an example of their payload.",
        discussion: """
            What the workers of a kind say counts for every job whose producer does not say otherwise, from wherever it \
            comes. Named kinds are shown with the fields of their payload and an example.

              kip kinds list
              kip kinds list late-case-sweep
            """)
    @Argument(help: "Only these kinds, each with all that is known of it.")
    var kinds: [String] = []
    @Flag(name: .long, help: "Print an object for each kind.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        let known = try await client.kinds()
        let shown = kinds.isEmpty ? known : try kinds.map { try Self.find($0, known) }
        if json { return try shown.forEach { try Terminal.json(Self.shown($0)) } }
        if shown.isEmpty {
            return Terminal.say("no worker has come yet, and nothing waits; start one with “kip worker”")
        }
        if !kinds.isEmpty {
            for (place, kind) in shown.enumerated() {
                if place > 0 { Terminal.line("") }
                Self.showWhole(kind)
            }
            return
        }
        Terminal.table(
            ["KIND", "WORKERS", "QUEUES", "WAITING", "OPTIONS", "STANDING"],
            shown.map { kind in
                [
                    kind.name, "\(kind.workerCount)", kind.queues.joined(separator: ","),
                    "\(kind.waiting)\(kind.waitingIsMore ? "+" : "")", OptionWords.of(kind.options),
                    kind.control.flatMap(ControlWords.of) ?? "",
                ]
            })
        let unserved = shown.filter { $0.workerCount == 0 && $0.waiting > 0 }
        for kind in unserved {
            Terminal.say(
                "kip: no connected worker takes the kind “\(kind.name)”; \(Terminal.count(kind.waiting, "job")) "
                    + (kind.waiting == 1 ? "waits" : "wait"))
        }
    }

    private static func find(_ name: String, _ known: [KindRecord]) throws -> KindRecord {
        if let kind = known.first(where: { $0.name == name }) { return kind }
        throw Failure.data(
            "no worker has said anything of a kind “\(name)”" + NearestName.question(name, among: known.map(\.name)))
    }

    private static func showWhole(_ kind: KindRecord) {
        Terminal.line("kind", kind.name)
        Terminal.line("workers", kind.workerCount == 0 ? "none is connected" : kind.workers.joined(separator: ", "))
        if !kind.queues.isEmpty { Terminal.line("queues", kind.queues.joined(separator: ", ")) }
        Terminal.line("waiting", "\(kind.waiting)\(kind.waitingIsMore ? "+" : "")")
        let options = OptionWords.of(kind.options)
        Terminal.line("options", options.isEmpty ? "the queue's defaults" : options)
        if !kind.optionQueues.isEmpty { Terminal.line("for jobs in", kind.optionQueues.joined(separator: ", ")) }
        if let by = kind.optionsBy { Terminal.line("said by", "\(by), \(LocalTime.text(kind.optionsAt))") }
        if let standing = kind.control.flatMap(ControlWords.of) { Terminal.line("standing", standing) }
        for field in kind.fields {
            Terminal.line("field", "\(field.name): \(field.type)\(field.optional ? ", may be left out" : "")")
        }
        if let example = kind.example {
            Terminal.line("example", "kip enqueue \(kind.name) --payload \(ShellText.quoted(example))")
        }
    }

    private static func shown(_ kind: KindRecord) -> some Encodable {
        NestedJSON.Record(content: kind, field: "example", value: kind.example.map { NestedJSON($0) })
    }
}

/// A word for a POSIX shell.
enum ShellText {
    /// In single quotes; one in the word ends them for itself.
    static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }
}

/// What is said of many jobs, in words.
enum OptionWords {
    /// Empty = nothing.
    static func of(_ options: JobDefaults?) -> String {
        guard let options else { return "" }
        var words: [String] = []
        func add(_ name: String, _ value: String?) { if let value { words.append("\(name) \(value)") } }
        func time(_ milliseconds: Int64?) -> String? { milliseconds.map { Duration.milliseconds($0).words } }
        add("queue", options.queue)
        add("priority", options.priority.map(String.init))
        add("delay", time(options.delay))
        add("attempts", options.maxAttempts.map(String.init))
        add("timeout", time(options.timeout))
        add("retry", options.retry.map(waits))
        add("within", time(options.within))
        add("expires", time(options.expires))
        if options.hold == true { words.append("held") }
        add("key", options.concurrencyKey.map { "\($0) (\(options.concurrency ?? 1) at once)" })
        if options.onWorkerLost == .quarantine { words.append("quarantine on loss") }
        if options.onParentFailed == .continue { words.append("goes on if a parent fails") }
        if options.redacts == true { words.append("redacted") }
        add("kept", time(options.keep))
        return words.joined(separator: ", ")
    }

    private static func waits(_ retry: RetryPolicy) -> String {
        func text(_ milliseconds: Int64) -> String { Duration.milliseconds(milliseconds).words }
        if !retry.delaysMilliseconds.isEmpty { return retry.delaysMilliseconds.map(text).joined(separator: ",") }
        return "\(text(retry.baseMilliseconds))*\(retry.factor.formatted())..\(text(retry.capMilliseconds))"
    }
}
