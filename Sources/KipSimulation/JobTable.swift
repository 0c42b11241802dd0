import KipCore

/// The rows of the model's jobs, with what a disk would have an index for, so that a world of a thousand jobs is as quick
/// as one of ten.
public struct JobTable: Sendable {
    private var rows: [JobID: ModelStore.Row] = [:]
    private var byState: [JobState: Set<JobID>] = [:]
    /// Jobs that it can be too late for.
    private var limited: Set<JobID> = []
    /// Jobs that changed since somebody last looked.
    private(set) var changed: Set<JobID> = []

    /// The world's clock, in milliseconds.
    var now: Int64 = 0
    private var availableSince: [JobID: Int64] = [:]

    /// The jobs that have been available since before a moment, the oldest first.
    func availableSince(before moment: Int64) -> [ModelStore.Row] {
        availableSince.filter { $0.value < moment }.keys.sorted().compactMap { rows[$0] }
    }

    /// A job's row; nil = there is none.
    public subscript(id: JobID) -> ModelStore.Row? {
        get { rows[id] }
        set {
            let before = rows[id]?.state
            rows[id] = newValue
            changed.insert(id)
            guard before != newValue?.state else { return noteLimit(of: id) }
            noteLimit(of: id)
            availableSince[id] = newValue?.state == .available ? now : nil
            if let before { byState[before]?.remove(id) }
            if let after = newValue?.state { byState[after, default: []].insert(id) }
        }
    }

    private mutating func noteLimit(of id: JobID) {
        if rows[id]?.conditions.lastStart != nil {
            limited.insert(id)
        } else {
            limited.remove(id)
        }
    }

    /// The last moments in which jobs may begin that neither run nor have ended, in no order.
    var lastStarts: [(last: Timestamp, id: JobID)] {
        limited.compactMap { id in
            guard let row = rows[id], [.scheduled, .available, .held, .blocked].contains(row.state) else { return nil }
            return row.conditions.lastStart.map { ($0, id) }
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

    /// All ids, the oldest first.
    var ids: [JobID] { rows.keys.sorted() }

    /// Ids and rows, the oldest first.
    var inOrder: some Sequence<(key: JobID, value: ModelStore.Row)> {
        ids.lazy.compactMap { id in rows[id].map { (id, $0) } }
    }
}
