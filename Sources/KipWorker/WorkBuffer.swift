import Collections
import KipCore

/// The jobs that wait in a worker for one of its places, and how many there may be.
///
/// They are there so that no place stands empty while the next job is on its way. But where handlers take long, what waits
/// here would wait for them although another worker has nothing to do. So there are only as many as the places get through
/// in a quarter of a second, and what has waited for half a second all the same goes back to the broker.
struct WorkBuffer: Sendable {
    /// How long a job may wait here, in milliseconds.
    private static let patience: Int64 = 500
    /// How much work may wait here, in milliseconds.
    private static let ahead: Double = 250
    /// The share of the last handler in what is known of all.
    private static let freshness = 0.2

    private let places: Int
    private let most: Int
    private var waiting: Deque<LeasedWork> = []
    /// How long handlers take, in milliseconds; nil = none has ended.
    private var mean: Double?

    /// - Parameters:
    ///   - places: handlers at once.
    ///   - most: jobs that may wait where handlers are quick.
    init(places: Int, most: Int) {
        self.places = places
        self.most = most
    }

    /// How many jobs the worker should hold: one for each place, and those that wait.
    var credit: Int {
        guard let mean, mean * Double(most) > Double(places) * Self.ahead else { return places + most }
        return places + Int(Double(places) * Self.ahead / mean)
    }

    var count: Int { waiting.count }

    mutating func append(_ work: [LeasedWork]) { waiting.append(contentsOf: work) }

    mutating func popFirst() -> LeasedWork? { waiting.popFirst() }

    mutating func remove(_ id: JobID) { waiting.removeAll { $0.id == id } }

    mutating func takeAll() -> [LeasedWork] {
        defer { waiting = [] }
        return Array(waiting)
    }

    /// A handler has ended.
    mutating func ended(after milliseconds: Int64) {
        let time = Double(milliseconds)
        mean = mean.map { $0 + (time - $0) * Self.freshness } ?? time
    }

    /// Milliseconds until something will have waited too long; nil = nothing waits.
    /// - Parameter busy: places that are taken.
    func wait(at now: SteadyTime, busy: Int) -> Int64? {
        guard let first = waiting.first else { return nil }
        let left = first.receivedAt.advanced(byMilliseconds: Self.patience).milliseconds(since: now)
        // Where a place is free it is about to begin: nobody else would be quicker.
        return max(busy < places ? Self.patience / 5 : 0, left)
    }

    /// Takes out what has waited too long behind others. Nothing waits here any more until handlers are quick again.
    mutating func takeOverdue(at now: SteadyTime, busy: Int) -> [LeasedWork] {
        if busy < places { return [] }
        var overdue: [LeasedWork] = []
        while let first = waiting.first, now.milliseconds(since: first.receivedAt) >= Self.patience {
            overdue.append(first)
            waiting.removeFirst()
        }
        if !overdue.isEmpty { mean = max(mean ?? 0, 2 * Self.ahead * Double(places)) }
        return overdue
    }
}
