import ArgumentParser
import KipClient
import KipCore

struct JobsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Let dead, cancelled, expired or quarantined jobs wait again, their setbacks forgotten.",
        discussion: """
            By id, or all that match --state, --kind and --queue. Prints the id of each job that waits again.

              kip jobs retry 018f…
              kip jobs retry --state dead --kind apology-letter
            """)
    @Argument(help: "Job ids.")
    var ids: [String] = []
    @Option(name: .long, help: "All jobs of this state: dead, cancelled, expired or quarantined.")
    var state: String?
    @Option(name: .long, help: "With --state: only this kind.")
    var kind = ""
    @Option(name: .long, help: "With --state: only this queue.")
    var queue = ""
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        guard let state else {
            guard !ids.isEmpty, kind.isEmpty, queue.isEmpty else {
                throw Failure.usage("name jobs, or give --state, and as wanted --kind and --queue")
            }
            return try await retry(try JobsCommand.ids(ids), client)
        }
        guard ids.isEmpty else { throw Failure.usage("give ids or --state, not both") }
        let wanted = try JobsCommand.state(state)
        guard wanted.isTerminal && wanted != .succeeded || wanted == .quarantined else {
            throw Failure.usage(
                "jobs that are \(state) cannot be woken: dead, cancelled, expired or quarantined ones can")
        }
        let count = try await Self.retryAll(wanted, kind: kind, queue: queue, client) { Terminal.line($0.description) }
        Terminal.say("kip: \(count == 1 ? "1 job waits" : "\(count) jobs wait") again")
    }

    private func retry(_ wanted: [JobID], _ client: KipClient) async throws {
        let changed = try await client.retry(wanted, by: Person.name)
        for id in changed { Terminal.line(id.description) }
        if changed.count < wanted.count {
            throw Failure.data(
                "\(Terminal.count(wanted.count - changed.count, "job")) not woken: unknown, waiting, running or succeeded, or uncertain "
                    + "(“kip effects resolve” decides)")
        }
    }

    /// A page at a time, from the newest to the oldest. A job that fails again meanwhile has a new end, and is left alone.
    /// - Returns: how many wait again.
    static func retryAll(
        _ state: JobState, kind: String, queue: String, _ client: KipClient, told: (JobID) -> Void = { _ in }
    ) async throws -> Int {
        var count = 0
        var last: JobID?
        while true {
            let (jobs, _) = try await client.jobs(
                state: state, kind: kind, queue: queue, limit: Limits.listRows, before: last)
            guard let oldest = jobs.last?.id else { return count }
            last = oldest
            let changed = try await client.retry(jobs.map(\.id), by: Person.name)
            changed.forEach(told)
            count += changed.count
        }
    }
}
