import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// The first waiting jobs of a lane, by its index.
    public func available(lane: Lane, limit: Int, bytes: Int) throws(StoreError) -> Waiting {
        try access { _ in
            let statement = hot.available
            statement.bind(lane.queue, at: 1)
            statement.bind(lane.kind, at: 2)
            statement.bind(limit, at: 3)
            defer { statement.reset() }
            var jobs: [WaitingJob] = []
            var room = bytes
            while try statement.step() {
                if room <= 0 { return Waiting(jobs, isAll: false) }
                let job = Self.waitingJob(statement)
                room -= job.payload.count
                jobs.append(job)
            }
            return Waiting(jobs, isAll: jobs.count < limit)
        }
    }

    static func waitingJob(_ row: HotStatement) -> WaitingJob {
        WaitingJob(
            id: row.jobID(0), priority: row.integer(1), attempt: row.integer(2),
            setbacks: Setbacks(
                failures: row.integer(3), losses: row.integer(9), interruptions: row.integer(10)),
            maxAttempts: row.integer(4), timeoutMilliseconds: Int64(row.integer(5)),
            retry: row.text(6).flatMap(RetryPolicy.init(stored:)) ?? .standard,
            onWorkerLost: OnWorkerLost(rawValue: row.integer(11)) ?? .retry,
            createdAt: row.timestamp(7) ?? Timestamp(milliseconds: 0), payload: row.bytes(8),
            runAt: row.timestamp(12))
    }

    /// The lanes in which a job waits: the index is walked from lane to lane, not from job to job.
    public func lanes() throws(StoreError) -> [Lane] {
        try access { db in
            var lanes: [Lane] = []
            let first = "SELECT queue, kind FROM jobs WHERE state = 2 ORDER BY queue, kind LIMIT 1"
            let next =
                "SELECT queue, kind FROM jobs WHERE state = 2 AND (queue, kind) > (?, ?) ORDER BY queue, kind LIMIT 1"
            var row = try Row.fetchOne(db, sql: first)
            while let found = row {
                let lane = Lane(queue: found["queue"], kind: found["kind"])
                lanes.append(lane)
                row = try Row.fetchOne(db, sql: next, arguments: [lane.queue, lane.kind])
            }
            return lanes
        }
    }

    /// The jobs that were handed out when the broker stopped.
    public func running() throws(StoreError) -> [RunningJob] {
        try access { db in
            let statement = try HotStatement(
                db, "SELECT \(WaitingJobColumns.list), queue, kind, worker FROM jobs WHERE state = 3")
            var jobs: [RunningJob] = []
            while try statement.step() {
                let lane = Lane(
                    queue: statement.text(WaitingJobColumns.count) ?? "",
                    kind: statement.text(WaitingJobColumns.count + 1) ?? "")
                jobs.append(
                    RunningJob(
                        job: Self.waitingJob(statement), lane: lane,
                        worker: statement.text(WaitingJobColumns.count + 2) ?? ""))
            }
            return jobs
        }
    }

    /// Makes due jobs available.
    public func promote(upTo now: Timestamp, limit: Int) throws(StoreError) -> Promotion {
        do {
            return try queue.write { db in
                let rows = try Row.fetchAll(
                    db, sql: "SELECT id, queue, kind FROM jobs WHERE state = 1 AND run_at <= ? ORDER BY run_at LIMIT ?",
                    arguments: [now.milliseconds, limit])
                var lanes: Set<Lane> = []
                for row in rows {
                    try db.execute(
                        sql: "UPDATE jobs SET state = 2 WHERE id = ? AND state = 1",
                        arguments: [row["id"] as DatabaseValue])
                    lanes.insert(Lane(queue: row["queue"], kind: row["kind"]))
                }
                let next = try Int64.fetchOne(
                    db, sql: "SELECT run_at FROM jobs WHERE state = 1 ORDER BY run_at LIMIT 1")
                return Promotion(lanes: Array(lanes), next: next.map(Timestamp.init(milliseconds:)))
            }
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    /// All schedules by name.
    public func schedules() throws(StoreError) -> [StoredSchedule] {
        try access { try Self.schedules($0) }
    }

    static func schedules(_ db: Database) throws -> [StoredSchedule] {
        try Row.fetchAll(db, sql: "SELECT * FROM schedules ORDER BY name").map { row in
            StoredSchedule(
                name: row["name"], definition: row["definition"],
                next: (row["next_at"] as Int64?).map(Timestamp.init(milliseconds:)),
                lastNominal: (row["last_nominal"] as Int64?).map(Timestamp.init(milliseconds:)))
        }
    }
}

extension JobID {
    /// The blob that the store keeps, for statements off the hot path.
    var databaseValue: DatabaseValue { Data(bytes).databaseValue }
}

extension RetryPolicy {
    /// The column's text, `base,factor,cap,jitter`.
    var stored: String { "\(baseMilliseconds),\(factor),\(capMilliseconds),\(jitter)" }

    init?(stored: String) {
        let parts = stored.split(separator: ",")
        guard parts.count == 4, let base = Int64(parts[0]), let factor = Double(parts[1]), let cap = Int64(parts[2]),
            let jitter = Double(parts[3])
        else { return nil }
        self.init(baseMilliseconds: base, factor: factor, capMilliseconds: cap, jitter: jitter)
    }
}
