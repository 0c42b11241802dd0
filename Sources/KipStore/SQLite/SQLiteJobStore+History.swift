import GRDB
import KipCore

/// What somebody decided of a job.
struct JobDecision {
    var job: JobID
    /// `cancelled`, `retried`, or what became of an effect.
    var what: String
    /// Empty = nobody said.
    var by: String
    var at: Timestamp
}

/// What the history of jobs and schedules tells beside attempts and firings.
extension SQLiteJobStore {
    /// It is taken away with its job.
    func note(_ decision: JobDecision, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO decisions (job, number, at, what, by)
                SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4 FROM decisions WHERE job = ?1
                """
        ).execute(arguments: [decision.job.databaseValue, decision.at.milliseconds, decision.what, decision.by])
    }

    static func decisions(_ db: Database, of job: JobID) throws -> [WireDecision] {
        try Row.fetchAll(
            db, sql: "SELECT * FROM decisions WHERE job = ? ORDER BY number", arguments: [job.databaseValue]
        ).map { row in
            var decision = WireDecision()
            decision.atMs = row["at"]
            decision.what = row["what"]
            decision.by = row["by"]
            return decision
        }
    }

    /// A line in a schedule's history that its nominal times know nothing of.
    func noteTrigger(of schedule: String, _ job: JobID, at now: Timestamp, by: String, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT OR IGNORE INTO triggers (schedule, at, job, by)
                SELECT ?, ?, id, ? FROM jobs WHERE id = ?
                """, arguments: [schedule, now.milliseconds, by, job.databaseValue])
    }

    /// The times that a schedule fired for, also by hand, the newest first.
    static func firings(_ db: Database, _ schedule: String, _ limit: Int) throws -> Answer {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT nominal, job, fired_at, 0 AS manual, '' AS by FROM firings WHERE schedule = ?1
                UNION ALL SELECT at, job, at, 1, by FROM triggers WHERE schedule = ?1
                ORDER BY 1 DESC, 4 LIMIT ?2
                """, arguments: [schedule, limit + 1])
        let firings = rows.prefix(limit).map { row in
            var firing = WireScheduleFirings.Firing()
            firing.nominalMs = row["nominal"]
            firing.jobID = (JobID(bytes: bytes(row["job"])) ?? JobID(high: 0, low: 0)).description
            firing.firedAtMs = row["fired_at"]
            firing.manual = row["manual"]
            firing.by = row["by"]
            return firing
        }
        return .firings(firings, more: rows.count > limit)
    }
}
