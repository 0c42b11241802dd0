import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// The first waiting jobs of a lane, by its index.
    public func available(lane: Lane, limit: Int, bytes: Int) throws(StoreError) -> Waiting {
        // Where rows cannot be written, those that are there still wait.
        let isMerged = (try? merge(all: true)) != nil
        return try access { _ in
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
            return Waiting(jobs, isAll: isMerged && jobs.count < limit)
        }
    }

    static func waitingJob(_ row: HotStatement) -> WaitingJob {
        WaitingJob(
            id: row.jobID(0), priority: row.integer(1), attempt: row.integer(2),
            setbacks: Setbacks(
                failures: row.count(3), losses: row.count(9), interruptions: row.count(10)),
            maxAttempts: row.count(4), timeoutMilliseconds: Int64(row.integer(5)),
            retry: row.text(6).flatMap(RetryPolicy.init(stored:)) ?? .standard,
            onWorkerLost: OnWorkerLost(rawValue: row.integer(11)) ?? .retry,
            createdAt: row.timestamp(7) ?? Timestamp(milliseconds: 0),
            terms: JobTerms(lastStart: row.timestamp(12), deadline: row.timestamp(13), headers: row.bytes(14)),
            payload: row.bytes(8), runAt: row.timestamp(15))
    }

    /// The lanes in which a job waits: the index is walked from lane to lane, not from job to job.
    public func lanes() throws(StoreError) -> [Lane] {
        try merge(all: true)
        return try access { db in
            // Prepared once: there may be a lane for each customer.
            let nextKind = try HotStatement(db, LaneStep.nextKind)
            let nextQueue = try HotStatement(db, LaneStep.nextQueue)
            var lanes: [Lane] = []
            var lane = try Self.lane(HotStatement(db, LaneStep.first))
            while let found = lane {
                lanes.append(found)
                nextKind.bind(found.queue, at: 1)
                nextKind.bind(found.kind, at: 2)
                lane = try Self.lane(nextKind)
                if lane != nil { continue }
                nextQueue.bind(found.queue, at: 1)
                lane = try Self.lane(nextQueue)
            }
            return lanes
        }
    }

    /// The lane that the statement finds; nil = there is none.
    private static func lane(_ statement: HotStatement) throws -> Lane? {
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return Lane(queue: statement.text(0) ?? "", kind: statement.text(1) ?? "")
    }

    /// From one lane to the next by the index, however many jobs wait in each. Not by a comparison of pairs,
    /// `(queue, kind) > (?, ?)`: SQLite looks at each job of the lane for it.
    enum LaneStep {
        static let first = "SELECT queue, kind FROM jobs WHERE state = 2 ORDER BY queue, kind LIMIT 1"
        static let nextKind =
            "SELECT queue, kind FROM jobs WHERE state = 2 AND queue = ? AND kind > ? ORDER BY kind LIMIT 1"
        static let nextQueue = "SELECT queue, kind FROM jobs WHERE state = 2 AND queue > ? ORDER BY queue, kind LIMIT 1"
    }

    /// The jobs that were handed out when the broker stopped.
    public func running() throws(StoreError) -> [RunningJob] {
        try merge(all: true)
        return try access { db in
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

    /// Makes due jobs available, and finds those for which it is too late.
    public func promote(upTo now: Timestamp, limit: Int) throws(StoreError) -> Promotion {
        do {
            return try queue.write { db in
                let rows = try Row.fetchAll(
                    db,
                    sql: """
                        SELECT id, queue, kind, concurrency_key FROM jobs WHERE state = 1 AND run_at <= ?
                        ORDER BY run_at, id LIMIT ?
                        """, arguments: [now.milliseconds, limit])
                var freed = Freed()
                for row in rows { try promote(row, at: now, db, &freed) }
                return try promotion(upTo: now, limit, freed.lanes, db)
            }
        } catch {
            throw Self.explain(error, path: path)
        }
    }

    private func promote(_ row: Row, at now: Timestamp, _ db: Database, _ freed: inout Freed) throws {
        if row["concurrency_key"] as String? != nil, let id = JobID(bytes: Self.bytes(row["id"])) {
            var table = conditions(db)
            return try ConditionRules.arrive(id, at: now, &table, &freed)
        }
        try db.cachedStatement(sql: "UPDATE jobs SET state = 2 WHERE id = ? AND state = 1")
            .execute(arguments: [row["id"] as DatabaseValue])
        freed.lanes.insert(Lane(queue: row["queue"], kind: row["kind"]))
    }

    private func promotion(
        upTo now: Timestamp, _ limit: Int, _ lanes: Set<Lane>, _ db: Database
    ) throws -> Promotion {
        let waits = "expires_at IS NOT NULL AND (state <= 2 OR state >= 10)"
        let late = try Row.fetchAll(
            db, sql: "SELECT id FROM jobs WHERE \(waits) AND expires_at <= ? ORDER BY expires_at, id LIMIT ?",
            arguments: [now.milliseconds, limit])
        let nexts = [
            try Int64.fetchOne(db, sql: "SELECT run_at FROM jobs WHERE state = 1 ORDER BY run_at LIMIT 1"),
            try Int64.fetchOne(
                db, sql: "SELECT expires_at FROM jobs WHERE \(waits) AND expires_at > ? ORDER BY expires_at LIMIT 1",
                // Where nobody is told of the late ones, they are what comes next.
                arguments: [limit > 0 ? now.milliseconds : .min]),
            late.count == limit && limit > 0 ? now.milliseconds : nil,
        ].compactMap { $0 }
        return Promotion(
            lanes: lanes.sorted(), next: nexts.min().map(Timestamp.init(milliseconds:)),
            late: late.compactMap { JobID(bytes: Self.bytes($0["id"])) })
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
                lastNominal: (row["last_nominal"] as Int64?).map(Timestamp.init(milliseconds:)),
                owner: row["owner"])
        }
    }
}

extension JobID {
    /// The blob that the store keeps, for statements off the hot path.
    var databaseValue: DatabaseValue { Data(bytes).databaseValue }
}

extension RetryPolicy {
    /// The column's text, `base,factor,cap,jitter`, and the list of waits where there is one, each after a semicolon.
    var stored: String {
        (["\(baseMilliseconds),\(factor),\(capMilliseconds),\(jitter)"] + delaysMilliseconds.map(String.init))
            .joined(separator: ";")
    }

    /// nil = the standard policy, which takes no room.
    var storedUnlessStandard: String? { self == .standard ? nil : stored }

    init?(stored: String) {
        let sections = stored.split(separator: ";")
        let parts = sections.first?.split(separator: ",") ?? []
        guard parts.count == 4, let base = Int64(parts[0]), let factor = Double(parts[1]), let cap = Int64(parts[2]),
            let jitter = Double(parts[3])
        else { return nil }
        self.init(
            baseMilliseconds: base, factor: factor, capMilliseconds: cap, jitter: jitter,
            delaysMilliseconds: sections.dropFirst().compactMap { Int64($0) })
    }
}
