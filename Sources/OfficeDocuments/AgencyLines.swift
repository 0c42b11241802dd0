/// Breaks the name of an agency into lines as a person would: before the name of the place, not within it.
enum AgencyLines {
    private static let places = ["THÀNH PHỐ", "TỈNH", "QUẬN", "HUYỆN", "THỊ XÃ", "PHƯỜNG", "XÃ", "THỊ TRẤN"]

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
