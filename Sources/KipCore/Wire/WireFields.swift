/// The fields of KIP/1's messages by name (`WireSchema.messages`, `.choices`: made from kip.proto), for errors about JSON and for
/// `HeaderElements`.
enum WireSchema {
    /// A field of a message.
    struct Field {
        /// Its number in protobuf.
        let number: Int
        let type: FieldType
        let shape: Shape

        init(_ number: Int, _ type: FieldType, _ shape: Shape = .single) {
            self.number = number
            self.type = type
            self.shape = shape
        }
    }

    enum FieldType: Equatable {
        case string, bytes, bool, int32, int64, uint64, double
        /// Of that name in `messages`.
        case message(String)
        /// An enum of that name in `choices`.
        case choice(String)
    }

    enum Shape { case single, list, map }

    /// The name as JSON writes it: `run_at_ms`, as the .proto file has it, is `runAtMs`.
    static func jsonName(_ name: String) -> String {
        var parts = name.split(separator: "_", omittingEmptySubsequences: false)[...]
        guard parts.count > 1, let first = parts.popFirst() else { return name }
        return first + parts.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

/// The name among known ones that another was probably meant to be.
package enum NearestName {
    /// - Returns: nil if none is near.
    package static func of(_ name: String, among known: some Sequence<String>) -> String? {
        let name = name.clipped(toBytes: 64)
        return known.map { (name: $0, distance: distance(name, $0)) }
            .filter { $0.distance <= max(2, name.count / 3) }
            .min { ($0.distance, $0.name.count, $0.name) < ($1.distance, $1.name.count, $1.name) }?.name
    }

    /// A question to end an error with: `; is “delayMs” meant?`; empty if none is near.
    package static func question(_ name: String, among known: some Sequence<String>) -> String {
        of(name, among: known).map { "; is “\($0)” meant?" } ?? ""
    }

    /// Edits that make one of the other (V. Levenshtein, 1966), capitals aside. A word that is a part of the other is near:
    /// `delay` of `delayMs`, `key` of `uniqueKey`.
    private static func distance(_ one: String, _ other: String) -> Int {
        let (left, right) = (Array(one.lowercased()), Array(other.lowercased()))
        if left.count >= 3, right.starts(with: left) || right.suffix(left.count) == left[...] { return 1 }
        var row = Array(0...right.count)
        for (index, letter) in left.enumerated() {
            var corner = row[0]
            row[0] = index + 1
            for column in right.indices {
                let change = corner + (letter == right[column] ? 0 : 1)
                corner = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, corner + 1)
            }
        }
        return row[right.count]
    }
}
