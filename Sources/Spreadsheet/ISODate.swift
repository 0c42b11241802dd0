/// Dates that a cell holds as text (`t="d"`, ISO 8601), as some programs write them.
enum ISODate {
    /// `2024-01-05T08:30:00.000Z` as `2024-01-05 08:30`, without a time at midnight, `18:05:00` as `18:05`; another text as it
    /// is.
    static func text(_ stored: String) -> String {
        if fits(stored.prefix(8), "00:00:00") { return String(stored.prefix(5)) }
        let halves = stored.split(separator: "T", maxSplits: 1, omittingEmptySubsequences: false)
        guard let day = halves.first, fits(day, "0000-00-00") else { return stored }
        guard halves.count == 2 else { return stored }
        let time = halves[1].prefix(5)
        guard fits(time, "00:00") else { return stored }
        return time == "00:00" ? String(day) : "\(day) \(time)"
    }

    private static func fits(_ text: Substring, _ pattern: String) -> Bool {
        text.utf8.count == pattern.utf8.count
            && zip(text.utf8, pattern.utf8).allSatisfy { letter, model in
                model == UInt8(ascii: "0")
                    ? (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(letter) : letter == model
            }
    }
}
