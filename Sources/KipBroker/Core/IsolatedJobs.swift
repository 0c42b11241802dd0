import Collections
import KipCore
import KipStore

/// The waiting jobs of a lane whose workers were lost, in memory, in the order in which they came.
struct IsolatedJobs: Sendable {
    private var group: Deque<WaitingJob> = []
    private var alone: Deque<WaitingJob> = []
    /// Of the payloads.
    private(set) var bytes = 0

    var count: Int { group.count + alone.count }
    var isEmpty: Bool { group.isEmpty && alone.isEmpty }
    var first: WaitingJob? { alone.first ?? group.first }
    var ids: Set<JobID> { Set(group.lazy.map(\.id)).union(alone.lazy.map(\.id)) }

    /// Whether some are to be tried so.
    func has(_ isolation: Isolation) -> Bool {
        switch isolation {
        case .group: !group.isEmpty
        case .alone: !alone.isEmpty
        }
    }

    mutating func append(_ job: WaitingJob) {
        bytes += job.payload.count
        switch job.isolation {
        case .alone: alone.append(job)
        case .group, nil: group.append(job)
        }
    }

    mutating func popFirst(_ isolation: Isolation) -> WaitingJob? {
        let job =
            switch isolation {
            case .group: group.popFirst()
            case .alone: alone.popFirst()
            }
        bytes -= job?.payload.count ?? 0
        return job
    }

    /// - Returns: whether some were there.
    mutating func remove(all ids: Set<JobID>) -> Bool {
        if isEmpty { return false }
        let before = count
        group.removeAll { ids.contains($0.id) }
        alone.removeAll { ids.contains($0.id) }
        guard count < before else { return false }
        bytes = group.reduce(0) { $0 + $1.payload.count } + alone.reduce(0) { $0 + $1.payload.count }
        return true
    }
}
