/// Places by names, which is mostly asked for the name that it was asked for last: jobs of one queue come together.
struct PlaceIndex<Name: Hashable & Sendable>: Sendable {
    private var places: [Name: Int] = [:]
    private var last: (name: Name, place: Int)?

    subscript(_ name: Name) -> Int? {
        mutating get {
            if let last, last.name == name { return last.place }
            guard let place = places[name] else { return nil }
            last = (name, place)
            return place
        }
        set {
            last = nil
            places[name] = newValue
        }
    }

    mutating func removeAll() {
        last = nil
        places = [:]
    }
}
