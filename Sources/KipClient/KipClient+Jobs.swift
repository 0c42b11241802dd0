import Foundation
import KipCore

/// Why a job is where it is, and its whole history.
public struct JobExplanation: Sendable, Codable {
    /// The job.
    public let job: JobRecord
    /// What it waits for, or why it ended, the first reason first.
    public let reasons: [String]
    /// Attempts that did not succeed.
    public let attempts: [JobDetail.Attempt]
    /// What people decided of it, in order: cancellations, retries, and what became of effects in doubt.
    public let decisions: [Decision]
    /// Jobs that it came after, those that have not ended first; at the most 20.
    public let parents: [JobRecord]
    /// Jobs that come after it; at the most 20.
    public let children: [JobRecord]

    /// What somebody decided of a job.
    public struct Decision: Sendable, Codable {
        /// When, in milliseconds since 1970.
        public let at: Int64
        /// `cancelled`, `retried`, or what became of an effect.
        public let what: String
        /// Who; nil = it was not said.
        public let by: String?

        init(_ wire: WireDecision) {
            at = wire.atMs
            what = wire.what
            by = wire.by.isEmpty ? nil : wire.by
        }
    }
}

/// Why there is no result of a job.
public enum JobResultError: Error, Sendable, CustomStringConvertible {
    /// It ended otherwise than well, or waits for a person's decision.
    case didNotSucceed(JobID, state: String, error: String)
    /// What it gave back is not of the type that was asked for.
    case otherType(JobID, reason: String)

    /// What happened to which job, and what to do next.
    public var description: String {
        switch self {
        case .didNotSucceed(let id, let state, let error):
            "job \(id) is \(state)\(error.isEmpty ? "" : ": \(error)"); “kip jobs explain \(id)” tells more"
        case .otherType(let id, let reason): "the result of job \(id) is of another type: \(reason)"
        }
    }
}

extension KipClient {
    /// Waits until a job has ended and gives what it gave back.
    /// - Parameters:
    ///   - type: what its handler gave to `Outcome.done(_:)`.
    ///   - timeout: nil = as long as it takes.
    /// - Throws: `JobResultError`, or `KipClientError` (`.stillRunning` after the timeout).
    public func result<Value: Decodable>(
        of id: JobID, as type: Value.Type = Value.self, timeout: Duration? = nil
    ) async throws -> Value {
        try await wait([id], timeout: timeout)
        let detail = try await job(id)
        guard detail.job.state == JobState.succeeded.name else {
            throw JobResultError.didNotSucceed(id, state: detail.job.state, error: detail.job.error ?? "")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(detail.result))
        } catch {
            throw JobResultError.otherType(id, reason: "\(error)")
        }
    }

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
            decisions: answer.decisions.map(JobExplanation.Decision.init),
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
