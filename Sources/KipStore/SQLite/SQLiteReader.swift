import Foundation
import GRDB
import KipCore

/// Answers questions from a database: the store's own connection, or one that reads beside it.
///
/// @unchecked Sendable: it is made on one thread and then called by one thread alone.
public final class SQLiteReader: QuestionStore, @unchecked Sendable {
    private let queue: DatabaseQueue
    private let path: String
    private let states: HotStatement

    /// A reader of a connection.
    init(_ queue: DatabaseQueue, path: String) throws {
        self.queue = queue
        self.path = path
        states = try queue.inDatabase { try HotStatement($0, HotStatements.stateOfJob) }
    }

    /// A reader with a connection of its own, which cannot write.
    convenience init(path: String) throws(StoreError) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.label = "kip.reader"
            // The log is put back into the file while it reads, and it waits for that where it must.
            configuration.busyMode = .timeout(5)
            try self.init(DatabaseQueue(path: path, configuration: configuration), path: path)
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }

    /// Answers an operator's question.
    public func answer(_ question: Question) throws(StoreError) -> Answer {
        do {
            var told: Answer?
            // One transaction, so that all of an answer is of one moment while others write.
            try queue.inTransaction(.deferred) { db in
                told = try answer(question, db)
                return .commit
            }
            return told ?? .noJob
        } catch {
            throw SQLiteJobStore.explain(error, path: path)
        }
    }

    private func answer(_ question: Question, _ db: Database) throws -> Answer {
        switch question {
        case .jobs(let state, let kind, let queue, let limit, let before, let match):
            return try jobs(db, state, kind, queue, limit, before, match)
        case .explanation(let id): return try explanation(db, id)
        case .parents(let id, let from): return try parentResults(db, id, from)
        case .job(let id, let visible):
            return try job(db, id, visible)
        case .states(let ids, let visible):
            guard let visible else { return .states(try ids.map { try state($0) }) }
            return .states(try ids.map { try state($0, visible, db) })
        case .queues:
            return .queues(try queues(db))
        case .schedules:
            return .schedules(try SQLiteJobStore.schedules(db))
        case .effects(let state, let prefix, let limit):
            return try SQLiteJobStore.effects(db, state, prefix, limit)
        case .effect(let key):
            return .effects(try SQLiteJobStore.effect(db, key).map { [$0] } ?? [], more: false)
        case .firings(let schedule, let limit):
            return try SQLiteJobStore.firings(db, schedule, limit)
        }
    }

    private func jobs(
        _ db: Database, _ state: JobState?, _ kind: String, _ queue: String, _ limit: Int, _ before: JobID?,
        _ match: JobMatch
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
        Self.narrow(by: match, &conditions, &arguments)
        arguments += [limit + 1]
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        let rows = try Row.fetchAll(
            db, sql: "SELECT \(SQLiteJobStore.columns) FROM jobs \(condition) ORDER BY id DESC LIMIT ?",
            arguments: arguments)
        return .jobs(rows.prefix(limit).map(SQLiteJobStore.wireJob), more: rows.count > limit)
    }

    private static func narrow(
        by match: JobMatch, _ conditions: inout [String], _ arguments: inout StatementArguments
    ) {
        func add(_ condition: String, _ values: (any DatabaseValueConvertible)...) {
            conditions.append(condition)
            arguments += StatementArguments(values)
        }
        if !match.uniqueKey.isEmpty { add("unique_key = ?", match.uniqueKey) }
        if let ids = match.ids {
            add("id BETWEEN ? AND ?", ids.lowerBound.databaseValue, ids.upperBound.databaseValue)
        }
        if !match.workerPrefix.isEmpty {
            add("substr(worker, 1, length(?)) = ?", match.workerPrefix, match.workerPrefix)
        }
        if let from = match.createdFrom { add("created_at >= ?", from.milliseconds) }
        if let before = match.createdBefore { add("created_at < ?", before.milliseconds) }
        if !match.errorPart.isEmpty { add("instr(lower(error), lower(?)) > 0", match.errorPart) }
    }

    private func job(_ db: Database, _ id: JobID, _ visible: JobVisibility?) throws -> Answer {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT \(SQLiteJobStore.columns), payload, result FROM jobs WHERE id = ?",
                arguments: [id.databaseValue]
            ), visible.includes(Lane(queue: row["queue"], kind: row["kind"]))
        else { return .noJob }
        let attempts = try Row.fetchAll(
            db, sql: "SELECT * FROM attempts WHERE job = ? ORDER BY attempt", arguments: [id.databaseValue])
        return .job(
            SQLiteJobStore.wireJob(row), payload: SQLiteJobStore.bytes(row["payload"]),
            result: SQLiteJobStore.bytes(row["result"]),
            attempts: attempts.map(SQLiteJobStore.wireAttempt), log: try log(db, id))
    }

    private func log(_ db: Database, _ id: JobID) throws -> [WireLogLine] {
        try Row.fetchAll(
            db, sql: "SELECT attempt, at, text FROM job_log WHERE job = ? ORDER BY number",
            arguments: [id.databaseValue]
        ).map { row in
            var line = WireLogLine()
            line.attempt = Int32(clamping: row["attempt"] as Int64)
            line.atMs = row["at"]
            line.text = row["text"]
            return line
        }
    }

    private func state(_ id: JobID) throws -> JobState? {
        states.bind(id, at: 1)
        defer { states.reset() }
        return try states.step() ? JobState(rawValue: states.integer(0)) : nil
    }

    private func state(_ id: JobID, _ visible: JobVisibility, _ db: Database) throws -> JobState? {
        let row = try Row.fetchOne(
            db, sql: "SELECT state, queue, kind FROM jobs WHERE id = ?", arguments: [id.databaseValue])
        guard let row, visible.includes(Lane(queue: row["queue"], kind: row["kind"])) else { return nil }
        return JobState(rawValue: row["state"])
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
}
