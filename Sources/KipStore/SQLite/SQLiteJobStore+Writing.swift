import GRDB
import KipCore

extension SQLiteJobStore {
    /// Writes a batch in one transaction; the commit fsyncs the log before it returns.
    public func apply(_ batch: [Mutation]) throws(StoreError) -> Applied {
        if let mustEnd { throw mustEnd }
        var writing = Writing(row: recent.begin())
        writing.outcomes.reserveCapacity(batch.count)
        log.clear()
        steps.beginBatch()
        let usedConditions = usesConditions
        var isCommitting = false
        var number: Int64?
        do {
            try beFullySynchronous()
            try queue.inTransaction(.immediate) { db in
                var skipped = 0
                for index in batch.indices {
                    if skipped > 0 {
                        skipped -= 1
                        if batch[index].hasOutcome { writing.outcomes.append(.skipped) }
                    } else if case .claim(let claim, let covered) = batch[index] {
                        if !claim.rooms.isEmpty { try writeAllRows(db) }
                        let outcome = try check(claim, db)
                        if outcome != .claimed { skipped = covered }
                        writing.outcomes.append(outcome)
                    } else {
                        try write(batch[index], db, &writing)
                    }
                }
                if !writing.entries.isEmpty { try journal.write(writing.entries, db) }
                if !log.isEmpty { try writeLog(row: writing.row) }
                // A database that lacks something does not catch up with the mark by what is written since.
                if mark.isDue, !journal.standing.isHeld { number = try HighWaterMark.advance(db) }
                isCommitting = true
                return .commit
            }
        } catch {
            journal.forget()
            recent.rollBack()
            usesConditions = usedConditions
            rooms.forget()
            let failure = note(Self.explain(error, path: path))
            // What a failed sync should have written is looked for by the next process.
            if isCommitting, mustEnd == nil { try overwriteFailedCommit(error) }
            throw failure
        }
        recent.commit(row: log.isEmpty ? nil : writing.row)
        journal.mirror()
        if let number { markNumber = number }
        if number != nil || !writing.entries.isEmpty { mark.write(markNumber, lines: journal.mirroredCount) }
        let outcomes =
            journal.isMirrored
            ? writing.outcomes : writing.outcomes.map { $0 == .standing(.begun) ? .unmirrored : $0 }
        return Applied(outcomes: outcomes, freed: writing.freed)
    }

    /// A commit that failed stands in the log, or a part of it: a restart would take it for one, until the next commit
    /// writes over it (sqlite.org/fileformat2.html, 4.1: what follows a frame with another checksum counts no more). So the
    /// next commit is made at once: then nothing was stored, which is what is said.
    /// - Throws: `StoreError.unknown` if that fails as well.
    private func overwriteFailedCommit(_ failure: any Error) throws(StoreError) {
        // A full disk has not taken all of the commit, and what it took of it is none.
        if (failure as? DatabaseError)?.resultCode == .SQLITE_FULL { return }
        do {
            try queue.inTransaction(.immediate) { db in
                try db.execute(sql: "INSERT OR REPLACE INTO marks (name) VALUES ('commit failed')")
                try db.execute(sql: "DELETE FROM marks WHERE name = 'commit failed'")
                return .commit
            }
        } catch {
            _ = note(Self.explain(error, path: path))
            throw .unknown(path: path, detail: Self.explain(failure, path: path).description)
        }
    }

    /// What a batch has come to so far.
    struct Writing {
        /// Of `recent`, which it writes where it has anything to say.
        var row = 0
        var outcomes: [WriteOutcome] = []
        var entries: [JournalEntry] = []
        var freed = Freed()
        /// Jobs of this batch that were there already under another id: what comes after them comes after that one.
        var aliases: [JobID: JobID] = [:]
    }

    private func writeLog(row: Int) throws {
        hot.insertRecent.bind(row, at: 1)
        try log.withUnsafeBytes { bytes throws(any Error) in
            try hot.insertRecent.run(with: bytes, at: 2)
        }
    }

    private func write(_ mutation: Mutation, _ db: Database, _ writing: inout Writing) throws {
        if let id = mutation.jobWithRow { try writeRow(of: id) }
        switch mutation {
        case .insert(let draft, let now, let worker):
            writing.outcomes.append(try insert(draft, at: now, worker: worker, db, &writing))
        case .lease(let id, let attempt, let worker):
            if leaseRecent(id, attempt, by: worker) { return }
            hot.lease.bind(id, at: 1)
            hot.lease.bind(attempt, at: 2)
            hot.lease.bind(worker, at: 3)
            try hot.lease.run()
        case .finish(let finish): if try !finishRecent(finish) { try write(finish, db, &writing) }
        case .again(let again): try write(again, db, &writing)
        case .park(let park):
            try write(park, db, &writing)
            writing.outcomes.append(.settled)
        case .cancel(let id, let now, let by): writing.outcomes.append(try cancel(id, at: now, by: by, db, &writing))
        case .revive(let id, let now, let by): writing.outcomes.append(try revive(id, at: now, by: by, db, &writing))
        case .release(let id, let now, let by): writing.outcomes.append(try release(id, at: now, by: by, db, &writing))
        case .expire(let id, let now): writing.outcomes.append(try expire(id, at: now, db, &writing))
        case .applySchedules(let schedules, let owner): try apply(schedules, of: owner, db)
        case .setKinds(let kinds): try set(kinds, db)
        case .storeSchedule(let schedule):
            try db.execute(
                sql: "UPDATE schedules SET definition = ?, next_at = ? WHERE name = ?",
                arguments: [schedule.definition, schedule.next?.milliseconds, schedule.name])
        case .fireSchedule(let name, let nominal, let next, let draft, let now, let skipsOverlap):
            try db.execute(
                sql: "UPDATE schedules SET next_at = ?, last_nominal = ? WHERE name = ?",
                arguments: [next?.milliseconds, nominal.milliseconds, name])
            writing.outcomes.append(try fire(name, nominal, draft, at: now, skipsOverlap: skipsOverlap, db, &writing))
        case .noteTrigger(let schedule, let job, let now, let by):
            let job = writing.aliases[job] ?? job
            try writeRow(of: job)
            try noteTrigger(of: schedule, job, at: now, by: by, db)
        case .beginEffect(let intent): writing.outcomes.append(try begin(intent, db, &writing.entries))
        case .settleEffect(let word): writing.outcomes.append(try settle(word, db, &writing))
        case .recordWorkerOwner(let owner): try write(owner, db)
        case .removeWorkerOwners(let workers): try removeOwners(of: workers, db)
        case .control(let control): try write(control, db, &writing.entries)
        case .start(let queue, let now, let jobs, let since): try noteStart(queue, now, jobs, since, db)
        case .noteClock(let now): try noteClock(now, db)
        case .correctWaits(let now, let limit, let occasion):
            let isAll = try correctWaits(at: now, limit: limit, occasion, db)
            let lastFirings = occasion == .nextPage ? nil : try Self.lastFirings(upTo: now, db)
            writing.outcomes.append(.waitsCorrected(lastFirings: lastFirings, isAll: isAll))
        case .tellDependents(let now):
            // What has ended in this batch has used up its own steps.
            steps.reset()
            var table = conditions(db)
            let isAll = try ConditionRules.goOn(at: now, &table, &writing.freed)
            writing.outcomes.append(.dependentsTold(isAll: isAll))
        case .progress(let note): try write(note, db)
        case .prune(let pruning):
            try writeAllRows(db)
            writing.outcomes.append(try prune(pruning, db))
        case .claim: break
        }
    }

    private func cancel(
        _ id: JobID, at now: Timestamp, by: String, _ db: Database, _ writing: inout Writing
    ) throws -> WriteOutcome {
        let waited = try state(id)?.waitsForPerson == true
        // What its attempts said stands with them.
        let outcome = try change(
            id, db,
            """
            UPDATE jobs SET state = 5, finished_at = ?1, error = coalesce(?3, error)
            WHERE id = ?2 AND state IN (1, 2, 3, 8, 9, 10, 11) RETURNING queue, kind
            """, now, by.isEmpty ? nil : Refusal.clipped("cancelled by \(by)"))
        if case .changed = outcome {
            try doubtEffects(of: id, db)
            try ended(id, at: now, db, &writing.freed)
            try note(JobDecision(job: id, what: "cancelled", by: by, at: now), db)
            if waited { writing.entries.append(JournalEntry(what: "cancel", job: id.description, by: by)) }
        }
        return outcome
    }

    private func revive(
        _ id: JobID, at now: Timestamp, by: String, _ db: Database, _ writing: inout Writing
    ) throws -> WriteOutcome {
        var table = conditions(db)
        if !ConditionRules.hasRoomToWake(&table) { return .postponed }
        if try !ConditionRules.mayWake(id, at: now, &table) { return .unchanged }
        let outcome = try change(
            id, db,
            """
            UPDATE jobs SET failures = 0, losses = 0, interruptions = 0, run_at = ?1, finished_at = NULL, worker = NULL,
                expires_at = NULL, deadline = NULL, error = iif(state = 5, NULL, error),
                state = iif(EXISTS (SELECT 1 FROM effects WHERE job = ?2 AND state IN (1, 2)), 8, 2)
            WHERE id = ?2 AND state IN (5, 6, 7, 9) RETURNING queue, kind
            """, now)
        if case .changed = outcome {
            if usesConditions {
                try ConditionRules.woken(id, at: now, &table, &writing.freed)
            } else if case .changed(let lane) = outcome, try state(id) == .available {
                writing.freed.lanes.insert(lane)
            }
            try note(JobDecision(job: id, what: "retried", by: by, at: now), db)
            writing.entries.append(JournalEntry(what: "retry", job: id.description, by: by))
        }
        return outcome
    }

    private func release(
        _ id: JobID, at now: Timestamp, by: String, _ db: Database, _ writing: inout Writing
    ) throws -> WriteOutcome {
        let row = try Row.fetchOne(
            db,
            sql: """
                UPDATE jobs SET hold = NULL, released_by = ?, released_at = ? WHERE id = ? AND state = 10
                RETURNING queue, kind
                """, arguments: [by, now.milliseconds, id.databaseValue])
        guard let row else { return .unchanged }
        var table = conditions(db)
        try ConditionRules.enter(id, at: now, &table, &writing.freed)
        writing.entries.append(JournalEntry(what: "release", job: id.description, by: by))
        return .changed(Lane(queue: row["queue"], kind: row["kind"]))
    }

    func expire(
        _ id: JobID, at now: Timestamp, _ db: Database, _ writing: inout Writing
    ) throws -> WriteOutcome {
        let outcome = try change(
            id, db,
            """
            UPDATE jobs SET state = 6, finished_at = ?1, error = 'it was too late to run'
            WHERE id = ?2 AND state IN (1, 2, 10, 11) AND expires_at <= ?1 RETURNING queue, kind
            """, now)
        if case .changed = outcome { try ended(id, at: now, db, &writing.freed) }
        return outcome
    }

    /// What the end of a job sets free, where any job of this database has conditions.
    func ended(_ id: JobID, at now: Timestamp, _ db: Database, _ freed: inout Freed) throws {
        guard usesConditions else { return }
        var table = conditions(db)
        try ConditionRules.ended(id, at: now, &table, &freed)
    }

    /// A job has left its worker without having ended.
    func left(_ id: JobID, at now: Timestamp, _ db: Database, _ freed: inout Freed) throws {
        guard usesConditions else { return }
        var table = conditions(db)
        try ConditionRules.left(id, at: now, &table, &freed)
    }

    /// - Parameter more: what the statement has after the moment and the id.
    private func change(
        _ id: JobID, _ db: Database, _ sql: String, _ now: Timestamp, _ more: (any DatabaseValueConvertible)?...
    ) throws -> WriteOutcome {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: sql), arguments: [now.milliseconds, id.databaseValue] + StatementArguments(more))
        guard let row else { return .unchanged }
        return .changed(Lane(queue: row["queue"], kind: row["kind"]))
    }

    func insert(
        _ draft: JobDraft, at now: Timestamp, worker: String?, _ db: Database, _ writing: inout Writing
    ) throws -> WriteOutcome {
        switch try identity(of: draft) {
        case .same: return .existing(draft.id)
        case .other: return .idTaken(draft.id)
        case .new: break
        }
        if let outcome = try insertRecent(draft, at: now, worker: worker, &writing) { return outcome }
        if let key = draft.uniqueKey, let holder = try take(key, for: draft, at: now, db, &writing) {
            if holder != draft.id { writing.aliases[draft.id] = holder }
            return .existing(holder)
        }
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
        job.bind(draft.retry.storedUnlessStandard, at: 9)
        job.bind(draft.uniqueKey, at: 10)
        job.bind(draft.payload, at: 11)
        job.bind(now, at: 12)
        job.bind(worker == nil ? 0 : 1, at: 13)
        job.bind(worker, at: 14)
        job.bind(draft.onWorkerLost.rawValue, at: 15)
        try job.run()
        note(written: draft.id)
        if job.changes == 1 {
            guard let conditions = draft.conditions else { return .created }
            return try write(conditions, of: draft, in: state, at: now, db, &writing)
        }
        if let key = draft.uniqueKey { try giveUp(key, of: draft.id) }
        return .existing(draft.id)
    }

    private func write(_ finish: Mutation.Finish, _ db: Database, _ writing: inout Writing) throws {
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
        let hasEnded = statement.changes == 1
        if !finish.error.isEmpty {
            try note(
                finish.id, finish.attempt, finish.worker, finish.at,
                outcome: finish.state == .dead ? "failed" : finish.state.name, finish.error)
        }
        if hasEnded { try ended(finish.id, at: finish.at, db, &writing.freed) }
    }

    private func write(_ again: Mutation.Again, _ db: Database, _ writing: inout Writing) throws {
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
        let hasLeft = statement.changes == 1 && again.runAt > again.at
        try note(again.id, again.attempt, again.worker, again.at, outcome: again.outcome, again.error)
        if hasLeft { try left(again.id, at: again.at, db, &writing.freed) }
    }

    private func write(_ park: Mutation.Park, _ db: Database, _ writing: inout Writing) throws {
        try db.execute(
            sql: """
                UPDATE jobs SET state = ?, failures = ?, losses = ?, interruptions = ?, error = ?, worker = ?
                WHERE id = ? AND state = 3 AND attempt = ?
                """,
            arguments: [
                park.state.rawValue, park.setbacks.failures, park.setbacks.losses, park.setbacks.interruptions,
                park.error, park.worker, park.id.databaseValue, park.attempt,
            ])
        guard db.changesCount > 0 else { return }
        try note(park.id, park.attempt, park.worker, park.at, outcome: park.outcome, park.error)
        try left(park.id, at: park.at, db, &writing.freed)
        guard park.state == .uncertain else { return }
        try doubtEffects(of: park.id, db)
        try free(park.id, at: park.at, db, &writing.freed)
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
        // Now and then is enough.
        guard attempt > Limits.attemptsKept, attempt.isMultiple(of: 16) else { return }
        hot.oldAttempts.bind(id, at: 1)
        hot.oldAttempts.bind(attempt - Limits.attemptsKept, at: 2)
        try hot.oldAttempts.run()
    }
}
