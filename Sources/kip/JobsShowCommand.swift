import ArgumentParser
import Foundation
import KipClient
import KipCore

struct JobsShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "A job with all that is known of it.")
    @Argument(help: "The job's id.")
    var id: String
    @Flag(name: .long, help: "Go on with its progress and its log until it has ended.")
    var follow = false
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let client = try brokerOption.client()
        let id = try JobsCommand.ids([id])[0]
        if follow { return try await follow(id, client) }
        let detail = try await client.job(id)
        if json { return try Terminal.json(Shown(detail)) }
        for (name, value) in Self.lines(detail) { Self.line(name, value) }
        for attempt in detail.attempts {
            Terminal.line(
                "attempt \(attempt.attempt)   \(LocalTime.text(attempt.endedAt)) \(attempt.outcome): \(attempt.error)")
        }
        for line in detail.log { Self.log(line) }
    }

    private static func line(_ name: String, _ value: String) {
        Terminal.line(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value)
    }

    private static func log(_ line: JobDetail.LogLine) {
        Terminal.line("log         \(LocalTime.text(line.at)) [\(line.attempt)] \(line.text)")
    }

    private static func lines(_ detail: JobDetail) -> [(String, String)] {
        let job = detail.job
        var lines = [
            ("id", job.id.description), ("kind", job.kind), ("queue", job.queue), ("state", job.state),
            ("priority", "\(job.priority)"),
            ("attempts", "\(job.attempt), of which failed: \(job.failures) of \(job.maxAttempts)"),
            ("setbacks", "\(job.losses) lost workers, \(job.interruptions) interruptions"),
            ("created", LocalTime.text(job.createdAt)), ("not before", LocalTime.text(job.runAt)),
        ]
        if let expires = job.expiresAt { lines.append(("not after", LocalTime.text(expires))) }
        if let deadline = job.deadline { lines.append(("deadline", LocalTime.text(deadline))) }
        lines.append(("finished", LocalTime.text(job.finishedAt)))
        if job.waitsFor > 0 {
            lines.append(("waits for", "\(Terminal.count(job.waitsFor, "job")); “kip jobs explain” tells which"))
        }
        if let key = job.uniqueKey { lines.append(("key", key)) }
        if let key = job.concurrencyKey { lines.append(("place", key)) }
        if let by = job.releasedBy { lines.append(("released", "\(by), \(LocalTime.text(job.releasedAt))")) }
        if let worker = job.worker { lines.append(("worker", worker)) }
        if let words = progress(job) { lines.append(("progress", words)) }
        if let error = job.error { lines.append(("error", error)) }
        lines.append(("payload", job.redacted ? "(wiped)" : PayloadText.of(detail.payload)))
        if !detail.result.isEmpty { lines.append(("result", PayloadText.of(detail.result))) }
        return lines
    }

    private static func progress(_ job: JobRecord) -> String? {
        let share = job.progress.map { "\(Int(($0 * 100).rounded())) %" }
        let words = [share, job.progressText].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// Prints what is new until the job has ended or waits for a person's decision.
    private func follow(_ id: JobID, _ client: KipClient) async throws {
        var said = ""
        var lines = 0
        while true {
            let detail = try await client.job(id)
            // At most a thousand lines are kept: older ones leave at the front.
            let fresh = detail.log.dropFirst(min(lines, detail.log.count))
            for line in fresh { Self.log(line) }
            lines = detail.log.count
            let now = [detail.job.state, Self.progress(detail.job)].compactMap { $0 }.joined(separator: ", ")
            if now != said { Self.line("state", now) }
            said = now
            let state = JobState(name: detail.job.state)
            if state?.isTerminal == true || state == .uncertain || state == .quarantined {
                if let error = detail.job.error { Self.line("error", error) }
                if !detail.result.isEmpty { Self.line("result", PayloadText.of(detail.result)) }
                if state != .succeeded { throw Failure.software("the job did not succeed: \(detail.job.state)") }
                return
            }
            try await Task.sleep(for: .milliseconds(250))
        }
    }

    /// The detail with texts instead of bytes.
    private struct Shown: Encodable {
        let job: JobRecord
        let payload: String
        let result: String
        let attempts: [JobDetail.Attempt]
        let log: [JobDetail.LogLine]

        init(_ detail: JobDetail) {
            job = detail.job
            payload = PayloadText.of(detail.payload)
            result = PayloadText.of(detail.result)
            attempts = detail.attempts
            log = detail.log
        }
    }
}

struct JobsExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Why a job is where it is, and its whole history.")
    @Argument(help: "The job's id.")
    var id: String
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    func run() async throws {
        let told = try await brokerOption.client().explain(try JobsCommand.ids([id])[0])
        if json { return try Terminal.json(told) }
        let job = told.job
        Terminal.line("\(job.id) (\(job.kind), queue \(job.queue)) is \(job.state)")
        for reason in told.reasons { Terminal.line("  \(reason)") }
        Terminal.line("history")
        Terminal.line("  \(LocalTime.text(job.createdAt)) enqueued")
        if let by = job.releasedBy { Terminal.line("  \(LocalTime.text(job.releasedAt)) released by \(by)") }
        for attempt in told.attempts {
            let why = attempt.error.isEmpty ? "" : ": \(attempt.error)"
            Terminal.line("  \(LocalTime.text(attempt.endedAt)) attempt \(attempt.attempt) \(attempt.outcome)\(why)")
        }
        if let end = job.finishedAt { Terminal.line("  \(LocalTime.text(end)) \(job.state)") }
        show("after", told.parents)
        show("before", told.children)
    }

    private func show(_ title: String, _ jobs: [JobRecord]) {
        if jobs.isEmpty { return }
        Terminal.line(title)
        for job in jobs { Terminal.line("  \(job.id) \(job.kind) \(job.state)") }
    }
}
