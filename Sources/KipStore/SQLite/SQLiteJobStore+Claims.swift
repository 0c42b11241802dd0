import GRDB
import KipCore

/// Unique keys, and what else the jobs of a message need to find.
extension SQLiteJobStore {
    /// Takes a unique key.
    /// - Returns: the job that has it already; nil where it is now this job's.
    func take(
        _ key: String, for draft: JobDraft, at now: Timestamp, _ db: Database, _ writing: inout Writing
    ) throws -> JobID? {
        if try insertKey(key, for: draft, at: now) { return nil }
        guard let (holder, until) = try holder(of: key) else { return nil }
        // A job that is sent again stands for itself, whoever has its key by now.
        if try holder == draft.id || state(draft.id) != nil { return draft.id }
        let isOver = try until.map { $0 <= now } ?? expires(holder, at: now, db, &writing)
        guard try isOver || (draft.keyConflict == .replacePending && yields(holder, to: draft, at: now, db, &writing))
        else {
            return holder
        }
        hot.deleteKey.bind(key, at: 1)
        try hot.deleteKey.run()
        _ = try insertKey(key, for: draft, at: now)
        return nil
    }

    /// A job that has a key in vain expires before another gets the key: its own turn may come much later.
    private func expires(
        _ id: JobID, at now: Timestamp, _ db: Database, _ writing: inout Writing
    ) throws -> Bool {
        var table = conditions(db)
        guard try ConditionRules.holdsKeyInVain(id, at: now, &table) else { return false }
        guard case .changed(let lane) = try expire(id, at: now, db, &writing) else { return false }
        writing.freed.withdrawn.append(LaneJob(id: id, lane: lane))
        return true
    }

    private func insertKey(_ key: String, for draft: JobDraft, at now: Timestamp) throws -> Bool {
        hot.insertKey.bind(key, at: 1)
        hot.insertKey.bind(draft.id, at: 2)
        hot.insertKey.bind(Int(draft.fingerprint), at: 3)
        hot.insertKey.bind(draft.conditions?.uniqueScope.until(now), at: 4)
        try hot.insertKey.run()
        return hot.insertKey.changes == 1
    }

    private func holder(of key: String) throws -> (JobID, until: Timestamp?)? {
        hot.findKey.bind(key, at: 1)
        defer { hot.findKey.reset() }
        return try hot.findKey.step() ? (hot.findKey.jobID(0), hot.findKey.timestamp(2)) : nil
    }

    /// A job that has not begun makes way for another with its unique key.
    private func yields(
        _ id: JobID, to draft: JobDraft, at now: Timestamp, _ db: Database, _ writing: inout Writing
    ) throws -> Bool {
        try db.cachedStatement(
            sql: """
                UPDATE jobs SET state = 5, finished_at = ?1, error = 'another job has taken its unique key'
                WHERE id = ?2 AND kind = ?3 AND queue = ?4 AND state IN (1, 2, 10, 11) AND attempt = 0
                """
        ).execute(arguments: [now.milliseconds, id.databaseValue, draft.kind, draft.queue])
        guard db.changesCount > 0 else { return false }
        writing.freed.withdrawn.append(
            LaneJob(id: id, lane: Lane(queue: draft.queue, kind: draft.kind)))
        try ended(id, at: now, db, &writing.freed)
        return true
    }

    /// Whether a job that has the key would make way.
    private func wouldYield(_ id: JobID, to lane: Lane, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS (
                        SELECT 1 FROM jobs
                        WHERE id = ? AND kind = ? AND queue = ? AND state IN (1, 2, 10, 11) AND attempt = 0)
                    """), arguments: [id.databaseValue, lane.kind, lane.queue]) ?? false
    }

    func check(_ claim: Claim, _ db: Database) throws -> WriteOutcome {
        for job in claim.jobs where try identity(of: job) == .other { return .idTaken(job.id) }
        for (position, key) in claim.keys.enumerated() {
            if let taken = try otherHolder(of: key, db) { return .keyTaken(position: position, by: taken.job) }
        }
        for claimed in claim.parents {
            if try !isThere(claimed, db), try state(claimed.child) == nil {
                return .parentMissing(claimed.parent)
            }
        }
        for room in claim.rooms where try !rooms.hasRoom(for: room, db) {
            // A message that is sent again needs none.
            if try room.adding.allSatisfy({ try state($0) != nil }) { continue }
            return .queueFull(queue: room.queue, most: room.most)
        }
        return .claimed
    }

    /// A job that has a key that a claim wants.
    private struct OtherHolder {
        /// nil = the claim's owner may not see it.
        var job: JobID?
    }

    /// The job that has a key and does not let this one have it, or stand for it. A key of before fingerprints is of any.
    /// - Returns: nil where the key is free or the claim's; the job is nil where it may not be named.
    private func otherHolder(of claim: KeyClaim, _ db: Database) throws -> OtherHolder? {
        hot.findKey.bind(claim.key, at: 1)
        defer { hot.findKey.reset() }
        guard try hot.findKey.step() else { return nil }
        let holder = hot.findKey.jobID(0)
        if try holder == claim.job || state(claim.job) != nil { return nil }
        // The one that takes the key over says when that is.
        var table = conditions(db)
        let isOver =
            try hot.findKey.timestamp(2).map { $0 <= claim.at }
            ?? ConditionRules.holdsKeyInVain(holder, at: claim.at, &table)
        let isSame = hot.findKey.isNull(1) || hot.findKey.integer(1) == Int(claim.fingerprint)
        if isOver { return nil }
        guard try isAmong(claim.shareable, holder, isSame: isSame, db) else { return OtherHolder(job: nil) }
        switch claim.conflict {
        case .keepExisting: return nil
        case .refuse: if isSame { return nil }
        case .replacePending: if try isSame || wouldYield(holder, to: claim.lane, db) { return nil }
        case .reject: break
        }
        return OtherHolder(job: try isAmong(claim.visible, holder, isSame: isSame, db) ? holder : nil)
    }

    /// Whether the job that has a key is one of some. A job that is gone is of the claim's kind if it was the same.
    private func isAmong(
        _ jobs: JobVisibility?, _ holder: JobID, isSame: Bool, _ db: Database
    ) throws -> Bool {
        guard let jobs else { return true }
        return try lane(of: holder, db).map(jobs.includes) ?? isSame
    }

    /// Whether a job may come after another: it is there, and may be seen.
    private func isThere(_ claim: ParentClaim, _ db: Database) throws -> Bool {
        guard let visible = claim.visible else { return try state(claim.parent) != nil }
        return try lane(of: claim.parent, db).map(visible.includes) ?? false
    }

    /// Where a job waits or waited; nil = there is none of this id.
    func lane(of id: JobID, _ db: Database) throws -> Lane? {
        if let job = recent[id] { return Lane(queue: job.draft.queue, kind: job.draft.kind) }
        return try Row.fetchOne(db, sql: "SELECT queue, kind FROM jobs WHERE id = ?", arguments: [id.databaseValue])
            .map { Lane(queue: $0["queue"], kind: $0["kind"]) }
    }

    /// A key that was just taken for a job whose id turned out to be there already.
    func giveUp(_ key: String, of id: JobID) throws {
        hot.conditions.freeKey.bind(key, at: 1)
        hot.conditions.freeKey.bind(id, at: 2)
        try hot.conditions.freeKey.run()
    }
}
