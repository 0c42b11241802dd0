import ArgumentParser
import KipClient
import KipCore

struct JobsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel jobs that have not ended, also running ones.",
        discussion: """
            By id (or the beginning of one), or all that match a filter and have not ended. Prints the id of each job that \
            was cancelled; with --dry-run of each that would be.

              kip jobs cancel --state available --kind import --dry-run
              kip jobs cancel --state available --kind import --yes
            """)
    @Argument(help: "Job ids, or the beginnings of some.")
    var ids: [String] = []
    @OptionGroup var filter: JobFilterOption
    @Flag(name: .long, help: "With a filter: change nothing, and print the jobs that match.")
    var dryRun = false
    @Flag(name: .long, help: "With a filter: do it without a question.")
    var yes = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        guard ids.isEmpty != filter.isEmpty else {
            throw Failure.usage("name jobs, or give a filter such as --state available --kind K")
        }
        if !ids.isEmpty { return try await cancel(try await JobIDChoice.resolve(ids, client), client) }
        let filter = try await filter.filter(client)
        if let state = filter.state, state.isTerminal {
            throw Failure.usage("jobs that are \(state.name) have ended, and cannot be cancelled")
        }
        let matching = try await JobPages.all(filter, client) { JobState(name: $0.state)?.isTerminal != true }
        if dryRun {
            for id in matching { Terminal.line(id.description) }
            return Terminal.say("kip: \(Terminal.count(matching.count, "job")) would be cancelled")
        }
        if matching.isEmpty { return Terminal.say("kip: no job matches that has not ended") }
        try Confirmation.ask(
            "this cancels \(Terminal.count(matching.count, "job")).", isGiven: yes, option: "--yes (or --dry-run)")
        var count = 0
        try await JobPages.each(matching) { page in
            let changed = try await client.cancel(page, by: Person.name)
            for id in changed { Terminal.line(id.description) }
            count += changed.count
        }
        Terminal.say("kip: \(count == 1 ? "1 job is" : "\(count) jobs are") cancelled")
    }

    private func cancel(_ wanted: [JobID], _ client: KipClient) async throws {
        let changed = try await client.cancel(wanted, by: Person.name)
        for id in changed { Terminal.line(id.description) }
        if changed.count < wanted.count {
            throw Failure.data(
                "\(Terminal.count(wanted.count - changed.count, "job")) not cancelled: unknown, or ended before")
        }
    }
}

/// Many jobs, a page at a time, so that other requests do not wait long.
enum JobPages {
    /// The ids of all jobs that match, the newest first.
    static func all(
        _ filter: JobFilter, _ client: KipClient, where isMeant: (JobRecord) -> Bool = { _ in true }
    ) async throws -> [JobID] {
        var found: [JobID] = []
        var last: JobID?
        while true {
            let (jobs, more) = try await client.jobs(matching: filter, limit: Limits.listRows, before: last)
            found += jobs.filter(isMeant).map(\.id)
            last = jobs.last?.id
            if !more || last == nil { return found }
        }
    }

    /// Jobs of one decision: so many that no answer is long in coming.
    static let size = 1_000

    /// - Parameter body: gets some of the ids.
    static func each(_ ids: [JobID], _ body: ([JobID]) async throws -> Void) async throws {
        for start in stride(from: 0, to: ids.count, by: size) {
            try await body(Array(ids[start..<min(start + size, ids.count)]))
        }
    }
}
