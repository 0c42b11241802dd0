import ArgumentParser
import KipClient
import KipCore

struct JobsRetry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Let dead, cancelled, expired or quarantined jobs wait again, their setbacks forgotten.",
        discussion: """
            By id (or the beginning of one), or all of a --state that match: dead, cancelled, expired or quarantined. Prints \
            the id of each job that waits again, from now on, whatever delay it was enqueued with; with --dry-run of each \
            that matches.

              kip jobs retry --state dead --kind apology-letter --dry-run
              kip jobs retry --state dead --kind apology-letter
            """)
    @Argument(help: "Job ids, or the beginnings of some.")
    var ids: [String] = []
    @OptionGroup var filter: JobFilterOption
    @Flag(name: .long, help: "With --state: change nothing, and print the jobs that match.")
    var dryRun = false
    @Flag(name: .long, help: "With --state: do it without a question (on a terminal).")
    var yes = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        guard let state = filter.state else {
            guard !ids.isEmpty, filter.isEmpty else {
                throw Failure.usage("name jobs, or give --state, and as wanted --kind, --queue and other filters")
            }
            return try await retry(try await JobIDChoice.resolve(ids, client), client)
        }
        guard ids.isEmpty else { throw Failure.usage("give ids or --state, not both") }
        let wanted = try JobsCommand.state(state)
        guard wanted.isTerminal && wanted != .succeeded || wanted == .quarantined else {
            throw Failure.usage(
                "jobs that are \(state) cannot be woken: dead, cancelled, expired or quarantined ones can")
        }
        let filter = try await filter.filter(client)
        if dryRun || Confirmation.canAsk && !yes {
            let matching = try await JobPages.all(filter, client)
            if dryRun {
                for id in matching { Terminal.line(id.description) }
                return Terminal.say("kip: \(Terminal.count(matching.count, "job")) would wait again")
            }
            // In a script the state says enough, as it always did.
            try Confirmation.ask(
                "this lets \(Terminal.count(matching.count, "job")) wait again.", isGiven: matching.isEmpty,
                option: "--yes")
        }
        let count = try await Self.retryAll(filter, client) { Terminal.line($0.description) }
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
        _ filter: JobFilter, _ client: KipClient, told: (JobID) -> Void = { _ in }
    ) async throws -> Int {
        var count = 0
        var last: JobID?
        while true {
            let (jobs, _) = try await client.jobs(matching: filter, limit: 2 * JobPages.size, before: last)
            guard let oldest = jobs.last?.id else { return count }
            last = oldest
            try await JobPages.each(jobs.map(\.id)) { ids in
                let changed = try await client.retry(ids, by: Person.name)
                changed.forEach(told)
                count += changed.count
            }
        }
    }
}
