import KipCore

/// Why a job is where it is, and its whole history.
public struct JobExplanation: Sendable, Codable {
    /// The job.
    public let job: JobRecord
    /// What it waits for, or why it ended, the first reason first.
    public let reasons: [String]
    /// Attempts that did not succeed.
    public let attempts: [JobDetail.Attempt]
    /// Jobs that it came after, those that have not ended first; at the most 20.
    public let parents: [JobRecord]
    /// Jobs that come after it; at the most 20.
    public let children: [JobRecord]
}

extension KipClient {
    /// Lets held jobs run.
    /// - Parameter by: who decided it, for the record.
    /// - Returns: those that were released.
    /// - Throws: `KipClientError`.
    public func release(_ ids: [JobID], by: String) async throws(KipClientError) -> [JobID] {
        var release = WireReleaseJobs()
        release.ids = ids.map(\.description)
        release.by = by
        return try await changed(.releaseJobs(release))
    }

    /// Why a job is where it is, and its whole history.
    /// - Throws: `KipClientError`; `.refused` with the code `not-found` where there is none.
    public func explain(_ id: JobID) async throws(KipClientError) -> JobExplanation {
        var explain = WireExplainJob()
        explain.id = id.description
        guard case .explanation(let answer) = try await ask(.explainJob(explain)).header.body,
            let job = JobRecord(answer.job)
        else { throw .unexpectedAnswer }
        return JobExplanation(
            job: job, reasons: answer.reasons, attempts: answer.attempts.map(JobDetail.Attempt.init),
            parents: answer.parents.compactMap(JobRecord.init), children: answer.children.compactMap(JobRecord.init))
    }

    /// Takes ended jobs away, with all that is known of them; a step at a time, so that nobody waits for it.
    /// - Parameters:
    ///   - states: ended states.
    ///   - before: those that ended before this. A job that says how long it is kept goes by that.
    ///   - onProgress: told how many are gone so far.
    /// - Returns: how many were taken away.
    /// - Throws: `KipClientError`.
    @discardableResult
    public func prune(
        states: [JobState] = [.succeeded, .cancelled, .expired], kind: String = "", queue: String = "",
        endedBefore before: Timestamp, onProgress: (@Sendable (Int) -> Void)? = nil
    ) async throws(KipClientError) -> Int {
        var prune = WirePruneJobs()
        prune.states = states.map(\.wire)
        prune.kind = kind
        prune.queue = queue
        prune.beforeMs = before.milliseconds
        var gone = 0
        while true {
            guard case .pruned(let pruned) = try await ask(.pruneJobs(prune)).header.body else {
                throw .unexpectedAnswer
            }
            gone += Int(pruned.jobs)
            onProgress?(gone)
            if pruned.next.isEmpty { return gone }
            prune.from = pruned.next
        }
    }
}
