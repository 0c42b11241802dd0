/// The workers by their ids. Most is said of the worker of which something was said last, and a worker is large: it is looked
/// up once then, and changed where it lies.
struct WorkerTable: Sendable {
    private var workers: [String: WorkerState] = [:]
    private var last: (id: String, place: Dictionary<String, WorkerState>.Index)?

    subscript(_ id: String) -> WorkerState? {
        get { workers[id] }
        _modify {
            // Places may move.
            last = nil
            yield &workers[id]
        }
    }

    var count: Int { workers.count }
    var values: some Collection<WorkerState> { workers.values }

    /// Changes a worker; nothing happens where there is none of that id.
    mutating func update(_ id: String, _ change: (inout WorkerState) -> Void) {
        guard let place = place(of: id) else { return }
        change(&workers.values[place])
    }

    /// What is read of a worker; nil where there is none of that id.
    mutating func read<T>(_ id: String, _ body: (borrowing WorkerState) -> T) -> T? {
        guard let place = place(of: id) else { return nil }
        return Self.look(at: &workers.values[place], body)
    }

    /// Where it lies: a worker is large.
    private static func look<T>(at worker: inout WorkerState, _ body: (borrowing WorkerState) -> T) -> T {
        body(worker)
    }

    private mutating func place(of id: String) -> Dictionary<String, WorkerState>.Index? {
        if let last, last.id == id { return last.place }
        guard let place = workers.index(forKey: id) else { return nil }
        last = (id, place)
        return place
    }
}
