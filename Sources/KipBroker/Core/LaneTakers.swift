/// Who takes the jobs of a lane, as places in the workers' order: of a thousand workers most take other kinds. Looked up when
/// it is first asked for, and forgotten whenever a worker or a lane comes or goes.
struct LaneTakers: Sendable {
    private var places: [Int: [Int]] = [:]
    /// Jobs of one lane come together.
    private var last: (lane: Int, places: [Int])?

    /// nil = it is to be looked up.
    mutating func places(of lane: Int) -> [Int]? {
        if let last, last.lane == lane { return last.places }
        guard let found = places[lane] else { return nil }
        last = (lane, found)
        return found
    }

    mutating func note(_ found: [Int], of lane: Int) {
        places[lane] = found
        last = (lane, found)
    }

    mutating func forget() {
        places = [:]
        last = nil
    }
}
