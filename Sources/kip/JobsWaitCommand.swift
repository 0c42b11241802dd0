import ArgumentParser
import KipClient
import KipCore

struct JobsWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Wait until jobs have ended.",
        discussion:
            """
            Exit code 70 where one of them did not succeed, 75 after --for, 65 where there is no such job. With --results: \
            prints what each gave back, a line a job, in order; of one that did not succeed the line is empty, and its \
            state and error are told on stderr. With --json: an object a job, with id, state, error and result. With \
            --idle: until no job waits or runs.
            """)
    @Argument(help: "Job ids, or the beginnings of some.")
    var ids: [String] = []
    @Option(name: .customLong("for"), help: "At the most so long: 30s, 10m.")
    var limit: String?
    @Flag(name: .long, help: "Print what each job gave back, a line a job; an empty line where it gave nothing.")
    var results = false
    @Flag(name: .long, help: "Print an object for each job.")
    var json = false
    @Flag(name: .long, help: "Until no job waits for a worker or runs.")
    var idle = false
    @Option(name: .long, help: "With --idle: only this queue.")
    var queue: String?
    @OptionGroup var opening: OpeningOption
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        try Self.check(ids: ids, idle: idle, queue: queue, tells: results || json)
        let timeout = try limit.map { try TimeText.duration($0, "--for") }
        let client = try brokerOption.client(middleware: opening.middleware())
        if idle { return try await Self.waitUntilIdle(client, queue, timeout) }
        let wanted = try await JobIDChoice.resolve(ids, client)
        let standing = try await client.states(wanted)
        try Self.checkKnown(wanted, standing)
        let states = try await Self.ends(of: wanted, client, timeout)
        if results || json {
            for id in wanted { try tell(try await client.job(id)) }
        } else {
            await Self.sayFailed(wanted, states, client)
        }
        try Self.judge(wanted, states)
    }

    /// - Throws: `Failure` where what is said does not go together.
    static func check(ids: [String], idle: Bool, queue: String?, tells: Bool) throws {
        if idle, !ids.isEmpty {
            throw Failure.usage(
                "give ids or --idle, not both: with ids it waits for these jobs, with --idle until no job waits or runs"
            )
        }
        if idle, tells {
            throw Failure.usage("--results and --json tell of jobs that are named, and --idle names none")
        }
        if !idle, queue != nil { throw Failure.usage("--queue says nothing without --idle") }
        if !idle, ids.isEmpty { throw Failure.usage("name the jobs to wait for, or say --idle") }
    }

    /// Waits for jobs that were just enqueued.
    /// - Throws: `Failure` where one of them did not succeed.
    static func wait(_ ids: [JobID], _ client: KipClient, timeout: Duration?) async throws {
        let states = try await ends(of: ids, client, timeout)
        await sayFailed(ids, states, client)
        try judge(ids, states)
    }

    private static func ends(of ids: [JobID], _ client: KipClient, _ timeout: Duration?) async throws -> [JobState?] {
        let bar = ProgressBar("jobs", total: ids.count)
        let watch = Task { try await sayWhatNobodyTakes(ids, client) }
        defer { watch.cancel() }
        let states = try await client.wait(ids, timeout: timeout) { bar.update($0) }
        bar.finish(ids.count)
        return states
    }

    /// Those that did not succeed, and why.
    private static func sayFailed(_ ids: [JobID], _ states: [JobState?], _ client: KipClient) async {
        for (id, state) in zip(ids, states).filter({ $0.1 != nil && $0.1 != .succeeded }).prefix(10) {
            let error = (try? await client.job(id).job.error) ?? ""
            Terminal.say("\(id) \(state?.name ?? "unknown")" + (error.isEmpty ? "" : ": \(error)"))
        }
    }

    /// - Parameter states: of the ids, in order; nil = the broker knows no such job.
    /// - Throws: `Failure` where there is no such job.
    static func checkKnown(_ ids: [JobID], _ states: [JobState?]) throws {
        let unknown = zip(ids, states).filter { $0.1 == nil }.map { $0.0 }
        if let first = unknown.first {
            let others = unknown.count == 1 ? "" : ", nor \(Terminal.count(unknown.count - 1, "other")) of these"
            throw Failure.data("there is no job \(first)\(others); “kip jobs list” shows those that there are")
        }
    }

    /// - Throws: `Failure` where there is no such job, or one did not succeed.
    static func judge(_ ids: [JobID], _ states: [JobState?]) throws {
        try checkKnown(ids, states)
        let failed = states.count(where: { $0 != .succeeded })
        if failed > 0 {
            throw Failure.software(
                "\(failed) of \(Terminal.count(ids.count, "job")) did not succeed; “kip jobs show ID” says why")
        }
    }

    /// How a job ended.
    private struct Ended: Encodable {
        let id: JobID
        let state: String
        let error: String?
        let result: NestedJSON?
    }

    private func tell(_ detail: JobDetail) throws {
        let job = detail.job
        let isWell = job.state == JobState.succeeded.name
        if json {
            return try Terminal.json(
                Ended(
                    id: job.id, state: job.state, error: isWell ? nil : job.error,
                    result: isWell && !detail.result.isEmpty ? NestedJSON(detail.result) : nil))
        }
        Terminal.line(isWell ? PayloadText.of(detail.result) : "")
        if !isWell { Terminal.say("\(job.id) \(job.state)\(job.error.map { ": \($0)" } ?? "")") }
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
        var fewest = Int.max
        var moved: ContinuousClock.Instant? = start
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
            if open < fewest { (fewest, moved) = (open, .now) }
            if let since = moved, ContinuousClock.now - since > .seconds(15) {
                Terminal.say(
                    "kip: nothing has ended for a while, \(Terminal.count(open, "job")) left; “kip jobs list --state available” "
                        + "shows those that wait, “kip jobs explain ID” for what")
                // Once, until something ends again.
                moved = nil
            }
            if let timeout, ContinuousClock.now - start > timeout {
                throw Failure.again("\(Terminal.count(open, "job")) not yet done; “kip jobs list” shows them")
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
