import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// Answers an operator's question, on the connection that writes.
    public func answer(_ question: Question) throws(StoreError) -> Answer {
        try merge(all: true)
        return try reader.answer(question)
    }

    /// Answers questions beside a store that is writing, each from one state of the database (sqlite.org/isolation.html):
    /// a list of ten million jobs holds up none that comes. It sees what has a row: `merge(all: true)` sees to that.
    /// - Throws: `StoreError`.
    public func separateReader() throws(StoreError) -> SQLiteReader { try SQLiteReader(path: path) }

    func state(_ id: JobID) throws -> JobState? {
        if let job = recent[id] { return job.state }
        hot.states.bind(id, at: 1)
        defer { hot.states.reset() }
        return try hot.states.step() ? JobState(rawValue: hot.states.integer(0)) : nil
    }

    static let columns = """
        id, kind, queue, state, priority, attempt, failures, max_attempts, unique_key, created_at, run_at, finished_at,
        timeout_ms, worker, error, losses, interruptions, expires_at, deadline, concurrency_key, waits_for, redact,
        released_by, released_at,
        (SELECT fraction FROM progress WHERE progress.job = jobs.id) AS fraction,
        (SELECT text FROM progress WHERE progress.job = jobs.id) AS progress_text
        """

    static func bytes(_ data: Data?) -> [UInt8] {
        data.map { [UInt8]($0) } ?? []
    }

    static func wireJob(_ row: Row) -> WireJob {
        var job = WireJob()
        job.id = (JobID(bytes: bytes(row["id"])) ?? JobID(high: 0, low: 0)).description
        job.kind = row["kind"]
        job.queue = row["queue"]
        job.state = JobState(rawValue: row["state"])?.wire ?? .unspecified
        job.priority = Int32(clamping: row["priority"] as Int64)
        job.attempt = Int32(clamping: row["attempt"] as Int64)
        job.failures = Int32(clamping: row["failures"] as Int64)
        job.maxAttempts = Int32(clamping: row["max_attempts"] as Int64)
        job.uniqueKey = row["unique_key"] ?? ""
        job.createdAtMs = row["created_at"]
        job.runAtMs = row["run_at"]
        job.finishedAtMs = row["finished_at"] ?? 0
        job.timeoutMs = row["timeout_ms"]
        job.worker = row["worker"] ?? ""
        job.error = row["error"] ?? ""
        job.losses = Int32(clamping: row["losses"] as Int64)
        job.interruptions = Int32(clamping: row["interruptions"] as Int64)
        job.expiresAtMs = row["expires_at"] ?? 0
        job.deadlineMs = row["deadline"] ?? 0
        job.concurrencyKey = row["concurrency_key"] ?? ""
        job.waitsFor = Int32(clamping: (row["waits_for"] as Int64?) ?? 0)
        job.redacted = (row["redact"] as Int?) == 2
        job.releasedBy = row["released_by"] ?? ""
        job.releasedAtMs = row["released_at"] ?? 0
        job.progress = row["fraction"] ?? -1
        job.progressText = row["progress_text"] ?? ""
        return job
    }

    static func wireAttempt(_ row: Row) -> WireAttempt {
        var attempt = WireAttempt()
        attempt.attempt = Int32(clamping: row["attempt"] as Int64)
        attempt.worker = row["worker"]
        attempt.endedAtMs = row["ended_at"]
        attempt.outcome = row["outcome"]
        attempt.error = row["error"]
        return attempt
    }
}
