import GRDB
import KipCore

/// Writes the rows of recent jobs, as they stand. A row that is there stays: it is newer than what `recent` tells.
final class SettleStatement {
    /// Rows that share a statement: what each statement costs by itself (a cursor for each index) is shared, too.
    static let many = 64

    private static let columns: Int32 = 16
    private let jobs: Int
    let statement: HotStatement
    /// What is bound for each row, and stays so until something else is: one queue's jobs come together.
    @exclusivity(unchecked)  // One thread has it, and nothing is called in the midst of a change.
    private var bound: [Usual?]
    private let arena: Arena

    /// What jobs have in common mostly.
    private struct Usual {
        /// What it says beside id, payload and times counts.
        var draft: JobDraft
        var state: JobState
        var attempt: Int
        var worker: String?
    }

    init(_ db: Database, jobs: Int) throws {
        self.jobs = jobs
        let places = "(" + Array(repeating: "?", count: Int(Self.columns)).joined(separator: ", ") + ")"
        // A failure ends the whole transaction: to undo one statement alone, SQLite would keep a journal of each.
        statement = try HotStatement(
            db,
            """
            INSERT OR ROLLBACK INTO jobs
                (queue, kind, worker, state, priority, max_attempts, timeout_ms, retry, on_lost, attempt, id, run_at,
                created_at, finished_at, payload, result)
            VALUES \(Array(repeating: places, count: jobs).joined(separator: ", "))
            ON CONFLICT (id) DO NOTHING
            """)
        bound = Array(repeating: nil, count: jobs)
        arena = Arena(room: jobs * (16 + 2 * RecentJob.largest))
    }

    /// - Parameter next: the next job, asked for as many as the statement was made for.
    func write(_ next: () -> RecentJob) throws {
        arena.clear()
        for row in 0..<jobs {
            let job = next()
            bindUsual(job, row)
            bind(job, after: Int32(row) * Self.columns)
        }
        do {
            try statement.run()
        } catch {
            // It is not known what was bound.
            bound = bound.map { _ in nil }
            throw error
        }
    }

    private func bindUsual(_ job: RecentJob, _ row: Int) {
        let (draft, state, attempt) = (job.draft, job.state, job.lease?.attempt ?? 0)
        let worker = job.end?.worker ?? job.lease?.worker
        if let usual = bound[row], usual.state == state, usual.attempt == attempt, usual.worker == worker,
            usual.draft.isLike(draft)
        {
            return
        }
        let place = Int32(row) * Self.columns
        statement.bind(draft.queue, at: place + 1)
        statement.bind(draft.kind, at: place + 2)
        statement.bind(worker, at: place + 3)
        statement.bind(state.rawValue, at: place + 4)
        statement.bind(draft.priority, at: place + 5)
        statement.bind(draft.maxAttempts, at: place + 6)
        statement.bind(Int(draft.timeoutMilliseconds), at: place + 7)
        statement.bind(draft.retry.storedUnlessStandard, at: place + 8)
        statement.bind(draft.onWorkerLost.rawValue, at: place + 9)
        statement.bind(attempt, at: place + 10)
        var usual = draft
        usual.payload = []
        bound[row] = Usual(draft: usual, state: state, attempt: attempt, worker: worker)
    }

    private func bind(_ job: RecentJob, after place: Int32) {
        job.draft.id.withStoredBytes { bind($0, at: place + 11) }
        statement.bind(job.draft.runAt, at: place + 12)
        statement.bind(job.createdAt, at: place + 13)
        statement.bind(job.end?.at, at: place + 14)
        job.draft.payload.withUnsafeBytes { bind($0, at: place + 15) }
        if let end = job.end {
            end.result.withUnsafeBytes { bind($0, at: place + 16) }
        } else {
            statement.bind(nil as [UInt8]?, at: place + 16)
        }
    }

    private func bind(_ bytes: UnsafeRawBufferPointer, at place: Int32) {
        if let kept = arena.keep(bytes) {
            statement.bind(still: kept, at: place)
        } else {
            statement.bind(Array(bytes), at: place)
        }
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
