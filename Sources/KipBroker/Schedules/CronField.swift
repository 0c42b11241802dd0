/// One of the five fields of a cron expression: what may stand in it.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    let words: [String: Int]

    static let minute = CronField(name: "minute", range: 0...59, words: [:])
    static let hour = CronField(name: "hour", range: 0...23, words: [:])
    static let dayOfMonth = CronField(name: "day of month", range: 1...31, words: [:])
    static let month = CronField(
        name: "month", range: 1...12,
        words: numbered(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], from: 1))
    static let dayOfWeek = CronField(
        name: "day of week", range: 0...7,
        words: numbered(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], from: 0))

    private static func numbered(_ words: [String], from start: Int) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0 + start) })
    }

    /// The values that the text of the field names.
    func parse(_ text: String) throws(CronError) -> Set<Int> {
        var values: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            values.formUnion(try parsePart(String(part), of: text))
        }
        return values
    }

    private func parsePart(_ part: String, of text: String) throws(CronError) -> [Int] {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let first = pieces.first, !first.isEmpty, pieces.count <= 2 else { throw wrong(part, text) }
        var step = 1
        if pieces.count == 2 {
            guard let given = Int(pieces[1]), given > 0 else { throw wrong(part, text) }
            step = given
        }
        let span = try parseSpan(first, of: text, isStepped: pieces.count == 2)
        return Array(stride(from: span.lowerBound, through: span.upperBound, by: step))
    }

    private func parseSpan(_ span: String, of text: String, isStepped: Bool) throws(CronError) -> ClosedRange<Int> {
        if span == "*" || span == "?" { return range }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2, let low = value(ends[0]) else { throw wrong(span, text) }
        guard ends.count == 2 else { return isStepped ? low...range.upperBound : low...low }
        guard let high = value(ends[1]), low <= high else { throw wrong(span, text) }
        return low...high
    }

    private func value(_ text: String) -> Int? {
        guard let value = words[text.uppercased()] ?? Int(text), range.contains(value) else { return nil }
        return value
    }

    private func wrong(_ part: String, _ text: String) -> CronError {
        let named = words.isEmpty ? "" : " or a name such as \(words.keys.sorted().first ?? "")"
        return CronError(
            description: "the field “\(name)” is “\(text)”: “\(part)” is not a number from \(range.lowerBound) to "
                + "\(range.upperBound)\(named), a range “a-b” or a step “*/n”")
    }
}
