import Collections
import KipCore

/// Jobs that are found too late to begin and that end on disk in pages, in the order in which they were found. However many
/// expire together, one batch ends a page of them.
struct LateJobs: Sendable {
    /// Jobs that one batch ends.
    static let jobsPerPage = 200

    private var waiting: Deque<JobID> = []
    /// A page is on its way to the disk.
    private var isPageUnderway = false
    /// How many were ever found.
    private(set) var found = 0
    /// How many of these have been dealt with, in the same order.
    private(set) var done = 0

    /// All that were found have been dealt with.
    var isEmpty: Bool { waiting.isEmpty && !isPageUnderway }

    mutating func append(_ id: JobID) {
        waiting.append(id)
        found += 1
    }

    /// The next page, if the one before is on disk.
    mutating func takePage() -> [JobID]? {
        guard !isPageUnderway, !waiting.isEmpty else { return nil }
        let page = Array(waiting.prefix(Self.jobsPerPage))
        waiting.removeFirst(page.count)
        isPageUnderway = true
        return page
    }

    /// A page is on disk.
    mutating func finish(_ page: [JobID]) {
        isPageUnderway = false
        done += page.count
    }

    /// A page could not be written: all start anew.
    /// - Returns: the jobs that were found and not dealt with, the page included.
    mutating func fail(_ page: [JobID]) -> [JobID] {
        let all = page + waiting
        waiting = []
        isPageUnderway = false
        done = found
        return all
    }
}
