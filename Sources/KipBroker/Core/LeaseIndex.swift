import KipCore

/// The leases of each worker, for when it greets, leaves or is lost. It is made when somebody asks first, and kept up to date
/// by new leases alone: an entry may be one that has ended since. It is forgotten when most of it is so. So a thousand
/// workers that leave look at each lease once, and a lease that is handed out and ends pays next to nothing.
struct LeaseIndex: Sendable {
    private var byWorker: [String: [JobID]]?
    private var added = 0
    private var limit = 0

    /// nil = it is to be made first.
    func jobs(of worker: String) -> [JobID]? { byWorker.map { $0[worker] ?? [] } }

    mutating func make(from leases: [JobID: Lease]) {
        var made: [String: [JobID]] = [:]
        for (id, lease) in leases { made[lease.worker, default: []].append(id) }
        byWorker = made
        added = 0
        limit = 1_024 + leases.count
    }

    mutating func add(_ id: JobID, of worker: String) {
        if byWorker == nil { return }
        added += 1
        if added > limit { byWorker = nil } else { byWorker?[worker, default: []].append(id) }
    }
}
