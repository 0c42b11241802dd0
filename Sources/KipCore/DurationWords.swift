extension Duration {
    /// The time as a person reads it, exact to the millisecond: `250 ms`, `1.5 s`, `45 s`, `5 m`, `1 h 30 m`, `7 d`.
    package var words: String {
        var rest = max(0, milliseconds)
        if rest < 1_000 { return "\(rest) ms" }
        var parts: [String] = []
        let units: [(name: String, size: Int64)] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)]
        for unit in units where rest >= unit.size {
            parts.append("\(rest / unit.size) \(unit.name)")
            rest %= unit.size
        }
        if rest > 0 { parts.append("\(Self.secondsText(rest)) s") }
        return parts.joined(separator: " ")
    }

    private static func secondsText(_ milliseconds: Int64) -> String {
        var text = "\(milliseconds / 1_000).\(String(1_000 + milliseconds % 1_000).dropFirst())"
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
