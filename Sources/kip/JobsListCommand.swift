import ArgumentParser
import KipClient
import KipCore

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The newest jobs, by filter.",
        discussion: """
            What is said together must all hold. If more jobs match than --limit, the command says how the next page is \
            asked for.

              kip jobs list --state dead --kind apology-letter --since 1d
              kip jobs list --error timeout --limit 200
            """)
    @OptionGroup var filter: JobFilterOption
    @Option(name: .long, help: "At the most so many.")
    var limit = 50
    @Option(name: .long, help: "Only those older than this id: the next page.")
    var before: String?
    @Flag(name: .long, help: "Print an object for each job.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let limit = try ListLimit.checked(limit)
        let client = try brokerOption.client()
        let filter = try await filter.filter(client)
        let last: JobID? = if let before { try await JobIDChoice.resolve([before], client)[0] } else { nil }
        let (jobs, more) = try await client.jobs(matching: filter, limit: limit, before: last)
        if json { try jobs.forEach { try Terminal.json($0) } } else { Self.show(jobs) }
        if more, let oldest = jobs.last?.id {
            Terminal.say("kip: more jobs match; the next page: --before \(oldest)")
        }
    }

    private static func show(_ jobs: [JobRecord]) {
        if jobs.isEmpty { return Terminal.say("no job matches") }
        Terminal.table(
            ["ID", "KIND", "QUEUE", "STATE", "ATTEMPT", "CREATED", "ERROR"],
            jobs.map { job in
                [
                    job.id.description, job.kind, job.queue, job.state, "\(job.attempt)", LocalTime.text(job.createdAt),
                    shown(job.error ?? ""),
                ]
            })
    }

    /// An error in one line, short where a person looks at it.
    private static func shown(_ error: String) -> String {
        let most = 60
        guard Terminal.isInteractive, error.count > most else { return error }
        return error.prefix(most - 1) + "…"
    }
}
