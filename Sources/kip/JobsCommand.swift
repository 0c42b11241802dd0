import ArgumentParser
import Foundation
import KipClient
import KipCore

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Look at jobs, wait for them, cancel them, try them again.",
        subcommands: [
            JobsList.self, JobsShow.self, JobsExplain.self, JobsWait.self, JobsRelease.self, JobsCancel.self,
            JobsRetry.self, JobsPrune.self,
        ])

    static func ids(_ texts: [String]) throws -> [JobID] {
        try texts.map { text in
            guard let id = JobID(text) else {
                throw Failure.usage("“\(text)” is not a job id; kip enqueue prints them")
            }
            return id
        }
    }
}

extension JobsCommand {
    static func state(_ name: String) throws -> JobState {
        guard let state = JobState(name: name) else {
            throw Failure.usage(
                "“\(name)” is no state; they are \(JobState.allCases.map(\.name).joined(separator: ", "))")
        }
        return state
    }
}

struct JobsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "The newest jobs, by filter.")
    @Option(
        name: .long,
        help:
            "scheduled, held, blocked, available, running, succeeded, cancelled, expired, dead, uncertain or quarantined."
    )
    var state: String?
    @Option(name: .long, help: "Only this kind.")
    var kind = ""
    @Option(name: .long, help: "Only this queue.")
    var queue = ""
    @Option(name: .long, help: "At the most so many.")
    var limit = 50
    @Flag(name: .long, help: "Print an object for each job.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let wanted = try state.map(JobsCommand.state)
        let limit = try ListLimit.checked(limit)
        let (jobs, more) = try await brokerOption.client().jobs(state: wanted, kind: kind, queue: queue, limit: limit)
        if json { return try jobs.forEach { try Terminal.json($0) } }
        if jobs.isEmpty { return Terminal.say("no job matches") }
        Terminal.table(
            ["ID", "KIND", "QUEUE", "STATE", "ATTEMPT", "CREATED", "ERROR"],
            jobs.map { job in
                [
                    job.id.description, job.kind, job.queue, job.state, "\(job.attempt)", LocalTime.text(job.createdAt),
                    Self.shown(job.error ?? ""),
                ]
            })
        if more { Terminal.say("more jobs match; --limit shows them") }
    }

    /// An error in one line, short where a person looks at it.
    private static func shown(_ error: String) -> String {
        let most = 60
        guard Terminal.isInteractive, error.count > most else { return error }
        return error.prefix(most - 1) + "…"
    }
}

struct JobsCancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel jobs that have not ended, also running ones.")
    @Argument(help: "Job ids.")
    var ids: [String]
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let wanted = try JobsCommand.ids(ids)
        let changed = try await brokerOption.client().cancel(wanted, by: Person.name)
        for id in changed { Terminal.line(id.description) }
        if changed.count < wanted.count {
            throw Failure.data(
                "\(Terminal.count(wanted.count - changed.count, "job")) not cancelled: unknown, or ended before")
        }
    }
}
