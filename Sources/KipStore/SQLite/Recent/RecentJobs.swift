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
    /// Those that have ended, and some that have had their rows written since.
    private var ended: [JobID] = []
    private var rows = Rows()
    /// As they were before the present transaction.
    private var rowsBefore = Rows()
    /// What the present transaction has changed.
    private var undo: [Change] = []

    private enum Change {
        /// No longer listed as ended.
        case unlisted([JobID])
        case inserted(JobID)
        case leased(JobID)
        case finished(JobID)
        case taken(RecentJob)
    }

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

    /// The job of an id as it was enqueued.
    func draft(_ id: JobID) -> JobDraft? {
        guard let place = jobs.index(forKey: id) else { return nil }
        return jobs.values[place].draft
    }

    // MARK: Changes

    mutating func insert(_ job: consuming RecentJob) {
        undo.append(.inserted(job.draft.id))
        bytes += job.bytes
        rows.count(job.row, by: 1)
        jobs[job.draft.id] = job
    }

    /// - Returns: whether it is handed out with that; nil where the job is not here.
    mutating func lease(_ id: JobID, _ attempt: Int, by worker: String) -> Bool? {
        guard let place = jobs.index(forKey: id) else { return nil }
        guard jobs.values[place].begin(attempt, by: worker) else { return false }
        undo.append(.leased(id))
        return true
    }

    /// - Returns: whether it has ended with that; nil where the job is not here.
    mutating func finish(_ id: JobID, _ attempt: Int, _ end: RecentJob.End) -> Bool? {
        guard let place = jobs.index(forKey: id) else { return nil }
        guard jobs.values[place].finish(attempt, end) else { return false }
        undo.append(.finished(id))
        ended.append(id)
        bytes += end.result.count
        return true
    }

    /// Its row in `jobs` is being written.
    mutating func take(_ id: JobID) -> RecentJob? {
        guard let job = jobs.removeValue(forKey: id) else { return nil }
        undo.append(.taken(job))
        bytes -= job.bytes
        rows.count(job.row, by: -1)
        return job
    }

    /// The rows of jobs that are here are being written: that of the first of them, which leaves the list.
    mutating func take(next ids: inout ArraySlice<JobID>) -> RecentJob {
        let id = ids.removeFirst()
        guard let job = take(id) else { preconditionFailure("job \(id) is not recent: its row cannot be written") }
        return job
    }

    // MARK: Merging

    /// Jobs that have ended, by their ids, and no longer listed: the oldest, a multiple of so many, or all where there are
    /// fewer.
    mutating func takeEnded(wholly many: Int) -> [JobID] {
        ended.sort()
        var ids: [JobID] = []
        ids.reserveCapacity(ended.count)
        // One may have its row by now.
        for id in ended where ids.last != id && hasEnded(id) { ids.append(id) }
        let rest = ids.count < many ? 0 : ids.count % many
        ended.removeAll(keepingCapacity: true)
        ended.append(contentsOf: ids.suffix(rest))
        ids.removeLast(rest)
        undo.append(.unlisted(ids))
        return ids
    }

    /// The rows of all jobs are being written.
    mutating func unlistEnded() {
        undo.append(.unlisted(ended))
        ended = []
    }

    private func hasEnded(_ id: JobID) -> Bool {
        jobs.index(forKey: id).map { jobs.values[$0].end != nil } ?? false
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
        for change in undo.reversed() {
            switch change {
            case .unlisted(let ids): ended += ids
            case .inserted(let id): if let job = jobs.removeValue(forKey: id) { bytes -= job.bytes }
            case .leased(let id): jobs[id]?.lease = nil
            case .finished(let id):
                bytes -= jobs[id]?.end?.result.count ?? 0
                jobs[id]?.end = nil
                if ended.last == id { ended.removeLast() }
            case .taken(let job):
                jobs[job.draft.id] = job
                bytes += job.bytes
            }
        }
        undo.removeAll(keepingCapacity: true)
        rows = rowsBefore
    }
}
