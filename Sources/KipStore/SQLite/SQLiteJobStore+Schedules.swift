import GRDB
import KipCore

/// Firings of schedules, and the sets of schedules that owners apply.
extension SQLiteJobStore {
    /// One line for a nominal time. It stays when the job is gone.
    func fire(
        _ name: String, _ nominal: Timestamp, _ draft: JobDraft, at now: Timestamp, skipsOverlap: Bool, _ db: Database,
        _ writing: inout Writing
    ) throws -> WriteOutcome {
        let present = try Row.fetchOne(
            db, sql: "SELECT job FROM firings WHERE schedule = ? AND nominal = ?",
            arguments: [name, nominal.milliseconds])
        if let present { return .existing(JobID(bytes: Self.bytes(present["job"])) ?? draft.id) }
        if skipsOverlap, let last = try Self.lastFiring(of: name, before: nominal, db), last.state?.isTerminal == false
        {
            try db.execute(
                sql: "UPDATE schedules SET last_nominal = ? WHERE name = ?", arguments: [last.nominal, name])
            return .overlaps(last.job)
        }
        let outcome = try insert(draft, at: now, worker: nil, db, &writing)
        let job = if case .existing(let holder) = outcome { holder } else { draft.id }
        // The next firing looks for it there.
        try writeRow(of: job)
        try db.execute(
            sql: "INSERT INTO firings (schedule, nominal, job, fired_at) VALUES (?, ?, ?, ?)",
            arguments: [name, nominal.milliseconds, job.databaseValue, now.milliseconds])
        if case .existing = outcome { return outcome }
        guard try isUnproven(nominal, of: name, db) else { return outcome }
        try quarantine(job, at: now, db, &writing)
        return .quarantined(job)
    }

    /// The database was restored, and the time may have fired after the backup.
    private func isUnproven(_ nominal: Timestamp, of name: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db, sql: "SELECT unproven_until >= ? FROM schedules WHERE name = ?",
            arguments: [nominal.milliseconds, name])
            ?? false
    }

    /// A person decides about a job that may have been done.
    private func quarantine(_ job: JobID, at now: Timestamp, _ db: Database, _ writing: inout Writing) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = 9, error = 'restored, and nothing proves that this time had not fired before'
                WHERE id = ?
                """, arguments: [job.databaseValue])
        try left(job, at: now, db, &writing.freed)
    }

    /// The schedules of an owner become these; those of others stay.
    func apply(_ schedules: [StoredSchedule], of owner: String, _ db: Database) throws {
        let names = Set(schedules.map(\.name))
        let present = try String.fetchAll(db, sql: "SELECT name FROM schedules WHERE owner = ?", arguments: [owner])
        for name in present where !names.contains(name) {
            try db.execute(sql: "DELETE FROM schedules WHERE name = ?", arguments: [name])
        }
        for schedule in schedules {
            try db.execute(
                sql: """
                    INSERT INTO schedules (name, definition, next_at, last_nominal, owner) VALUES (?1, ?2, ?3, ?4, ?5)
                    ON CONFLICT (name) DO UPDATE SET definition = ?2, next_at = ?3, owner = ?5
                    """,
                arguments: [
                    schedule.name, schedule.definition, schedule.next?.milliseconds, schedule.lastNominal?.milliseconds,
                    owner,
                ])
        }
    }
}
