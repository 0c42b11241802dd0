import Foundation
import GRDB
import KipCore

extension SQLiteJobStore {
    /// A handler's intent, unless its key is taken.
    func begin(_ intent: EffectIntent, _ db: Database, _ entries: inout [JournalEntry]) throws -> WriteOutcome {
        if let row = try Row.fetchOne(db, sql: "SELECT * FROM effects WHERE key = ?", arguments: [intent.key]) {
            switch WireEffectState(rawValue: row["state"]) {
            case .effectDone: return .standing(.done(receipt: Self.bytes(row["receipt"])))
            case .effectUndone: break
            default:
                let isSame = row["job"] == intent.job.databaseValue && row["attempt"] == intent.attempt
                if isSame, row["state"] == WireEffectState.effectBegun.rawValue { return .standing(.begun) }
                let holder = JobID(bytes: Self.bytes(row["job"])) ?? intent.job
                return .effectInDoubt(job: holder, lane: try lane(of: holder, db))
            }
        }
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO effects (key, state, job, attempt, worker, worker_key, begun_at)
                VALUES (?, 1, ?, ?, ?, ?, ?)
                """,
            arguments: [
                intent.key, intent.job.databaseValue, intent.attempt, intent.worker.id,
                intent.worker.credential?.publicKey ?? "", intent.at.milliseconds,
            ])
        entries.append(
            JournalEntry(
                what: "effect-begun", key: intent.key, job: intent.job.description, attempt: intent.attempt,
                by: intent.worker.id, worker: intent.worker))
        return .standing(.begun)
    }

    /// Somebody says what became of an effect.
    func settle(_ word: EffectWord, _ db: Database, _ writing: inout Writing) throws -> WriteOutcome {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM effects WHERE key = ?", arguments: [word.key]),
            let job = JobID(bytes: Self.bytes(row["job"])), let state = WireEffectState(rawValue: row["state"])
        else { return .unchanged }
        let attempt: Int = row["attempt"]
        let owner = EffectOwner(job: job, attempt: attempt, worker: row["worker"], publicKey: row["worker_key"])
        switch EffectRule.judge(word, of: owner, in: state) {
        case .stands: return .settled
        case .refused(let isContradiction):
            if try isContradiction && hasRun(word, db) {
                writing.entries.append(entry("effect-contradicted", word, job, attempt))
            }
            return .unchanged
        case .accepted: break
        }
        var receipt: Data?
        if case .done(let bytes) = word.settlement { receipt = Data(bytes) }
        try db.execute(
            sql: "UPDATE effects SET state = ?, settled_at = ?, settled_by = ?, receipt = ? WHERE key = ?",
            arguments: [
                (receipt == nil ? WireEffectState.effectUndone : .effectDone).rawValue, word.at.milliseconds, word.by,
                receipt, word.key,
            ])
        writing.entries.append(entry(receipt == nil ? "effect-undone" : "effect-done", word, job, attempt))
        let isFree = try free(job, at: word.at, db, &writing.freed)
        if word.isDecision || isFree {
            let what = "effect “\(word.key)” \(receipt == nil ? "did not happen" : "happened")"
            try note(JobDecision(job: job, what: what, by: word.by, at: word.at), db)
        }
        return .settled
    }

    /// Whether the worker that reports on an effect ran the attempt that it speaks of: another's report is not worth a line
    /// of the journal.
    private func hasRun(_ word: EffectWord, _ db: Database) throws -> Bool {
        guard case .handler(let job, let attempt, let worker) = word.speaker else { return false }
        return try Bool.fetchOne(
            db, sql: "SELECT EXISTS (SELECT 1 FROM attempts WHERE job = ? AND attempt = ? AND worker = ?)",
            arguments: [job.databaseValue, attempt, worker.id]) ?? false
    }

    private func entry(_ what: String, _ word: EffectWord, _ job: JobID, _ attempt: Int) -> JournalEntry {
        var receipt: String?
        if case .done(let bytes) = word.settlement { receipt = Data(bytes).base64EncodedString() }
        return JournalEntry(
            what: what, key: word.key, job: job.description, attempt: attempt, by: word.by, receipt: receipt,
            worker: word.worker)
    }

    /// An uncertain job without open effects waits again.
    /// - Returns: whether there was one.
    @discardableResult
    func free(_ job: JobID, at now: Timestamp, _ db: Database, _ freed: inout Freed) throws -> Bool {
        let row = try Row.fetchOne(
            db,
            sql: """
                UPDATE jobs SET state = 2, run_at = ?1, worker = NULL
                WHERE id = ?2 AND state = 8
                    AND NOT EXISTS (SELECT 1 FROM effects WHERE job = ?2 AND state IN (1, 2))
                RETURNING queue, kind
                """, arguments: [now.milliseconds, job.databaseValue])
        guard let row else { return false }
        if usesConditions {
            var table = conditions(db)
            try ConditionRules.arrive(job, at: now, &table, &freed)
        } else {
            freed.lanes.insert(Lane(queue: row["queue"], kind: row["kind"]))
        }
        return true
    }

    /// The job runs no more: nobody but a reconciler or a person can tell what became of its effects.
    func doubtEffects(of job: JobID, _ db: Database) throws {
        try db.execute(
            sql: "UPDATE effects SET state = 2 WHERE job = ? AND state = 1", arguments: [job.databaseValue])
    }

    /// The effects that have neither receipt nor refusal.
    public func openEffects() throws(StoreError) -> [OpenEffect] {
        try access { db in
            try Row.fetchAll(db, sql: "SELECT key, job, attempt, state FROM effects WHERE state IN (1, 2) ORDER BY key")
                .compactMap { row in
                    guard let job = JobID(bytes: Self.bytes(row["job"])) else { return nil }
                    return OpenEffect(
                        key: row["key"], job: job, attempt: row["attempt"],
                        isUncertain: row["state"] == WireEffectState.effectUncertain.rawValue)
                }
        }
    }

    static func effects(_ db: Database, _ state: WireEffectState, _ prefix: String, _ limit: Int) throws -> Answer {
        var conditions = ["substr(key, 1, length(?)) = ?"]
        if state != .unspecified { conditions.append("state = \(state.rawValue)") }
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT * FROM effects WHERE \(conditions.joined(separator: " AND "))
                ORDER BY begun_at DESC, key LIMIT ?
                """, arguments: [prefix, prefix, limit + 1])
        var found: [WireEffect] = []
        var bytes = 0
        while let row = try rows.next() {
            let effect = wireEffect(row)
            bytes += effect.receipt.count + effect.key.utf8.count
            if found.count == limit || (!found.isEmpty && bytes > Limits.effectListBytes) {
                return .effects(found, more: true)
            }
            found.append(effect)
        }
        return .effects(found, more: false)
    }

    static func effect(_ db: Database, _ key: String) throws -> WireEffect? {
        try Row.fetchOne(db, sql: "SELECT * FROM effects WHERE key = ?", arguments: [key]).map(wireEffect)
    }

    private static func wireEffect(_ row: Row) -> WireEffect {
        var effect = WireEffect()
        effect.key = row["key"]
        effect.state = WireEffectState(rawValue: row["state"]) ?? .unspecified
        effect.jobID = (JobID(bytes: bytes(row["job"])) ?? JobID(high: 0, low: 0)).description
        effect.attempt = Int32(clamping: row["attempt"] as Int64)
        effect.worker = row["worker"]
        effect.begunAtMs = row["begun_at"]
        effect.settledAtMs = row["settled_at"] ?? 0
        effect.settledBy = row["settled_by"] ?? ""
        effect.receipt = (row["receipt"] as Data?) ?? Data()
        return effect
    }

    /// The firing of the latest nominal time before one; its state is nil if its job is gone. (A clock that was ahead may have
    /// fired for later ones.)
    static func lastFiring(
        of name: String, before nominal: Timestamp, _ db: Database
    ) throws -> (nominal: Int64, job: JobID, state: JobState?)? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT firings.nominal, firings.job, jobs.state FROM firings LEFT JOIN jobs ON jobs.id = firings.job
                WHERE firings.schedule = ? AND firings.nominal < ? ORDER BY firings.nominal DESC LIMIT 1
                """, arguments: [name, nominal.milliseconds])
        guard let row, let job = JobID(bytes: bytes(row["job"])) else { return nil }
        let state: Int? = row["state"]
        return (row["nominal"], job, state.flatMap(JobState.init(rawValue:)))
    }
}
