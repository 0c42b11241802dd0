/// Breaks the name of an agency, and an address, into lines as a person would: before the name of a place, not within it.
enum AgencyLines {
    private static let places = [
        "THÀNH PHỐ", "TỈNH", "QUẬN", "HUYỆN", "THỊ XÃ", "PHƯỜNG", "XÃ", "THỊ TRẤN", "ĐẶC KHU", "TP.",
    ]
    /// The longest place of an address, in characters, that is kept on one line: longer ones may not fit on it.
    private static let longestPlace = 28

    /// An address whose lines break between its parts: “Thành phố Hồ Chí Minh” stays on a line.
    static func bound(address: String) -> String {
        address.split(separator: ",", omittingEmptySubsequences: false).map { part in
            let name = part.drop { $0 == " " }
            let capitals = name.uppercased()
            guard name.count <= longestPlace, places.contains(where: { capitals.hasPrefix($0 + " ") }) else {
                return String(part)
            }
            return String(part.prefix(part.count - name.count)) + name.replacing(" ", with: "\u{a0}")
        }.joined(separator: ",")
    }

    /// The lines of a name.
    /// - Parameters:
    ///   - limit: how wide a line may be.
    ///   - width: how wide a text is.
    static func lines(_ name: String, limit: Double, width: (String) -> Double) -> [String] {
        if name.contains("\n") { return name.split(separator: "\n").map(String.init) }
        if width(name) <= limit { return [name] }
        let words = name.split(separator: " ")
        let breaks = (1..<max(1, words.count)).map { place in
            (words[..<place].joined(separator: " "), words[place...].joined(separator: " "))
        }
        let fitting = breaks.filter { width($0.0) <= limit && width($0.1) <= limit }
        let natural = fitting.first { upper, lower in places.contains { lower.hasPrefix($0 + " ") } }
        let even = fitting.min { abs(width($0.0) - width($0.1)) < abs(width($1.0) - width($1.1)) }
        return (natural ?? even).map { [$0.0, $0.1] } ?? [name]
    }
}
