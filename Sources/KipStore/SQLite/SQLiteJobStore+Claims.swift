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
        let isOver = until.map { $0 <= now } ?? false
        guard try isOver || (draft.keyConflict == .replacePending && yields(holder, to: draft, at: now, db, &writing))
        else {
            return holder
        }
        hot.deleteKey.bind(key, at: 1)
        try hot.deleteKey.run()
        _ = try insertKey(key, for: draft, at: now)
        return nil
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
        try db.execute(
            sql: """
                UPDATE jobs SET state = 5, finished_at = ?1, error = 'another job has taken its unique key'
                WHERE id = ?2 AND kind = ?3 AND state IN (1, 2, 10, 11) AND attempt = 0
                """, arguments: [now.milliseconds, id.databaseValue, draft.kind])
        guard db.changesCount > 0 else { return false }
        writing.freed.withdrawn.append(id)
        try ended(id, at: now, db, &writing.freed)
        return true
    }

    /// Whether a job that has the key would make way.
    private func wouldYield(_ id: JobID, toKind kind: String, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db,
            sql: """
                SELECT EXISTS (
                    SELECT 1 FROM jobs WHERE id = ? AND kind = ? AND state IN (1, 2, 10, 11) AND attempt = 0)
                """, arguments: [id.databaseValue, kind]) ?? false
    }

    func check(_ claim: Claim, _ db: Database) throws -> WriteOutcome {
        for (position, key) in claim.keys.enumerated() {
            if let holder = try otherHolder(of: key, db) { return .keyTaken(position: position, by: holder) }
        }
        for parent in claim.parents where try state(parent) == nil { return .parentMissing(parent) }
        for room in claim.rooms where try !rooms.hasRoom(for: room, db) {
            // A message that is sent again needs none.
            if try room.adding.allSatisfy({ try state($0) != nil }) { continue }
            return .queueFull(queue: room.queue, most: room.most)
        }
        return .claimed
    }

    /// The job that has a key and does not let this one have it, or stand for it. A key of before fingerprints is of any.
    private func otherHolder(of claim: KeyClaim, _ db: Database) throws -> JobID? {
        hot.findKey.bind(claim.key, at: 1)
        defer { hot.findKey.reset() }
        guard try hot.findKey.step() else { return nil }
        let holder = hot.findKey.jobID(0)
        if try holder == claim.job || state(claim.job) != nil { return nil }
        let isSame = hot.findKey.isNull(1) || hot.findKey.integer(1) == Int(claim.fingerprint)
        switch claim.conflict {
        case .keepExisting: return nil
        case .refuse: if isSame { return nil }
        case .replacePending: if try isSame || wouldYield(holder, toKind: claim.kind, db) { return nil }
        case .reject: break
        }
        // The one that takes the key over says when that is.
        return hot.findKey.timestamp(2).map { $0 <= claim.at } ?? false ? nil : holder
    }

    /// A key that was just taken for a job whose id turned out to be there already.
    func giveUp(_ key: String, of id: JobID) throws {
        hot.conditions.freeKey.bind(key, at: 1)
        hot.conditions.freeKey.bind(id, at: 2)
        try hot.conditions.freeKey.run()
    }
}
