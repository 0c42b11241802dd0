import Foundation
import GRDB
import KipCore

/// The wall clock as it stands on disk, and what was counted from one that was ahead.
extension SQLiteJobStore {
    /// A correction that is not at its end is void: what is counted from now on may be wrong, too.
    func noteClock(_ now: Timestamp, _ db: Database) throws {
        try ClockCursor.remove(db)
        try db.execute(sql: "INSERT OR REPLACE INTO clock (id, at) VALUES (1, ?)", arguments: [now.milliseconds])
    }

    /// The latest reading that was noted.
    public func latestClock() throws(StoreError) -> Timestamp? {
        try access { try Int64.fetchOne($0, sql: "SELECT at FROM clock").map(Timestamp.init(milliseconds:)) }
    }

    /// The latest time up to a moment that each schedule has fired for.
    public func lastFirings(upTo now: Timestamp) throws(StoreError) -> [String: Timestamp] {
        try access { try Self.lastFirings(upTo: now, $0) }
    }

    static func lastFirings(upTo now: Timestamp, _ db: Database) throws -> [String: Timestamp] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT name, (SELECT max(nominal) FROM firings WHERE schedule = name AND nominal <= ?) AS last
                FROM schedules
                """, arguments: [now.milliseconds])
        var last: [String: Timestamp] = [:]
        for row in rows { last[row["name"]] = (row["last"] as Int64?).map(Timestamp.init(milliseconds:)) }
        return last
    }

    /// Corrects a page of what was counted from a clock that was ahead. A crash between two pages loses nothing, and corrects
    /// nothing twice: how far it has come is written with each page. If the clock was put back once more since, all begins anew.
    /// - Returns: whether there are no others.
    func correctWaits(
        at now: Timestamp, limit: Int, _ occasion: CorrectionOccasion, _ db: Database
    ) throws -> Bool {
        let present = try occasion == .setBack ? nil : ClockCursor(db)
        var cursor = present.flatMap { $0.at <= now ? $0 : nil } ?? ClockCursor(step: .held)
        var left = limit
        while left > 0 {
            let looked =
                switch cursor.step {
                case .scheduled: try correctScheduled(at: now, limit: left, &cursor, db)
                case .held: try correctWaiting(.held, at: now, limit: left, &cursor, db)
                case .blocked: try correctWaiting(.blocked, at: now, limit: left, &cursor, db)
                case .keys: try correctKeys(at: now, limit: left, &cursor, db)
                }
            left -= looked
            if left > 0 {
                guard let next = cursor.step.next else {
                    try finishCorrection(at: now, db)
                    return true
                }
                cursor = ClockCursor(step: next)
            }
        }
        cursor.at = now
        try cursor.write(db)
        return false
    }

    private func finishCorrection(at now: Timestamp, _ db: Database) throws {
        // Several of one queue become one, which counts for all of them.
        try db.execute(
            sql: """
                INSERT INTO starts (queue, at, jobs)
                SELECT queue, ?1, sum(jobs) FROM starts WHERE at > ?1 GROUP BY queue
                ON CONFLICT (queue, at) DO UPDATE SET jobs = jobs + excluded.jobs
                """, arguments: [now.milliseconds])
        try db.execute(sql: "DELETE FROM starts WHERE at > ?", arguments: [now.milliseconds])
        // A restore on that clock knows nothing of times that are still to come.
        try db.execute(
            sql: "UPDATE schedules SET unproven_until = ?1 WHERE unproven_until > ?1", arguments: [now.milliseconds])
        try noteClock(now, db)
    }

    /// By their times: one that is corrected gets an earlier time and is not met again.
    private func correctScheduled(
        at now: Timestamp, limit: Int, _ cursor: inout ClockCursor, _ db: Database
    ) throws -> Int {
        let since = max(cursor.runAt, now.milliseconds)
        var rows = try Row.fetchAll(
            db, sql: "SELECT id, run_at FROM jobs WHERE state = 1 AND run_at = ? AND id > ? ORDER BY id LIMIT ?",
            arguments: [since, cursor.job, limit])
        rows += try Row.fetchAll(
            db, sql: "SELECT id, run_at FROM jobs WHERE state = 1 AND run_at > ? ORDER BY run_at, id LIMIT ?",
            arguments: [since, limit - rows.count])
        for row in rows { try correctWait(of: row["id"], at: now, db) }
        if let last = rows.last { (cursor.runAt, cursor.job) = (last["run_at"], last["id"]) }
        return rows.count
    }

    /// Jobs that wait for something else first: their parents, a place, a person.
    private func correctWaiting(
        _ state: JobState, at now: Timestamp, limit: Int, _ cursor: inout ClockCursor, _ db: Database
    ) throws -> Int {
        let ids = try Data.fetchAll(
            db, sql: "SELECT id FROM jobs WHERE state = \(state.rawValue) AND id > ? ORDER BY id LIMIT ?",
            arguments: [cursor.job, limit])
        for id in ids { try correctWait(of: id, at: now, db) }
        if let last = ids.last { cursor.job = last }
        return ids.count
    }

    /// A wait begins with the job, with the end of an attempt, or with a decision: with the last of these before its end.
    private func correctWait(of id: Data, at now: Timestamp, _ db: Database) throws {
        let start = """
            max(
                iif(created_at <= run_at, created_at, 0),
                coalesce((SELECT max(ended_at) FROM attempts WHERE job = jobs.id AND ended_at <= run_at), 0),
                coalesce((SELECT max(at) FROM decisions WHERE job = jobs.id AND at <= run_at), 0))
            """
        try db.cachedStatement(
            sql: "UPDATE jobs SET run_at = ?1 + run_at - \(start) WHERE id = ?2 AND run_at > ?1 AND \(start) > ?1"
        ).execute(arguments: [now.milliseconds, id])
    }

    /// A unique key for a period stands no longer than that: it was taken by now.
    private func correctKeys(at now: Timestamp, limit: Int, _ cursor: inout ClockCursor, _ db: Database) throws -> Int {
        let keys = try String.fetchAll(
            db, sql: "SELECT key FROM unique_keys WHERE key > ? ORDER BY key LIMIT ?", arguments: [cursor.key, limit])
        guard let last = keys.last else { return 0 }
        // Of a job that is gone it is not known how long: no key stands longer than the longest period.
        let period = "coalesce((SELECT nullif(unique_scope, 0) FROM jobs WHERE id = job), ?2)"
        try db.execute(
            sql: """
                UPDATE unique_keys SET until = ?1 + \(period) WHERE key > ?3 AND key <= ?4 AND until > ?1 + \(period)
                """, arguments: [now.milliseconds, Limits.farthestMilliseconds, cursor.key, last])
        cursor.key = last
        return keys.count
    }
}

/// How far a correction of times has come.
private struct ClockCursor {
    /// A held job may become blocked, and both scheduled, between two pages: so none escapes.
    enum Step: Int {
        case held, blocked, scheduled, keys

        var next: Step? { Step(rawValue: rawValue + 1) }
    }

    var step: Step
    /// What the clock showed with the last page.
    var at = Timestamp(milliseconds: .min)
    var runAt = Int64.min
    var job = Data()
    var key = ""

    init(step: Step) {
        self.step = step
    }

    /// The one that an earlier page has left; nil = there is none.
    init?(_ db: Database) throws {
        guard let row = try Row.fetchOne(db, sql: "SELECT step, at, run_at, job, key FROM clock_correction"),
            let step = Step(rawValue: row["step"])
        else { return nil }
        at = Timestamp(milliseconds: row["at"])
        (self.step, runAt, job, key) = (step, row["run_at"], row["job"], row["key"])
    }

    func write(_ db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO clock_correction (id, step, at, run_at, job, key) VALUES (1, ?, ?, ?, ?, ?)",
            arguments: [step.rawValue, at.milliseconds, runAt, job, key])
    }

    static func remove(_ db: Database) throws {
        try db.execute(sql: "DELETE FROM clock_correction")
    }
}
