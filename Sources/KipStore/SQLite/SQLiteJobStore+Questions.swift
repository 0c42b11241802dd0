import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// Answers an operator's question.
    public func answer(_ question: Question) throws(StoreError) -> Answer {
        try access { db in
            switch question {
            case .jobs(let state, let kind, let queue, let limit, let before):
                return try jobs(db, state, kind, queue, limit, before)
            case .explanation(let id): return try explanation(db, id)
            case .parents(let id, let from): return try parentResults(db, id, from)
            case .job(let id):
                return try job(db, id)
            case .states(let ids):
                return .states(try states(db, ids))
            case .queues:
                return .queues(try queues(db))
            case .schedules:
                return .schedules(try Self.schedules(db))
            case .effects(let state, let prefix, let limit):
                return try Self.effects(db, state, prefix, limit)
            case .effect(let key):
                return .effects(try Self.effect(db, key).map { [$0] } ?? [], more: false)
            case .firings(let schedule, let limit):
                return try Self.firings(db, schedule, limit)
            }
        }
    }

    static let columns = """
        id, kind, queue, state, priority, attempt, failures, max_attempts, unique_key, created_at, run_at, finished_at,
        timeout_ms, worker, error, losses, interruptions, expires_at, deadline, concurrency_key, waits_for, redact,
        released_by, released_at,
        (SELECT fraction FROM progress WHERE progress.job = jobs.id) AS fraction,
        (SELECT text FROM progress WHERE progress.job = jobs.id) AS progress_text
        """

    private func jobs(
        _ db: Database, _ state: JobState?, _ kind: String, _ queue: String, _ limit: Int, _ before: JobID?
    ) throws -> Answer {
        var conditions: [String] = []
        var arguments: StatementArguments = []
        if let state {
            // Written out, so that the partial index of the state can serve.
            conditions.append("state = \(state.rawValue)")
            if state.rawValue >= 8 { conditions.append("state >= 8") }
        }
        if !kind.isEmpty {
            conditions.append("kind = ?")
            arguments += [kind]
        }
        if !queue.isEmpty {
            conditions.append("queue = ?")
            arguments += [queue]
        }
        if let before {
            conditions.append("id < ?")
            arguments += [before.databaseValue]
        }
        arguments += [limit + 1]
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(Self.columns) FROM jobs \(condition) ORDER BY id DESC LIMIT ?", arguments: arguments)
        return .jobs(rows.prefix(limit).map(Self.wireJob), more: rows.count > limit)
    }

    private func job(_ db: Database, _ id: JobID) throws -> Answer {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT \(Self.columns), payload, result FROM jobs WHERE id = ?", arguments: [id.databaseValue]
            )
        else { return .noJob }
        let attempts = try Row.fetchAll(
            db, sql: "SELECT * FROM attempts WHERE job = ? ORDER BY attempt", arguments: [id.databaseValue])
        return .job(
            Self.wireJob(row), payload: Self.bytes(row["payload"]), result: Self.bytes(row["result"]),
            attempts: attempts.map(Self.wireAttempt), log: try log(db, id))
    }

    private func log(_ db: Database, _ id: JobID) throws -> [WireLogLine] {
        try Row.fetchAll(
            db, sql: "SELECT attempt, at, text FROM job_log WHERE job = ? ORDER BY number",
            arguments: [id.databaseValue]
        ).map { row in
            var line = WireLogLine()
            line.attempt = row["attempt"]
            line.atMs = row["at"]
            line.text = row["text"]
            return line
        }
    }

    /// One transaction for all, so that the file is locked once and not for each.
    private func states(_ db: Database, _ ids: [JobID]) throws -> [JobState?] {
        var states: [JobState?] = []
        try db.inTransaction(.deferred) {
            states = try ids.map { try state($0) }
            return .commit
        }
        return states
    }

    func state(_ id: JobID) throws -> JobState? {
        hot.states.bind(id, at: 1)
        defer { hot.states.reset() }
        return try hot.states.step() ? JobState(rawValue: hot.states.integer(0)) : nil
    }

    private func queues(_ db: Database) throws -> [WireQueue] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT queue, state, COUNT(*) AS jobs, MIN(created_at) AS oldest FROM jobs
                GROUP BY queue, state ORDER BY queue
                """)
        var queues: [WireQueue] = []
        for row in rows {
            let name: String = row["queue"]
            if queues.last?.name != name {
                var queue = WireQueue()
                queue.name = name
                queues.append(queue)
            }
            Self.count(row, in: &queues[queues.count - 1])
        }
        return queues
    }

    private static func count(_ row: Row, in queue: inout WireQueue) {
        let jobs: Int64 = row["jobs"]
        switch JobState(rawValue: row["state"]) {
        case .scheduled: queue.scheduled = jobs
        case .available:
            queue.available = jobs
            queue.oldestAvailableMs = row["oldest"]
        case .running: queue.running = jobs
        case .succeeded: queue.succeeded = jobs
        case .dead: queue.dead = jobs
        case .cancelled: queue.cancelled = jobs
        case .uncertain: queue.uncertain = jobs
        case .quarantined: queue.quarantined = jobs
        case .held: queue.held = jobs
        case .blocked: queue.blocked = jobs
        case .expired: queue.expired = jobs
        case nil: break
        }
    }

    static func bytes(_ data: Data?) -> [UInt8] {
        data.map { [UInt8]($0) } ?? []
    }

    static func wireJob(_ row: Row) -> WireJob {
        var job = WireJob()
        job.id = (JobID(bytes: bytes(row["id"])) ?? JobID(high: 0, low: 0)).description
        job.kind = row["kind"]
        job.queue = row["queue"]
        job.state = JobState(rawValue: row["state"])?.wire ?? .unspecified
        job.priority = row["priority"]
        job.attempt = row["attempt"]
        job.failures = row["failures"]
        job.maxAttempts = row["max_attempts"]
        job.uniqueKey = row["unique_key"] ?? ""
        job.createdAtMs = row["created_at"]
        job.runAtMs = row["run_at"]
        job.finishedAtMs = row["finished_at"] ?? 0
        job.timeoutMs = row["timeout_ms"]
        job.worker = row["worker"] ?? ""
        job.error = row["error"] ?? ""
        job.losses = row["losses"]
        job.interruptions = row["interruptions"]
        job.expiresAtMs = row["expires_at"] ?? 0
        job.deadlineMs = row["deadline"] ?? 0
        job.concurrencyKey = row["concurrency_key"] ?? ""
        job.waitsFor = row["waits_for"] ?? 0
        job.redacted = (row["redact"] as Int?) == 2
        job.releasedBy = row["released_by"] ?? ""
        job.releasedAtMs = row["released_at"] ?? 0
        job.progress = row["fraction"] ?? -1
        job.progressText = row["progress_text"] ?? ""
        return job
    }

    static func wireAttempt(_ row: Row) -> WireAttempt {
        var attempt = WireAttempt()
        attempt.attempt = row["attempt"]
        attempt.worker = row["worker"]
        attempt.endedAtMs = row["ended_at"]
        attempt.outcome = row["outcome"]
        attempt.error = row["error"]
        return attempt
    }
}
