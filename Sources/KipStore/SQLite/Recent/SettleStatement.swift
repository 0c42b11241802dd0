import GRDB
import KipCore

/// Writes the rows of recent jobs, as they stand. A row that is there stays: it is newer than what `recent` tells.
final class SettleStatement {
    /// Rows that share a statement: what each statement costs by itself is shared, too.
    static let many = 32

    private static let columns: Int32 = 16
    let statement: HotStatement
    /// What is bound for each row, and stays so until something else is: one queue's jobs come together.
    private var bound: [(queue: String, kind: String, worker: String?)?]

    init(_ db: Database, jobs: Int) throws {
        let places = "(" + Array(repeating: "?", count: Int(Self.columns)).joined(separator: ", ") + ")"
        // A failure ends the whole transaction: to undo one statement alone, SQLite would keep a journal of each.
        statement = try HotStatement(
            db,
            """
            INSERT OR ROLLBACK INTO jobs
                (id, queue, kind, state, priority, run_at, max_attempts, timeout_ms, retry, payload, created_at, on_lost,
                attempt, worker, result, finished_at)
            VALUES \(Array(repeating: places, count: jobs).joined(separator: ", "))
            ON CONFLICT (id) DO NOTHING
            """)
        bound = Array(repeating: nil, count: jobs)
    }

    /// - Parameter jobs: as many as the statement was made for.
    func write(_ jobs: [RecentJob]) throws {
        for (place, job) in jobs.enumerated() {
            bindNames(of: job, place)
            bind(job, after: Int32(place) * Self.columns)
        }
        do {
            try statement.run()
        } catch {
            // It is not known what was bound.
            bound = bound.map { _ in nil }
            throw error
        }
    }

    private func bindNames(of job: RecentJob, _ row: Int) {
        let draft = job.draft
        let worker = job.end?.worker ?? job.lease?.worker
        if let names = bound[row], names.queue == draft.queue, names.kind == draft.kind, names.worker == worker {
            return
        }
        let place = Int32(row) * Self.columns
        statement.bind(draft.queue, at: place + 2)
        statement.bind(draft.kind, at: place + 3)
        statement.bind(worker, at: place + 14)
        bound[row] = (draft.queue, draft.kind, worker)
    }

    private func bind(_ job: RecentJob, after place: Int32) {
        let draft = job.draft
        statement.bind(draft.id, at: place + 1)
        statement.bind(job.state.rawValue, at: place + 4)
        statement.bind(draft.priority, at: place + 5)
        statement.bind(draft.runAt, at: place + 6)
        statement.bind(draft.maxAttempts, at: place + 7)
        statement.bind(Int(draft.timeoutMilliseconds), at: place + 8)
        statement.bind(draft.retry.storedUnlessStandard, at: place + 9)
        statement.bind(draft.payload, at: place + 10)
        statement.bind(job.createdAt, at: place + 11)
        statement.bind(draft.onWorkerLost.rawValue, at: place + 12)
        statement.bind(job.lease?.attempt ?? 0, at: place + 13)
        statement.bind(job.end?.result, at: place + 15)
        statement.bind(job.end?.at, at: place + 16)
    }
}

/// For many jobs, and for one.
struct SettleStatements {
    let one: SettleStatement
    let many: SettleStatement

    init(_ db: Database) throws {
        one = try SettleStatement(db, jobs: 1)
        many = try SettleStatement(db, jobs: SettleStatement.many)
    }
}
