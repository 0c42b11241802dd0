import GRDB
import KipCore

/// Plain jobs are written twice at the most: with their batch as a part of one row of `recent`, which is what makes them
/// durable, and once into `jobs`, mostly when they have ended.
extension SQLiteJobStore {
    /// Ended jobs that are worth a transaction.
    private static let worthMerging = 1_000
    /// Rows of `recent` that may stay for the jobs that have not ended.
    private static let mostRows = 64
    /// Jobs that may be recent before they are merged whatever their state, and their bytes. With twice as many (the disk does
    /// not take them, say) new ones get their rows at once, or are refused.
    private static let mostJobs = 20_000
    private static let mostBytes = 32 << 20
    /// Of one batch.
    private static let mostLogBytes = 32 << 20
    /// A merge that failed is not tried again for so many milliseconds.
    private static let pause: Int64 = 1_000

    private var isFull: Bool {
        recent.count >= 2 * Self.mostJobs || recent.bytes >= 2 * Self.mostBytes || log.count >= Self.mostLogBytes
    }

    /// Whether any job's row is still to be written.
    public var hasRecent: Bool { !recent.isEmpty }

    // MARK: Taking changes

    /// - Returns: nil where the job is none of those that may be recent.
    func insertRecent(
        _ draft: JobDraft, at now: Timestamp, worker: String?, _ writing: inout Writing
    ) throws -> WriteOutcome? {
        guard RecentJob.mayBe(draft, at: now), !isFull else { return nil }
        recent.insert(
            RecentJob(
                draft: draft, createdAt: now, row: writing.row,
                lease: worker.map { RecentJob.Lease(attempt: 1, worker: $0) }))
        log.insert(draft, at: now, worker: worker)
        return .created
    }

    /// - Returns: whether that was all there is to do.
    func leaseRecent(_ id: JobID, _ attempt: Int, by worker: String) -> Bool {
        guard let begins = recent.lease(id, attempt, by: worker) else { return false }
        if begins { log.lease(id, attempt, by: worker) }
        return true
    }

    /// - Returns: whether that was all there is to do.
    func finishRecent(_ finish: Mutation.Finish) throws -> Bool {
        guard finish.isPlain, log.count < Self.mostLogBytes else {
            try writeRow(of: finish.id)
            return false
        }
        let end = RecentJob.End(result: finish.result, worker: finish.worker, at: finish.at)
        guard let ends = recent.finish(finish.id, finish.attempt, end) else { return false }
        if ends { log.finish(finish.id, finish.attempt, end) }
        return true
    }

    // MARK: Writing rows

    /// A job gets its row, because more than the plain happens to it. What `recent` still says of it counts no more: where
    /// a row is there, it is what counts.
    func writeRow(of id: JobID) throws {
        guard let job = recent.take(id) else { return }
        try hot.settle.one.write { job }
        note(written: id)
    }

    /// All jobs get their rows, and nothing is left to be told.
    func writeAllRows(_ db: Database) throws {
        guard hasRecent || !log.isEmpty else { return }
        recent.unlistEnded()
        try write(recent.ids)
        log.clear()
        _ = recent.takeUnneededRows()
        try db.execute(sql: "DELETE FROM recent")
    }

    /// - Parameter ids: of recent jobs, each once.
    private func write(_ ids: [JobID]) throws {
        var rest = ids[...]
        while rest.count >= SettleStatement.many { try write(&rest, with: hot.settle.many) }
        while !rest.isEmpty { try write(&rest, with: hot.settle.one) }
        if let last = ids.last { note(written: last) }
    }

    private func write(_ ids: inout ArraySlice<JobID>, with statement: SettleStatement) throws {
        try statement.write { recent.take(next: &ids) }
    }

    func note(written id: JobID) { newestWritten = max(newestWritten, id) }

    // MARK: Merging

    /// Writes the rows of jobs that have ended, where there are enough of them, and of those that have been recent for long;
    /// of all of them where nobody waits. Where that fails, what `recent` says stands, and it is tried again.
    /// - Throws: `StoreError`.
    public func merge(all: Bool) throws(StoreError) {
        defer { queue.inDatabase { checkpointer.look($0) } }
        if let mustEnd { throw mustEnd }
        if recent.isEmpty { return }
        let isDue =
            recent.endedCount >= Self.worthMerging || recent.count > Self.mostJobs || recent.bytes > Self.mostBytes
        guard all || isDue || recent.rowCount > 2 * Self.mostRows else { return }
        if let failure = mergeFailure, SteadyTime.now() < failure.at.advanced(byMilliseconds: Self.pause) {
            throw failure.error
        }
        do throws(StoreError) {
            try mergeNow(all: all)
            mergeFailure = nil
        } catch {
            mergeFailure = (error, .now())
            throw error
        }
    }

    private func mergeNow(all: Bool) throws(StoreError) {
        _ = recent.begin()
        log.clear()
        do {
            // The rows of `recent` are on disk: should this be lost with the power, they tell it again.
            isFullySynchronous = false
            // What is deleted of `recent` stands in `jobs` now. To write zeros over its pages, which Debian's SQLite does by
            // default, would be a quarter of what is written; they are used again by the next batches
            // (sqlite.org/pragma.html#pragma_secure_delete).
            try queue.inDatabase { db in
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
                try db.execute(sql: "PRAGMA secure_delete = FAST")
            }
            try queue.inTransaction(.immediate) { db in
                let isYoung = recent.count - recent.endedCount <= Self.mostJobs / 2 && recent.bytes <= Self.mostBytes
                if all || !isYoung {
                    try writeAllRows(db)
                } else {
                    try mergeOld(db)
                }
                return .commit
            }
            recent.commit(row: nil)
        } catch {
            recent.rollBack()
            throw note(Self.explain(error, path: path))
        }
        try? beFullySynchronous()
    }

    /// A commit is on disk when it returns, from here on. Asked before each batch.
    /// - Throws: where SQLite does not do it.
    func beFullySynchronous() throws {
        if isFullySynchronous { return }
        let value = try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try db.execute(sql: "PRAGMA secure_delete = ON")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? 0
        }
        guard value >= 2 else { throw StoreError.notDurable(synchronous: value) }
        isFullySynchronous = true
    }

    private func mergeOld(_ db: Database) throws {
        try write(recent.takeEnded(wholly: SettleStatement.many))
        if recent.rowCount > Self.mostRows { try write(recent.holding(allRowsBut: Self.mostRows / 2)) }
        if let last = recent.takeUnneededRows() {
            try db.execute(sql: "DELETE FROM recent WHERE number <= ?", arguments: [last])
        }
    }

    // MARK: Beginning

    /// What a broker that stopped in the middle of its work has left.
    static func replay(_ db: Database, path: String) throws -> RecentJobs {
        // One that an earlier program has written, and nobody has served since.
        guard try db.tableExists("recent") else { return RecentJobs() }
        let rows = try Row.fetchAll(db, sql: "SELECT number, changes FROM recent ORDER BY number")
        var recent = RecentJobs(firstRow: rows.first?["number"] ?? 1)
        for row in rows {
            let number: Int = row["number"]
            do throws(RecentLog.Damaged) {
                try RecentLog.replay(bytes(row["changes"]), row: number, into: &recent)
            } catch {
                throw StoreError.damaged(path: path, detail: "row \(number) of the table “recent” cannot be read")
            }
        }
        recent.commit(row: nil)
        return recent
    }

    /// Writes what `recent` tells into `jobs`, for a database that nobody serves.
    static func settle(_ db: Database, path: String) throws {
        let recent = try replay(db, path: path)
        if recent.isEmpty { return }
        let statement = try SettleStatement(db, jobs: 1)
        try db.inTransaction {
            for id in recent.ids { if let job = recent[id] { try statement.write { job } } }
            try db.execute(sql: "DELETE FROM recent")
            return .commit
        }
    }

    /// Jobs that have no row yet.
    static func countWithoutRow(_ db: Database, path: String) throws -> Int {
        try replay(db, path: path).ids.count {
            try Bool.fetchOne(db, sql: "SELECT 1 FROM jobs WHERE id = ?", arguments: [$0.databaseValue]) == nil
        }
    }
}
