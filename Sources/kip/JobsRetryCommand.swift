import ArgumentParser
import KipClient
import KipCore

struct JobsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Let dead, cancelled, expired or quarantined jobs wait again, their setbacks forgotten.",
        discussion: """
            By id, or all that match --state, --kind and --queue. Prints the id of each job that waits again: \
            from now on, whatever delay it was enqueued with.

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
            let left = wanted.filter { !changed.contains($0) }
            for id in left.prefix(Self.mostReasons) { Terminal.say("kip: \(id): \(try await reason(id, client))") }
            throw Failure.data("\(Terminal.count(left.count, "job")) not woken")
        }
    }

    /// So many jobs are asked why they were not woken.
    private static let mostReasons = 20

    private func known(_ id: JobID, _ client: KipClient) async throws -> JobRecord? {
        do {
            return try await client.job(id).job
        } catch KipClientError.refused(let code, _) where code == Refusal.Code.notFound.rawValue {
            return nil
        }
    }

    /// Why a job was not woken.
    private func reason(_ id: JobID, _ client: KipClient) async throws -> String {
        guard let job = try await known(id, client) else { return "there is no such job" }
        switch job.state {
        case "uncertain":
            return
                "nobody knows whether its effect happened: “kip effects list --state uncertain” shows it, “kip effects "
                + "resolve” decides"
        case "dead", "cancelled", "expired", "quarantined":
            if job.redacted { return "its payload was wiped when it ended: it cannot run again" }
            guard let key = job.uniqueKey else { return "it ended in this very moment; try again" }
            return "its unique key “\(key)” is another job's by now"
        default: return "it is \(job.state): only what is dead, cancelled, expired or quarantined is woken"
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
