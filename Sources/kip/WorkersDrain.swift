import ArgumentParser
import KipClient

struct WorkersDrain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Let workers finish what they run and leave.",
        discussion: """
            By id, by name, or by the beginning of one, where it fits no other worker. A worker takes nothing more from \
            then on, finishes what it runs (for as long as its own --drain says), gives back the rest, and its process ends \
            with code 0. Prints the id of each. One that is away is told when it comes back, unless the broker was started \
            anew meanwhile.

              kip workers drain desk-3/4711

            A process of “kip worker --processes” is replaced by its pool, and a service by its manager if it is to be \
            restarted always. To end those, stop the pool (SIGTERM) or the service.
            """)
    @Argument(help: "Ids or names, or their beginnings.")
    var workers: [String]
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        let present = try await client.workers().map { WorkerChoice.Candidate(id: $0.id, name: $0.name) }
        let chosen = try WorkerChoice.resolve(workers, among: present)
        let told = try await client.drain(workers: chosen)
        for id in told { Terminal.line(id) }
        if told.count < chosen.count {
            throw Failure.data("\(Terminal.count(chosen.count - told.count, "worker")) had left before they were told")
        }
    }
}

/// Which workers a person means.
enum WorkerChoice {
    struct Candidate: Sendable {
        var id: String
        var name: String
    }

    /// The ids of those that are meant, each once.
    /// - Parameter texts: ids or names; or the beginnings of either, where they fit one only.
    /// - Throws: `Failure` where a text fits none, or several.
    static func resolve(_ texts: [String], among present: [Candidate]) throws -> [String] {
        var ids: [String] = []
        for text in texts {
            let id = try resolve(text, among: present)
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    private static func resolve(_ text: String, among present: [Candidate]) throws -> String {
        let exact = present.filter { $0.id == text || $0.name == text }
        let found =
            exact.isEmpty ? present.filter { $0.id.hasPrefix(text) || $0.name.hasPrefix(text) } : exact
        guard !text.isEmpty, let first = found.first else {
            throw Failure.data("there is no worker “\(text)”; “kip workers list” shows those that there are")
        }
        guard found.count == 1 else {
            let some = found.prefix(4).map { "\($0.name) (\($0.id))" }.joined(separator: ", ")
            throw Failure.data(
                "“\(text)” fits \(found.count) workers: \(some)\(found.count > 4 ? ", …" : ""); name one by its id")
        }
        return first.id
    }
}
