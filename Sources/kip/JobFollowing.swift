import KipClient
import KipCore

/// Tells what is new of a job until it has ended or waits for a person's decision.
struct JobFollowing {
    /// How often it is looked at.
    private static let interval = Duration.milliseconds(250)

    let id: JobID
    let client: KipClient
    let json: Bool

    /// What is new of a job.
    struct Change: Encodable {
        /// The job as it stands.
        let job: JobRecord
        /// New ones.
        let attempts: [JobDetail.Attempt]
        /// New lines.
        let log: [JobDetail.LogLine]
        /// When it has one.
        let result: NestedJSON?

        /// - Parameter before: the look before this one.
        /// - Returns: nil where nothing is new.
        init?(_ detail: JobDetail, since before: JobDetail?) {
            job = detail.job
            // Old ones are forgotten in time: their number says nothing.
            let last = before?.attempts.last?.attempt ?? 0
            attempts = detail.attempts.filter { $0.attempt > last }
            log = Array(Self.fresh(detail.log, since: before?.log ?? []))
            result = detail.result.isEmpty ? nil : NestedJSON(detail.result)
            if job == before?.job, attempts.isEmpty, log.isEmpty { return nil }
        }

        /// At most a thousand lines are kept: then older ones leave at the front, and their number says nothing.
        private static func fresh(
            _ log: [JobDetail.LogLine], since before: [JobDetail.LogLine]
        ) -> ArraySlice<JobDetail.LogLine> {
            guard log.count >= Limits.logLines, let last = before.last else { return log.dropFirst(before.count) }
            return log.lastIndex(of: last).map { log[log.index(after: $0)...] } ?? log[...]
        }
    }

    /// - Throws: `Failure` where the job did not succeed.
    func run() async throws {
        var before: JobDetail?
        while true {
            let detail = try await client.job(id)
            if let change = Change(detail, since: before) {
                if json { try Terminal.json(change) } else { tell(change, before?.job) }
            }
            before = detail
            let state = JobState(name: detail.job.state)
            if state?.isTerminal == true || state == .uncertain || state == .quarantined {
                if !json { tellEnd(detail) }
                if state != .succeeded { throw Failure.software("the job did not succeed: \(detail.job.state)") }
                return
            }
            try await Task.sleep(for: Self.interval)
        }
    }

    private func tell(_ change: Change, _ before: JobRecord?) {
        for line in change.log { Terminal.line("log", JobWords.of(line)) }
        let now = Self.standing(change.job)
        if now != before.map(Self.standing) { Terminal.line("state", now) }
    }

    private func tellEnd(_ detail: JobDetail) {
        if let error = detail.job.error { Terminal.line("error", error) }
        if !detail.result.isEmpty { Terminal.line("result", PayloadText.shortened(detail.result)) }
    }

    private static func standing(_ job: JobRecord) -> String {
        [job.state, JobWords.progress(job)].compactMap { $0 }.joined(separator: ", ")
    }
}
