import Collections
import KipCore

/// The recent jobs, as the table `recent` tells them: what an LSM-tree calls its memory table (O'Neil et al., “The
/// Log-Structured Merge-Tree”, 1996), the table being its log.
///
/// A job is either here or in `jobs`, never in both: who wants its row has it written first.
struct RecentJobs {
    private var jobs: [JobID: RecentJob] = [:]
    /// Of payloads and results, about.
    private(set) var bytes = 0
    /// Those that have ended, and some that were here.
    private var ended: [JobID] = []
    private var rows = Rows()
    /// As they were before the present transaction.
    private var rowsBefore = Rows()
    /// What the present transaction has changed.
    private var undo: [(id: JobID, before: RecentJob?)] = []

    /// The rows of the table that are still needed.
    private struct Rows {
        /// The first of them.
        var first = 1
        /// Jobs that each of them has brought and that are still here.
        var live: Deque<Int> = []

        /// The row that comes next.
        var next: Int { first + live.count }

        mutating func count(_ row: Int, by one: Int) {
            while next <= row { live.append(0) }
            live[row - first] += one
            precondition(live[row - first] >= 0, "row \(row) of “recent” has fewer jobs than none")
        }
    }

    /// - Parameter firstRow: of the table; 1 where it is empty.
    init(firstRow: Int = 1) { rows.first = firstRow }

    var count: Int { jobs.count }
    var endedCount: Int { ended.count }
    /// Of the table.
    var rowCount: Int { rows.live.count }
    /// There is neither a job nor a row.
    var isEmpty: Bool { jobs.isEmpty && rows.live.isEmpty }
    var ids: [JobID] { jobs.keys.sorted() }

    subscript(_ id: JobID) -> RecentJob? { jobs[id] }

    // MARK: Changes

    mutating func insert(_ job: RecentJob) {
        undo.append((job.draft.id, nil))
        jobs[job.draft.id] = job
        bytes += job.bytes
        rows.count(job.row, by: 1)
    }

    /// - Returns: whether it is handed out with that; nil where the job is not here.
    mutating func lease(_ id: JobID, _ attempt: Int, by worker: String) -> Bool? {
        change(id) { $0.begin(attempt, by: worker) }
    }

    /// - Returns: whether it has ended with that; nil where the job is not here.
    mutating func finish(_ id: JobID, _ attempt: Int, _ end: RecentJob.End) -> Bool? {
        let hasEnded = change(id) { $0.finish(attempt, end) }
        if hasEnded == true {
            ended.append(id)
            bytes += end.result.count
        }
        return hasEnded
    }

    private mutating func change(_ id: JobID, _ body: (inout RecentJob) -> Bool) -> Bool? {
        guard let index = jobs.index(forKey: id) else { return nil }
        let before = jobs.values[index]
        guard body(&jobs.values[index]) else { return false }
        undo.append((id, before))
        return true
    }

    /// Its row in `jobs` is being written.
    mutating func take(_ id: JobID) -> RecentJob? {
        guard let job = jobs.removeValue(forKey: id) else { return nil }
        undo.append((id, job))
        bytes -= job.bytes
        rows.count(job.row, by: -1)
        return job
    }

    // MARK: Merging

    /// The jobs that have ended, by their ids, and no longer listed.
    mutating func takeEnded() -> [JobID] {
        defer { ended.removeAll(keepingCapacity: true) }
        // One may stand there twice, after a transaction that was not written, or have a row by now.
        return ended.sorted().filter { jobs[$0]?.end != nil }
    }

    /// Those that keep the oldest rows from being let go of, so that no more than so many rows stay.
    func holding(allRowsBut kept: Int) -> [JobID] {
        let limit = rows.next - kept
        return jobs.values.lazy.filter { $0.row < limit }.map(\.draft.id).sorted()
    }

    /// Lets go of the rows at the beginning of which no job is here.
    /// - Returns: the last of them; nil = there is none.
    mutating func takeUnneededRows() -> Int? {
        var last: Int?
        // Not the one that the present transaction may write.
        while rows.first < rowsBefore.next, rows.live.first == 0 {
            rows.live.removeFirst()
            last = rows.first
            rows.first += 1
        }
        return last
    }

    // MARK: Transactions

    /// A transaction begins.
    /// - Returns: the row of the table that it may write.
    mutating func begin() -> Int {
        rowsBefore = rows
        return rows.next
    }

    /// It was written, and its row with it.
    mutating func commit(row: Int?) {
        if let row { rows.count(row, by: 0) }
        undo.removeAll(keepingCapacity: true)
    }

    /// It was not.
    mutating func rollBack() {
        for (id, before) in undo.reversed() {
            bytes += (before?.bytes ?? 0) - (jobs[id]?.bytes ?? 0)
            jobs[id] = before
            if before?.end != nil { ended.append(id) }
        }
        undo.removeAll(keepingCapacity: true)
        rows = rowsBefore
    }
}
