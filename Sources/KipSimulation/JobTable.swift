import KipCore

/// The rows of the model's jobs, with what a disk would have an index for, so that a world of a thousand jobs is as quick
/// as one of ten.
public struct JobTable: Sendable {
    private var rows: [JobID: ModelStore.Row] = [:]
    private var byState: [JobState: Set<JobID>] = [:]
    /// Jobs that changed since somebody last looked.
    private(set) var changed: Set<JobID> = []

    /// A job's row; nil = there is none.
    public subscript(id: JobID) -> ModelStore.Row? {
        get { rows[id] }
        set {
            let before = rows[id]?.state
            rows[id] = newValue
            changed.insert(id)
            guard before != newValue?.state else { return }
            if let before { byState[before]?.remove(id) }
            if let after = newValue?.state { byState[after, default: []].insert(id) }
        }
    }

    /// All rows, in no order.
    public var values: some Sequence<ModelStore.Row> { rows.values }

    /// The rows of one state, in no order.
    func inState(_ state: JobState) -> some Sequence<ModelStore.Row> {
        (byState[state] ?? []).lazy.compactMap { rows[$0] }
    }

    /// Whether all jobs have ended.
    var haveEnded: Bool { byState.allSatisfy { $0.key.isTerminal || $0.value.isEmpty } }

    /// Says what changed since this was called last.
    mutating func takeChanged() -> Set<JobID> {
        defer { changed = [] }
        return changed
    }

    /// Ids and rows, the oldest first.
    var inOrder: [(key: JobID, value: ModelStore.Row)] { rows.sorted { $0.key < $1.key } }
}
