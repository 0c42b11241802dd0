import GRDB

/// The statements that every job passes, prepared once.
struct HotStatements {
    let insertKey: HotStatement
    let findKey: HotStatement
    let deleteKey: HotStatement
    let insertJob: HotStatement
    let insertRecent: HotStatement
    let settle: SettleStatements
    let lease: HotStatement
    let finish: HotStatement
    let again: HotStatement
    let attempt: HotStatement
    let oldAttempts: HotStatement
    let available: HotStatement
    let states: HotStatement
    let identity: HotStatement
    let conditions: ConditionStatements

    static let stateOfJob = "SELECT state FROM jobs WHERE id = ?1"

    init(_ db: Database) throws {
        insertKey = try HotStatement(
            db, "INSERT OR IGNORE INTO unique_keys (key, job, fingerprint, until) VALUES (?1, ?2, ?3, ?4)")
        findKey = try HotStatement(db, "SELECT job, fingerprint, until FROM unique_keys WHERE key = ?1")
        deleteKey = try HotStatement(db, "DELETE FROM unique_keys WHERE key = ?1")
        insertJob = try HotStatement(
            db,
            """
            INSERT OR IGNORE INTO jobs
                (id, queue, kind, state, priority, run_at, max_attempts, timeout_ms, retry, unique_key, payload, created_at, attempt,
                worker, on_lost)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
            """)
        insertRecent = try HotStatement(db, "INSERT INTO recent (number, changes) VALUES (?1, ?2)")
        settle = try SettleStatements(db)
        lease = try HotStatement(
            db, "UPDATE jobs SET state = 3, attempt = ?2, worker = ?3 WHERE id = ?1 AND state IN (1, 2)")
        finish = try HotStatement(
            db,
            """
            UPDATE jobs SET state = ?2, failures = ?4, result = ?5, error = ?6, worker = ?7, finished_at = ?8
            WHERE id = ?1 AND state = 3 AND attempt = ?3
            """)
        again = try HotStatement(
            db,
            """
            UPDATE jobs SET state = ?2, failures = ?4, run_at = ?5, error = ?6, worker = NULL, losses = ?7, interruptions = ?8
            WHERE id = ?1 AND state = 3 AND attempt = ?3
            """)
        oldAttempts = try HotStatement(db, "DELETE FROM attempts WHERE job = ?1 AND attempt <= ?2")
        attempt = try HotStatement(
            db,
            "INSERT OR REPLACE INTO attempts (job, attempt, worker, ended_at, outcome, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        )
        available = try HotStatement(
            db,
            """
            SELECT \(WaitingJobColumns.list) FROM jobs
            WHERE state = 2 AND queue = ?1 AND kind = ?2 ORDER BY priority DESC, id LIMIT ?3
            """)
        states = try HotStatement(db, Self.stateOfJob)
        identity = try HotStatement(db, "SELECT kind, payload, redact FROM jobs WHERE id = ?1")
        conditions = try ConditionStatements(db)
    }
}

/// The columns that make a `WaitingJob`, in the order in which `SQLiteJobStore.waitingJob` reads them.
enum WaitingJobColumns {
    static let list = """
        id, priority, attempt, failures, max_attempts, timeout_ms, retry, created_at, payload, losses, interruptions, on_lost,
        expires_at, deadline, headers, run_at
        """
    static let count: Int32 = 16
}
