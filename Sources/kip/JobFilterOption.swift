import ArgumentParser
import Foundation
import KipClient
import KipCore
import KipStore

/// Which jobs a command lists, cancels or tries again.
struct JobFilterOption: ParsableArguments {
    @Option(
        name: .long,
        help:
            "scheduled, held, blocked, available, running, succeeded, cancelled, expired, dead, uncertain or quarantined."
    )
    var state: String?
    @Option(name: .long, help: "Only this kind.")
    var kind: String?
    @Option(name: .long, help: "Only this queue.")
    var queue: String?
    @Option(name: .long, help: "Only jobs that asked for this unique key.")
    var key: String?
    @Option(name: .long, help: "Only ids that begin so.")
    var idPrefix: String?
    @Option(
        name: .long, help: "Only jobs that this worker has or had last: its name, its id, or the beginning of either.")
    var worker: String?
    @Option(
        name: .long, help: "Only those enqueued since: 2h ago, or from 2024-03-29, or from \"2024-03-29 07:30\" on.")
    var since: String?
    @Option(name: .long, help: "Only those enqueued before: 2h ago, or 2024-03-29, or \"2024-03-29 07:30\".")
    var until: String?
    @Option(name: .long, help: "Only those in whose error this stands, in small or capital letters.")
    var error: String?

    /// Nothing is said.
    var isEmpty: Bool { [state, kind, queue, key, idPrefix, worker, since, until, error].allSatisfy { $0 == nil } }

    /// What is said, checked; a worker's name is looked up.
    func filter(_ client: KipClient) async throws -> JobFilter {
        for (option, text) in [
            ("--kind", kind), ("--queue", queue), ("--key", key), ("--id-prefix", idPrefix), ("--worker", worker),
            ("--error", error),
        ] where text == "" {
            throw Failure.usage("\(option) is empty: leave it out, or say which")
        }
        var filter = JobFilter(state: try state.map(JobsCommand.state), kind: kind ?? "", queue: queue ?? "")
        filter.uniqueKey = key ?? ""
        filter.idPrefix = try Self.hexadecimal(idPrefix, "--id-prefix")
        filter.createdFrom = try since.map { try Self.moment($0, "--since") }
        filter.createdBefore = try until.map { try Self.moment($0, "--until") }
        filter.errorPart = error ?? ""
        if let worker { filter.workerPrefix = try await Self.workerID(worker, client) }
        return filter
    }

    private static func hexadecimal(_ text: String?, _ option: String) throws -> String {
        guard let text else { return "" }
        guard JobID.range(ofPrefix: text) != nil else {
            throw Failure.usage("\(option) is “\(text)”, not the beginning of a job id: those are hexadecimal")
        }
        return text
    }

    /// A moment, or so long ago.
    static func moment(_ text: String, _ option: String) throws -> Timestamp {
        if let ago = try? TimeText.duration(text, option) { return .now().advanced(byMilliseconds: -ago.milliseconds) }
        do {
            return try TimeText.localMoment(text, option)
        } catch let failure as Failure {
            throw Failure.usage(failure.message + ", nor so long ago, such as 2h")
        }
    }

    /// One that is connected is known by its name; of one that has left only the id is.
    private static func workerID(_ text: String, _ client: KipClient) async throws -> String {
        let present = try await client.workers().map { WorkerChoice.Candidate(id: $0.id, name: $0.name) }
        if present.contains(where: { $0.id.hasPrefix(text) || $0.name.hasPrefix(text) }) {
            return try WorkerChoice.resolve([text], among: present)[0]
        }
        guard text.allSatisfy({ $0.isASCII && ($0.isHexDigit || $0 == "-") }) else {
            throw Failure.data(
                "no worker “\(text)” is connected; of one that has left give the id, as “kip jobs show” tells it")
        }
        return text.lowercased()
    }
}
