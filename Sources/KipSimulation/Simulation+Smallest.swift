extension Simulation {
    /// The smallest world that still breaks a promise.
    public struct Smallest: Sendable, Equatable {
        /// What happens in it, traced.
        public var outcome: Outcome
        /// Faults that are needed.
        public var faults: Int
        /// Requests that are needed.
        public var requests: Int
        /// Faults of the whole world.
        public var allFaults: Int
        /// Requests of the whole world.
        public var allRequests: Int
    }

    /// Leaves out faults and requests of a failing world, ever smaller groups of them, as long as a promise is still broken
    /// (delta debugging; Zeller and Hildebrandt, IEEE TSE 28(2), 2002).
    /// - Returns: nil where the world breaks no promise.
    public static func smallest(seed: UInt64, mutant: Mutant? = nil) -> Smallest? {
        let whole = finished(seed: seed, mutant: mutant)
        guard !whole.audit.violations.isEmpty else { return nil }
        var needed = whole.moves
        var size = max(1, needed.count / 2)
        while true {
            let before = needed.count
            var start = 0
            while start < needed.count {
                let rest = needed[..<start] + needed[min(needed.count, start + size)...]
                let world = finished(seed: seed, mutant: mutant, only: Set(rest))
                if world.audit.violations.isEmpty { start += size } else { needed = world.moves }
            }
            if size == 1, needed.count == before { break }
            size = max(1, size / 2)
        }
        let world = finished(seed: seed, mutant: mutant, only: Set(needed), isTraced: true)
        let faults = needed.count(where: \.isFault)
        let allFaults = whole.moves.count(where: \.isFault)
        return Smallest(
            outcome: world.outcome, faults: faults, requests: needed.count - faults, allFaults: allFaults,
            allRequests: whole.moves.count - allFaults)
    }
}
