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
        let (jobs, more) = try await brokerOption.client().jobs(state: wanted, kind: kind, queue: queue, limit: limit)
        if json { return try jobs.forEach { try Terminal.json($0) } }
        if jobs.isEmpty { return Terminal.say("no job matches") }
        Terminal.table(
            ["ID", "KIND", "QUEUE", "STATE", "ATTEMPT", "CREATED", "ERROR"],
            jobs.map { job in
                [
                    job.id.description, job.kind, job.queue, job.state, "\(job.attempt)", Terminal.time(job.createdAt),
                    String((job.error ?? "").prefix(60)),
                ]
            })
        if more { Terminal.say("more jobs match; --limit shows them") }
    }
}

struct JobsWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs have ended.",
        discussion:
            """
            Exit code 70 where one of them did not succeed, 75 after --for. With --results: prints what each gave back, a line
            a job, in order. With --idle: until no job waits or runs.
            """)
    @Argument(help: "Job ids.")
    var ids: [String] = []
    @Option(name: .customLong("for"), help: "At the most so long: 30s, 10m.")
    var limit: String?
    @Flag(name: .long, help: "Print what each job gave back, a line a job; an empty line where it gave nothing.")
    var results = false
    @Flag(name: .long, help: "Until no job waits for a worker or runs.")
    var idle = false
    @Option(name: .long, help: "With --idle: only this queue.")
    var queue: String?
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        let timeout = try limit.map { try TimeText.duration($0, "--for") }
        if idle { return try await Self.waitUntilIdle(client, queue, timeout) }
        guard !ids.isEmpty else { throw Failure.usage("name the jobs to wait for, or say --idle") }
        let wanted = try JobsCommand.ids(ids)
        try await Self.wait(wanted, client, timeout: timeout)
        guard results else { return }
        for id in wanted { Terminal.line(String(decoding: try await client.job(id).result, as: UTF8.self)) }
    }

    static func wait(_ ids: [JobID], _ client: KipClient, timeout: Duration?) async throws {
        let bar = ProgressBar("jobs", total: ids.count)
        let watch = Task { try await sayWhatNobodyTakes(ids, client) }
        defer { watch.cancel() }
        let states = try await client.wait(ids, timeout: timeout) { bar.update($0) }
        bar.finish(ids.count)
        let failed = zip(ids, states).filter { $0.1 != .succeeded }
        for (id, state) in failed.prefix(10) { Terminal.say("\(id) \(state?.name ?? "unknown")") }
        if !failed.isEmpty {
            throw Failure.software(
                "\(failed.count) of \(Terminal.count(ids.count, "job")) did not succeed; “kip jobs show ID” says why")
        }
    }

    /// A job that waits for a kind of worker which is not there would be waited for in silence.
    private static func sayWhatNobodyTakes(_ ids: [JobID], _ client: KipClient) async throws {
        try await Task.sleep(for: .seconds(2))
        let job = try await client.job(ids[0]).job
        guard job.state == "available" else { return }
        let workers = try await client.workers()
        if workers.contains(where: { $0.kinds.contains(job.kind) && $0.queues.contains(job.queue) }) { return }
        Terminal.say(
            "kip: no worker takes the kind “\(job.kind)” in the queue “\(job.queue)”; the job waits for one"
                + (workers.isEmpty ? " (start one with “kip worker”)" : ", and so does this command"))
    }

    private static func waitUntilIdle(_ client: KipClient, _ queue: String?, _ timeout: Duration?) async throws {
        let start = ContinuousClock.now
        var most = 0
        var bar: ProgressBar?
        while true {
            let queues = try await client.queues().filter { queue == nil || $0.name == queue }
            let open = queues.reduce(0) { $0 + $1.available + $1.running }
            if open > most || bar == nil {
                most = max(most, open)
                bar = ProgressBar("jobs", total: most)
            }
            bar?.update(most - open)
            if open == 0 {
                bar?.finish(most)
                return
            }
            if let timeout, ContinuousClock.now - start > timeout {
                throw Failure.again("\(Terminal.count(open, "job")) not yet done; “kip jobs list” shows them")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
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
