/// The order in which workers take turns. A worker that leaves costs the same however many there are: its index stays, and
/// stands for nobody until a quarter of all do; then the gaps are closed, and every index changes.
struct WorkerOrder: RandomAccessCollection, Sendable {
    private var ids: [String] = []
    private var gone: Set<String> = []

    var startIndex: Int { 0 }
    var endIndex: Int { ids.count }
    subscript(position: Int) -> String { ids[position] }

    /// A worker that left and comes back has the index that it had.
    mutating func append(_ id: String) {
        if gone.remove(id) == nil { ids.append(id) }
    }

    /// - Returns: whether the gaps were closed.
    mutating func remove(_ id: String) -> Bool {
        gone.insert(id)
        guard gone.count > 16, gone.count > ids.count / 4 else { return false }
        ids.removeAll { gone.contains($0) }
        gone = []
        return true
    }
}
