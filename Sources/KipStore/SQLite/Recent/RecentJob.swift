import KipCore

/// A job whose row is not in `jobs` yet: all that happened to it stands in the table `recent`, where a batch is one row.
/// Most jobs end before they are old, and their row is written once, as they ended.
struct RecentJob {
    let draft: JobDraft
    let createdAt: Timestamp
    /// The row of `recent` that brought it.
    let row: Int
    /// nil = it waits.
    var lease: Lease?
    /// nil = it has not ended.
    var end: End?

    struct Lease: Equatable {
        var attempt: Int
        var worker: String
    }

    /// It succeeded.
    struct End: Equatable {
        var result: [UInt8]
        var worker: String
        var at: Timestamp
    }

    /// Of payload and result.
    var bytes: Int { draft.payload.count + (end?.result.count ?? 0) }

    var state: JobState { end != nil ? .succeeded : lease != nil ? .running : .available }

    /// A payload, or a result, of more bytes goes into its row at once: written twice it would cost more than it spares.
    static let largest = 64 << 10

    /// It wants nothing that other jobs or other tables have a part in. One whose time has not come is found by its row.
    static func mayBe(_ draft: JobDraft, at now: Timestamp) -> Bool {
        draft.isPlain && draft.runAt <= now && draft.payload.count <= largest
    }

    /// The job is handed out.
    /// - Returns: false where it does not wait.
    mutating func begin(_ attempt: Int, by worker: String) -> Bool {
        guard lease == nil, end == nil else { return false }
        lease = Lease(attempt: attempt, worker: worker)
        return true
    }

    /// The job succeeds.
    /// - Returns: false where another attempt has it.
    mutating func finish(_ attempt: Int, _ end: End) -> Bool {
        guard lease?.attempt == attempt, self.end == nil else { return false }
        self.end = end
        return true
    }
}

extension Mutation {
    /// The job whose row it reads or changes as it stands in `jobs`; nil = there is none, or the case sees to it itself.
    var jobWithRow: JobID? {
        switch self {
        case .again(let again): again.id
        case .park(let park): park.id
        case .cancel(let id, _, _), .revive(let id, _, _), .release(let id, _, _), .expire(let id, _): id
        case .beginEffect(let intent): intent.job
        default: nil
        }
    }
}

extension Mutation.Finish {
    /// A good end, of which nothing is to be told but the end.
    var isPlain: Bool {
        state == .succeeded && error.isEmpty && setbacks == Setbacks() && result.count <= RecentJob.largest
    }
}
