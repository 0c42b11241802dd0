import GRDB
import KipCore

extension SQLiteJobStore {
    /// Writes a batch in one transaction; the commit fsyncs the log before it returns.
    public func apply(_ batch: [Mutation]) throws(StoreError) -> [WriteOutcome] {
        var outcomes: [WriteOutcome] = []
        outcomes.reserveCapacity(batch.count)
        var entries: [JournalEntry] = []
        do {
            try queue.inTransaction(.immediate) { db in
                var skipped = 0
                for mutation in batch {
                    if skipped > 0 {
                        skipped -= 1
                        if mutation.hasOutcome { outcomes.append(.skipped) }
                    } else if case .claim(let claims, let covered) = mutation {
                        let outcome = try claim(claims)
                        if case .keyTaken = outcome { skipped = covered }
                        outcomes.append(outcome)
                    } else {
                        try write(mutation, db, &outcomes, &entries)
                    }
                }
                if !entries.isEmpty { try journal.write(entries, db) }
                return .commit
            }
        } catch {
            journal.forget()
            throw Self.explain(error, path: path)
        }
        journal.mirror()
        if journal.isMirrored { return outcomes }
        return outcomes.map { $0 == .standing(.begun) ? .unmirrored : $0 }
    }

    private func write(
        _ mutation: Mutation, _ db: Database, _ outcomes: inout [WriteOutcome], _ entries: inout [JournalEntry]
    ) throws {
        switch mutation {
        case .insert(let draft, let now, let worker):
            outcomes.append(try insert(draft, at: now, worker: worker))
        case .lease(let id, let attempt, let worker):
            hot.lease.bind(id, at: 1)
            hot.lease.bind(attempt, at: 2)
            hot.lease.bind(worker, at: 3)
            try hot.lease.run()
        case .finish(let finish):
            try write(finish)
        case .again(let again):
            try write(again)
        case .park(let park):
            outcomes.append(.settled(freed: try write(park, db)))
        case .cancel(let id, let now, let by):
            outcomes.append(try cancel(id, at: now, by: by, db, &entries))
        case .revive(let id, let now, let by):
            outcomes.append(try revive(id, at: now, by: by, db, &entries))
        case .applySchedules(let schedules):
            try apply(schedules, db)
        case .storeSchedule(let schedule):
            try db.execute(
                sql: "UPDATE schedules SET definition = ?, next_at = ? WHERE name = ?",
                arguments: [schedule.definition, schedule.next?.milliseconds, schedule.name])
        case .fireSchedule(let name, let nominal, let next, let draft, let now, let skipsOverlap):
            try db.execute(
                sql: "UPDATE schedules SET next_at = ?, last_nominal = ? WHERE name = ?",
                arguments: [next?.milliseconds, nominal.milliseconds, name])
            outcomes.append(try fire(name, nominal, draft, at: now, skipsOverlap: skipsOverlap, db))
        case .beginEffect(let intent):
            outcomes.append(.standing(try begin(intent, db, &entries)))
        case .settleEffect(let word):
            outcomes.append(try settle(word, db, &entries))
        case .claim: break
        }
    }

    private func cancel(
        _ id: JobID, at now: Timestamp, by: String, _ db: Database, _ entries: inout [JournalEntry]
    ) throws -> WriteOutcome {
        let waited = try state(id)?.waitsForPerson == true
        let outcome = try change(
            id, db,
            "UPDATE jobs SET state = 5, finished_at = ? WHERE id = ? AND state IN (1, 2, 3, 8, 9) RETURNING queue, kind",
            now)
        if case .changed = outcome {
            try doubtEffects(of: id, db)
            if waited { entries.append(JournalEntry(what: "cancel", job: id.description, by: by)) }
        }
        return outcome
    }

    private func revive(
        _ id: JobID, at now: Timestamp, by: String, _ db: Database, _ entries: inout [JournalEntry]
    ) throws -> WriteOutcome {
        let outcome = try change(
            id, db,
            """
            UPDATE jobs SET failures = 0, losses = 0, interruptions = 0, run_at = ?1, finished_at = NULL, worker = NULL,
                state = iif(EXISTS (SELECT 1 FROM effects WHERE job = ?2 AND state IN (1, 2)), 8, 2)
            WHERE id = ?2 AND state IN (5, 6, 7, 9) RETURNING queue, kind
            """, now)
        if case .changed = outcome { entries.append(JournalEntry(what: "retry", job: id.description, by: by)) }
        return outcome
    }

    /// One line for a nominal time. It stays when the job is gone.
    private func fire(
        _ name: String, _ nominal: Timestamp, _ draft: JobDraft, at now: Timestamp, skipsOverlap: Bool, _ db: Database
    ) throws -> WriteOutcome {
        let present = try Row.fetchOne(
            db, sql: "SELECT job FROM firings WHERE schedule = ? AND nominal = ?",
            arguments: [name, nominal.milliseconds])
        if let present { return .existing(JobID(bytes: Self.bytes(present["job"])) ?? draft.id) }
        if skipsOverlap, let last = try Self.lastFiring(of: name, db), last.state?.isTerminal == false {
            try db.execute(
                sql: "UPDATE schedules SET last_nominal = ? WHERE name = ?", arguments: [last.nominal, name])
            return .overlaps(last.job)
        }
        let outcome = try insert(draft, at: now)
        let job = if case .existing(let holder) = outcome { holder } else { draft.id }
        try db.execute(
            sql: "INSERT INTO firings (schedule, nominal, job, fired_at) VALUES (?, ?, ?, ?)",
            arguments: [name, nominal.milliseconds, job.databaseValue, now.milliseconds])
        return outcome
    }

    private func change(_ id: JobID, _ db: Database, _ sql: String, _ now: Timestamp) throws -> WriteOutcome {
        let row = try Row.fetchOne(db, sql: sql, arguments: [now.milliseconds, id.databaseValue])
        guard let row else { return .unchanged }
        return .changed(Lane(queue: row["queue"], kind: row["kind"]))
    }

    private func insert(_ draft: JobDraft, at now: Timestamp, worker: String? = nil) throws -> WriteOutcome {
        if let key = draft.uniqueKey, let holder = try take(key, for: draft) { return .existing(holder) }
        let job = hot.insertJob
        job.bind(draft.id, at: 1)
        job.bind(draft.queue, at: 2)
        job.bind(draft.kind, at: 3)
        let state: JobState = worker != nil ? .running : draft.runAt > now ? .scheduled : .available
        job.bind(state.rawValue, at: 4)
        job.bind(draft.priority, at: 5)
        job.bind(draft.runAt, at: 6)
        job.bind(draft.maxAttempts, at: 7)
        job.bind(Int(draft.timeoutMilliseconds), at: 8)
        job.bind(draft.retry == .standard ? nil : draft.retry.stored, at: 9)
        job.bind(draft.uniqueKey, at: 10)
        job.bind(draft.payload, at: 11)
        job.bind(now, at: 12)
        job.bind(worker == nil ? 0 : 1, at: 13)
        job.bind(worker, at: 14)
        job.bind(draft.onWorkerLost.rawValue, at: 15)
        try job.run()
        if job.changes == 1 { return .created }
        if let key = draft.uniqueKey { try giveUp(key) }
        return .existing(draft.id)
    }

    /// Takes a unique key.
    /// - Returns: the job that has it already; nil where it is now this job's.
    private func take(_ key: String, for draft: JobDraft) throws -> JobID? {
        hot.insertKey.bind(key, at: 1)
        hot.insertKey.bind(draft.id, at: 2)
        hot.insertKey.bind(Int(draft.fingerprint), at: 3)
        try hot.insertKey.run()
        if hot.insertKey.changes == 1 { return nil }
        hot.findKey.bind(key, at: 1)
        defer { hot.findKey.reset() }
        return try hot.findKey.step() ? hot.findKey.jobID(0) : nil
    }

    /// Whether the keys are free, or belong to jobs of the same fingerprint. A key of before fingerprints is of any.
    private func claim(_ claims: [KeyClaim]) throws -> WriteOutcome {
        for (position, claim) in claims.enumerated() {
            hot.findKey.bind(claim.key, at: 1)
            defer { hot.findKey.reset() }
            guard try hot.findKey.step(), !hot.findKey.isNull(1) else { continue }
            if hot.findKey.integer(1) != Int(claim.fingerprint) {
                return .keyTaken(position: position, by: hot.findKey.jobID(0))
            }
        }
        return .claimed
    }

    /// A key that was just taken for a job whose id turned out to be there already.
    private func giveUp(_ key: String) throws {
        hot.deleteKey.bind(key, at: 1)
        try hot.deleteKey.run()
    }

    private func write(_ finish: Mutation.Finish) throws {
        let statement = hot.finish
        statement.bind(finish.id, at: 1)
        statement.bind(finish.state.rawValue, at: 2)
        statement.bind(finish.attempt, at: 3)
        statement.bind(finish.setbacks.failures, at: 4)
        statement.bind(finish.result, at: 5)
        statement.bind(finish.error.isEmpty ? nil : finish.error, at: 6)
        statement.bind(finish.worker, at: 7)
        statement.bind(finish.at, at: 8)
        try statement.run()
        if !finish.error.isEmpty {
            try note(
                finish.id, finish.attempt, finish.worker, finish.at,
                outcome: finish.state == .dead ? "failed" : finish.state.name, finish.error)
        }
    }

    private func write(_ again: Mutation.Again) throws {
        let statement = hot.again
        statement.bind(again.id, at: 1)
        statement.bind((again.runAt > again.at ? JobState.scheduled : .available).rawValue, at: 2)
        statement.bind(again.attempt, at: 3)
        statement.bind(again.setbacks.failures, at: 4)
        statement.bind(again.runAt, at: 5)
        statement.bind(again.error.isEmpty ? nil : again.error, at: 6)
        statement.bind(again.setbacks.losses, at: 7)
        statement.bind(again.setbacks.interruptions, at: 8)
        try statement.run()
        try note(again.id, again.attempt, again.worker, again.at, outcome: again.outcome, again.error)
    }

    private func write(_ park: Mutation.Park, _ db: Database) throws -> Lane? {
        try db.execute(
            sql: """
                UPDATE jobs SET state = ?, failures = ?, losses = ?, interruptions = ?, error = ?, worker = ?
                WHERE id = ? AND state = 3 AND attempt = ?
                """,
            arguments: [
                park.state.rawValue, park.setbacks.failures, park.setbacks.losses, park.setbacks.interruptions,
                park.error, park.worker, park.id.databaseValue, park.attempt,
            ])
        guard db.changesCount > 0 else { return nil }
        try note(park.id, park.attempt, park.worker, park.at, outcome: park.outcome, park.error)
        guard park.state == .uncertain else { return nil }
        try doubtEffects(of: park.id, db)
        return try free(park.id, at: park.at, db)
    }

    private func note(
        _ id: JobID, _ attempt: Int, _ worker: String, _ at: Timestamp, outcome: String, _ error: String
    ) throws {
        hot.attempt.bind(id, at: 1)
        hot.attempt.bind(attempt, at: 2)
        hot.attempt.bind(worker, at: 3)
        hot.attempt.bind(at, at: 4)
        hot.attempt.bind(outcome, at: 5)
        hot.attempt.bind(error, at: 6)
        try hot.attempt.run()
    }

    private func apply(_ schedules: [StoredSchedule], _ db: Database) throws {
        let names = schedules.map(\.name)
        for name in try String.fetchAll(db, sql: "SELECT name FROM schedules") where !names.contains(name) {
            try db.execute(sql: "DELETE FROM schedules WHERE name = ?", arguments: [name])
        }
        for schedule in schedules {
            try db.execute(
                sql: """
                    INSERT INTO schedules (name, definition, next_at, last_nominal) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT (name) DO UPDATE SET definition = ?2, next_at = ?3
                    """,
                arguments: [
                    schedule.name, schedule.definition, schedule.next?.milliseconds, schedule.lastNominal?.milliseconds,
                ])
        }
    }
}
