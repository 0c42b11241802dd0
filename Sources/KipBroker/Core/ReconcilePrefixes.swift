/// Prefixes of effect keys that a worker can look up. A key is found among a thousand of them by one search, as very many keys
/// are asked about at once where a worker was lost.
struct ReconcilePrefixes: Sendable {
    /// In the order of their bytes, none of which begins with another: the only one with which a key can begin is the last
    /// that does not stand behind it.
    private var prefixes: [[UInt8]] = []

    init(_ names: [String] = []) {
        for bytes in names.map({ Array($0.utf8) }).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            if let last = prefixes.last, bytes.starts(with: last) { continue }
            prefixes.append(bytes)
        }
    }

    var isEmpty: Bool { prefixes.isEmpty }

    /// Whether a key begins with one of them.
    func cover(_ key: String) -> Bool {
        let key = Array(key.utf8)
        var range = 0..<prefixes.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            let isBehind = key.lexicographicallyPrecedes(prefixes[middle])
            range = isBehind ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound > 0 && key.starts(with: prefixes[range.lowerBound - 1])
    }
}
