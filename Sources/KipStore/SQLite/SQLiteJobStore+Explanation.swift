import GRDB
import KipCore

extension SQLiteReader {
    /// Relatives that an explanation names.
    private static let relatives = 20

    /// A job with its history, and what it waits for as far as this is on disk.
    func explanation(_ db: Database, _ id: JobID) throws -> Answer {
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT \(SQLiteJobStore.columns) FROM jobs WHERE id = ?", arguments: [id.databaseValue])
        else { return .noJob }
        var explanation = WireExplanation()
        explanation.job = SQLiteJobStore.wireJob(row)
        explanation.attempts = try Row.fetchAll(
            db, sql: "SELECT * FROM attempts WHERE job = ? ORDER BY attempt", arguments: [id.databaseValue]
        ).map(SQLiteJobStore.wireAttempt)
        explanation.decisions = try SQLiteJobStore.decisions(db, of: id)
        explanation.parents = try Row.fetchAll(
            db,
            sql: """
                SELECT \(SQLiteJobStore.columns) FROM jobs JOIN parents ON parents.parent = jobs.id
                WHERE parents.child = ? ORDER BY parents.standing, parents.position LIMIT \(Self.relatives)
                """, arguments: [id.databaseValue]
        ).map(SQLiteJobStore.wireJob)
        explanation.children = try Row.fetchAll(
            db,
            sql: """
                SELECT \(SQLiteJobStore.columns) FROM jobs JOIN parents ON parents.child = jobs.id
                WHERE parents.parent = ? ORDER BY jobs.id LIMIT \(Self.relatives)
                """, arguments: [id.databaseValue]
        ).map(SQLiteJobStore.wireJob)
        switch JobState(rawValue: row["state"]) {
        case .blocked: explanation.reasons = try reasonsOfBlocked(db, explanation)
        case .uncertain: explanation.reasons = try reasonsOfUncertain(db, id)
        default: break
        }
        return .explanation(explanation)
    }

    private func reasonsOfBlocked(_ db: Database, _ explanation: WireExplanation) throws -> [String] {
        let job = explanation.job
        if job.waitsFor > 0 {
            let open = explanation.parents.filter { JobState(wire: $0.state)?.isTerminal == false }
            let named = open.prefix(3).map { "\($0.id) (\($0.kind), \(JobState(wire: $0.state)?.name ?? "?"))" }
            let rest = Int(job.waitsFor) - named.count
            let others = rest > 0 ? " and \(rest) more" : ""
            return [
                "it comes after \(job.waitsFor == 1 ? "a job that has" : "jobs that have") not ended: "
                    + named.joined(separator: ", ") + others
            ]
        }
        let holders = try Row.fetchAll(
            db,
            sql: """
                SELECT \(SQLiteJobStore.columns) FROM jobs
                WHERE concurrency_key = ? AND concurrency_key IS NOT NULL AND state IN (2, 3) ORDER BY id LIMIT 3
                """, arguments: [job.concurrencyKey]
        ).map(SQLiteJobStore.wireJob)
        let named = holders.map { "\($0.id) (\(JobState(wire: $0.state)?.name ?? "?"))" }.joined(separator: ", ")
        return ["all places of the concurrency key “\(job.concurrencyKey)” are taken: \(named)"]
    }

    private func reasonsOfUncertain(_ db: Database, _ id: JobID) throws -> [String] {
        let keys = try String.fetchAll(
            db, sql: "SELECT key FROM effects WHERE job = ? AND state IN (1, 2) ORDER BY key LIMIT 5",
            arguments: [id.databaseValue])
        return keys.map {
            "nobody knows whether the effect “\($0)” happened: a reconciler or “kip effects resolve” decides"
        }
    }

    /// What a handler reads of the jobs that its own came after: at most a thousand, and a few megabytes, at a time.
    func parentResults(_ db: Database, _ id: JobID, _ from: Int) throws -> Answer {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT parents.parent AS id, jobs.state AS state, jobs.error AS error, jobs.result AS result
                FROM parents LEFT JOIN jobs ON jobs.id = parents.parent
                WHERE parents.child = ? ORDER BY parents.position LIMIT 1001 OFFSET ?
                """, arguments: [id.databaseValue, from])
        var answer = WireParentResults()
        var results: [[UInt8]] = []
        var bytes = 0
        while let row = try rows.next() {
            if results.count == 1_000 || bytes > 4 << 20 {
                answer.more = true
                break
            }
            var parent = WireParentResults.Parent()
            parent.id = (JobID(bytes: SQLiteJobStore.bytes(row["id"])) ?? id).description
            parent.state = (row["state"] as Int?).flatMap(JobState.init(rawValue:))?.wire ?? .unspecified
            parent.error = row["error"] ?? ""
            answer.parents.append(parent)
            let result = SQLiteJobStore.bytes(row["result"])
            bytes += result.count
            results.append(result)
        }
        return .parents(answer, results: results)
    }
}
