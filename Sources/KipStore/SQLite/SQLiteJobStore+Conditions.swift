import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// Writes what a new job asks for beside a worker, and puts it where it belongs.
    /// - Parameter state: where it was written: scheduled, available or running.
    func write(
        _ conditions: JobConditions, of draft: JobDraft, in state: JobState, at now: Timestamp, _ db: Database,
        _ writing: inout Writing
    ) throws -> WriteOutcome {
        try noteConditions(db)
        var table = self.conditions(db)
        let parents = try writeParents(conditions, of: draft, &writing, &table)
        try db.execute(
            sql: """
                UPDATE jobs SET expires_at = ?, deadline = ?, headers = ?, hold = ?, waits_for = ?, on_parent_failed = ?,
                    concurrency_key = ?, concurrency = ?, unique_scope = ?, redact = ?, keep_ms = ?
                WHERE id = ?
                """,
            arguments: [
                conditions.lastStart?.milliseconds, conditions.deadline?.milliseconds,
                conditions.headers.isEmpty ? nil : Data(conditions.headers), conditions.hold ? 1 : nil,
                parents.open == 0 ? nil : parents.open,
                conditions.after.isEmpty ? nil : conditions.onParentFailed.rawValue,
                conditions.concurrencyKey, conditions.concurrencyKey == nil ? nil : conditions.concurrency,
                conditions.uniqueScope.stored, conditions.redacts ? 1 : nil,
                conditions.keepMilliseconds == 0 ? nil : conditions.keepMilliseconds, draft.id.databaseValue,
            ])
        if let failed = parents.failed {
            try table.place(draft.id, .blocked)
            try table.cancel(draft.id, becauseOf: failed.id, failed.state, at: now)
            try ConditionRules.ended(draft.id, at: now, &table, &writing.freed)
            return .deferred
        }
        if state == .running || conditions.isReady { return .created }
        // Not yet one of those that have a place.
        try table.place(draft.id, .blocked)
        guard let facts = try table.facts(of: draft.id) else { return .deferred }
        let standing = try ConditionRules.standing(draft.id, facts, at: now, &table)
        try table.place(draft.id, standing)
        return standing == .available || standing == .scheduled ? .created : .deferred
    }

    /// - Returns: how many parents have not ended, and one that did not end well, where that matters.
    private func writeParents(
        _ conditions: JobConditions, of draft: JobDraft, _ writing: inout Writing, _ table: inout SQLiteConditionTable
    ) throws -> (open: Int, failed: (id: JobID, state: JobState)?) {
        var open = 0
        var failed: (JobID, JobState)?
        var known: Set<JobID> = []
        for (position, named) in conditions.after.enumerated() {
            let parent = writing.aliases[named] ?? named
            // Two names of one job.
            guard known.insert(parent).inserted else { continue }
            try writeRow(of: parent)
            // One that is gone (its key outlived it) is waited for no more.
            let state = try state(parent) ?? .succeeded
            var standing = ParentStanding.met
            if !state.isTerminal {
                standing = .open
                open += 1
            } else if state != .succeeded, conditions.onParentFailed == .cancel {
                standing = .failed
                open += 1
                failed = failed ?? (parent, state)
            }
            try table.insertParent(parent, of: draft.id, position: position, standing)
        }
        return (open, failed)
    }

    /// Whether jobs that came after others are still to be told of their ends.
    public func hasUntoldDependents() throws(StoreError) -> Bool {
        try access { try Bool.fetchOne($0, sql: "SELECT EXISTS (SELECT 1 FROM untold_dependents)") ?? false }
    }

    // MARK: Controls

    func write(_ control: Control, _ db: Database, _ entries: inout [JournalEntry]) throws {
        let bytes: [UInt8] = try control.wire.serializedBytes()
        try db.execute(
            sql: "INSERT OR REPLACE INTO controls (scope, name, control) VALUES (?, ?, ?)",
            arguments: [control.scope.rawValue, control.name, Data(bytes)])
        entries.append(JournalEntry(what: "control", key: control.words, by: control.changedBy))
    }

    /// What operators have said of queues and kinds.
    public func controls() throws(StoreError) -> [Control] {
        try access { db in
            try Data.fetchAll(db, sql: "SELECT control FROM controls ORDER BY scope, name").compactMap { bytes in
                (try? WireControl(serializedBytes: bytes)).flatMap { try? Control(wire: $0) }
            }
        }
    }

    func noteStart(_ queue: String, _ now: Timestamp, _ jobs: Int, _ since: Timestamp, _ db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO starts (queue, at, jobs) VALUES (?1, ?2, ?3)
                ON CONFLICT (queue, at) DO UPDATE SET jobs = jobs + ?3
                """, arguments: [queue, now.milliseconds, jobs])
        try db.execute(
            sql: "DELETE FROM starts WHERE queue = ? AND at < ?", arguments: [queue, since.milliseconds])
    }

    /// The starts that are counted against rates.
    public func starts() throws(StoreError) -> [QueueStarts] {
        try access { db in
            try Row.fetchAll(db, sql: "SELECT queue, at, jobs FROM starts ORDER BY queue, at").map { row in
                QueueStarts(
                    queue: row["queue"], at: Timestamp(milliseconds: row["at"]),
                    jobs: min(max(0, row["jobs"]), Limits.rate))
            }
        }
    }

    // MARK: Progress

    func write(_ note: ProgressNote, _ db: Database) throws {
        if note.fraction != nil || !note.text.isEmpty {
            try db.execute(
                sql: """
                    INSERT INTO progress (job, fraction, text) VALUES (?1, coalesce(?2, -1), ?3)
                    ON CONFLICT (job) DO UPDATE SET fraction = coalesce(?2, fraction), text = iif(?3 = '', text, ?3)
                    """, arguments: [note.job.databaseValue, note.fraction, note.text])
        }
        guard !note.lines.isEmpty else { return }
        var number =
            try Int.fetchOne(
                db, sql: "SELECT MAX(number) FROM job_log WHERE job = ?", arguments: [note.job.databaseValue]) ?? 0
        for line in note.lines {
            number += 1
            try db.execute(
                sql: "INSERT INTO job_log (job, number, attempt, at, text) VALUES (?, ?, ?, ?, ?)",
                arguments: [note.job.databaseValue, number, note.attempt, line.at.milliseconds, line.text])
        }
        try db.execute(
            sql: "DELETE FROM job_log WHERE job = ? AND number <= ?",
            arguments: [note.job.databaseValue, number - Limits.logLines])
    }

    // MARK: Pruning

    func prune(_ pruning: Pruning, _ db: Database) throws -> WriteOutcome {
        let (looked, isAll) = try lookedAt(pruning, db)
        guard let first = looked.first, let last = looked.last else { return .pruned(jobs: 0, next: nil) }
        let states = pruning.states.filter(\.isTerminal).map { String($0.rawValue) }.joined(separator: ", ")
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, unique_key FROM jobs
                WHERE id BETWEEN ?1 AND ?2 AND state IN (\(states))
                    AND iif(keep_ms IS NULL, finished_at < ?3, finished_at + keep_ms < ?4)
                    AND (?5 = '' OR kind = ?5) AND (?6 = '' OR queue = ?6)
                    AND NOT EXISTS (
                        SELECT 1 FROM parents JOIN jobs AS child ON child.id = parents.child
                        WHERE parents.parent = jobs.id AND child.state NOT IN (4, 5, 6, 7))
                    AND NOT EXISTS (SELECT 1 FROM untold_dependents WHERE untold_dependents.job = jobs.id)
                    AND NOT EXISTS (SELECT 1 FROM effects WHERE effects.job = jobs.id AND effects.state IN (1, 2))
                """,
            arguments: [
                first, last, pruning.before.milliseconds,
                pruning.now.milliseconds, pruning.kind, pruning.queue,
            ])
        for row in rows { try takeAway(row["id"], key: row["unique_key"], at: pruning.now, db) }
        return .pruned(jobs: rows.count, next: isAll ? nil : JobID(bytes: [UInt8](last)))
    }

    /// The jobs that a pruning looks at, and whether there are no others. The length of a payload is read without it.
    private func lookedAt(_ pruning: Pruning, _ db: Database) throws -> (ids: [Data], isAll: Bool) {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, length(payload) + coalesce(length(result), 0) AS bytes FROM jobs
                WHERE id > ? ORDER BY id LIMIT ?
                """, arguments: [pruning.from?.databaseValue ?? Data().databaseValue, pruning.limit])
        var ids: [Data] = []
        var bytes = 0
        while let row = try rows.next() {
            if bytes >= pruning.bytes { return (ids, false) }
            ids.append(row["id"])
            bytes += row["bytes"] as Int
        }
        return (ids, ids.count < pruning.limit)
    }

    /// A job with all that is known of it. A key that has had its time goes with it.
    private func takeAway(_ id: DatabaseValue, key: String?, at now: Timestamp, _ db: Database) throws {
        for (table, column) in [
            ("attempts", "job"), ("parents", "child"), ("progress", "job"), ("job_log", "job"), ("decisions", "job"),
            ("jobs", "id"),
        ] {
            try db.execute(sql: "DELETE FROM \(table) WHERE \(column) = ?", arguments: [id])
        }
        guard let key else { return }
        try db.execute(
            sql: "DELETE FROM unique_keys WHERE key = ? AND job = ? AND until <= ?",
            arguments: [key, id, now.milliseconds])
    }
}

/// How many jobs wait in queues that may only be so long. A queue is counted once a second, so that a producer that asks
/// again and again costs no scan for each time; in between what producers add is added, and what else comes or goes is not
/// seen.
struct QueueRooms {
    private struct Count {
        var waiting: Int
        var at: Timestamp
    }

    /// A queue is counted again after so many milliseconds.
    private static let again: Int64 = 1_000
    private var counts: [String: Count] = [:]

    mutating func forget() { counts = [:] }

    mutating func hasRoom(for claim: RoomClaim, _ db: Database) throws -> Bool {
        var count = try counted(claim, db)
        let fits = count.waiting + claim.adding.count <= claim.most
        if fits { count.waiting += claim.adding.count }
        counts[claim.queue] = count
        return fits
    }

    private func counted(_ claim: RoomClaim, _ db: Database) throws -> Count {
        if let count = counts[claim.queue],
            (0..<Self.again).contains(claim.at.milliseconds(since: count.at))
        {
            return count
        }
        return Count(waiting: try Self.waiting(in: claim.queue, atMost: claim.most, db), at: claim.at)
    }

    private static func waiting(in queue: String, atMost most: Int, _ db: Database) throws -> Int {
        try Int.fetchOne(
            db, sql: "SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE state = 2 AND queue = ? LIMIT ?)",
            arguments: [queue, most + 1]) ?? 0
    }
}
