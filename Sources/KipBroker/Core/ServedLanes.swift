/// The lanes whose jobs some worker takes, by their indexes. What nobody takes, however much it is, is not looked at in each
/// round.
struct ServedLanes: Sendable {
    private var workers: [Int: Int] = [:]
    private var sorted: [Int]? = []

    /// In order.
    var indices: [Int] {
        mutating get {
            if let sorted { return sorted }
            let indices = workers.keys.sorted()
            sorted = indices
            return indices
        }
    }

    func contains(_ lane: Int) -> Bool { workers[lane] != nil }

    /// Another worker takes the jobs of a lane.
    mutating func add(_ lane: Int) {
        let count = workers[lane] ?? 0
        workers[lane] = count + 1
        if count == 0 { sorted = nil }
    }

    mutating func remove(_ lane: Int) {
        guard let count = workers[lane] else { return }
        workers[lane] = count > 1 ? count - 1 : nil
        if count == 1 { sorted = nil }
    }

    mutating func removeAll() {
        workers = [:]
        sorted = []
    }
}
