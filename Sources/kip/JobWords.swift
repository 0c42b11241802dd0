import KipClient
import KipCore

/// A job as a person reads it.
enum JobWords {
    /// What is known of a job, each thing with its name; what it did not ask for is left out.
    static func lines(_ detail: JobDetail) -> [(name: String, value: String)] {
        standing(detail.job) + conditions(detail.job) + history(detail)
    }

    private static func standing(_ job: JobRecord) -> [(name: String, value: String)] {
        [
            ("id", job.id.description), ("kind", job.kind), ("queue", job.queue), ("state", job.state),
            ("priority", "\(job.priority)"),
            ("attempts", "\(job.attempt), of which failed: \(job.failures) of \(job.maxAttempts)"),
            (
                "setbacks",
                "\(Terminal.count(job.losses, "lost worker")), \(Terminal.count(job.interruptions, "interruption"))"
            ),
            ("created", LocalTime.text(job.createdAt)), ("not before", LocalTime.text(job.runAt)),
        ]
    }

    private static func conditions(_ job: JobRecord) -> [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = []
        if let timeout = job.timeout { lines.append(("timeout", "\(Duration.milliseconds(timeout).words) an attempt")) }
        if let expires = job.expiresAt { lines.append(("not after", LocalTime.text(expires))) }
        if let deadline = job.deadline { lines.append(("deadline", LocalTime.text(deadline))) }
        if job.waitsFor > 0, job.finishedAt == nil {
            lines.append(("waits for", "\(Terminal.count(job.waitsFor, "job")); “kip jobs explain” tells which"))
        }
        if let key = job.uniqueKey { lines.append(("key", key)) }
        if let key = job.concurrencyKey { lines.append(("place", key)) }
        return lines
    }

    private static func history(_ detail: JobDetail) -> [(name: String, value: String)] {
        let job = detail.job
        var lines = [(name: "finished", value: LocalTime.text(job.finishedAt))]
        if let by = job.releasedBy { lines.append(("released", "\(by), \(LocalTime.text(job.releasedAt))")) }
        if let worker = job.worker { lines.append(("worker", worker)) }
        if let words = progress(job) { lines.append(("progress", words)) }
        if let error = job.error { lines.append(("error", error)) }
        lines.append(("payload", job.redacted ? "(wiped)" : PayloadText.shortened(detail.payload)))
        if !detail.result.isEmpty { lines.append(("result", PayloadText.shortened(detail.result))) }
        return lines
    }

    /// How far its handler is; nil = it does not say.
    static func progress(_ job: JobRecord) -> String? {
        let share = job.progress.map { "\(Int(($0 * 100).rounded())) %" }
        let words = [share, job.progressText].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// A line that its handler logged.
    static func of(_ line: JobDetail.LogLine) -> String {
        "\(LocalTime.text(line.at)) [\(line.attempt)] \(line.text)"
    }
}
