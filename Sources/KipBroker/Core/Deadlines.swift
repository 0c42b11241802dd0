import Collections
import KipCore

/// When things that have a name are to be looked at next, the first first. A deadline is never moved: a later one is added
/// and its number noted, and one of another number is skipped when its time has come. So to hear of a worker, or to settle
/// an effect, changes nothing here.
struct Deadlines: Sendable {
    private struct Entry: Comparable, Sendable {
        var at: SteadyTime
        var name: String
        var number: UInt64

        static func < (left: Entry, right: Entry) -> Bool {
            (left.at, left.name, left.number) < (right.at, right.name, right.number)
        }
    }

    private var entries = Heap<Entry>()
    private var last: UInt64 = 0

    /// The first; nil = there is none.
    var next: SteadyTime? { entries.min?.at }
    var count: Int { entries.count }

    /// - Returns: the number of the deadline: the last that was made for a name is its own.
    mutating func add(_ name: String, at deadline: SteadyTime) -> UInt64 {
        last += 1
        entries.insert(Entry(at: deadline, name: name, number: last))
        return last
    }

    /// The first whose time has come.
    mutating func popFirst(upTo now: SteadyTime) -> (name: String, number: UInt64)? {
        guard let first = entries.min, first.at <= now else { return nil }
        entries.removeMin()
        return (first.name, first.number)
    }

    /// Forgets those that are nobody's any more.
    mutating func keep(where isMeant: (_ name: String, _ number: UInt64) -> Bool) {
        entries = Heap(entries.unordered.filter { isMeant($0.name, $0.number) })
    }
}
