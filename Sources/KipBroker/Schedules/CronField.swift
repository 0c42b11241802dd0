/// One of the fields of a cron expression: what may stand in it.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    let words: [String: Int]
    /// The days may be “?”, as Quartz writes “any”.
    var allowsQuestionMark = false
    /// What else may stand there, for the error's text.
    var alsoAllows = ""

    static let second = CronField(name: "second", range: 0...59, words: [:])
    static let minute = CronField(name: "minute", range: 0...59, words: [:])
    static let hour = CronField(name: "hour", range: 0...23, words: [:])
    static let dayOfMonth = CronField(
        name: "day of month", range: 1...31, words: [:], allowsQuestionMark: true,
        alsoAllows: ", “L” for the last day of the month, “L-3” for three days before it")
    static let month = CronField(
        name: "month", range: 1...12,
        words: numbered(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], from: 1))
    static let dayOfWeek = CronField(
        name: "day of week", range: 0...7,
        words: numbered(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], from: 0), allowsQuestionMark: true,
        alsoAllows: ", “FRIL” or “5L” for the last Friday of the month, “FRI#3” or “5#3” for the third one (1 to 5)")

    private static func numbered(_ words: [String], from start: Int) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0 + start) })
    }

    /// What stands between commas.
    static func parts(of text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    /// The values that the text of the field names.
    func parse(_ text: String) throws(CronError) -> Set<Int> {
        var values: Set<Int> = []
        for part in Self.parts(of: text) { values.formUnion(try parse(part: part, of: text)) }
        return values
    }

    /// The values that one of the parts between commas names.
    func parse(part: String, of text: String) throws(CronError) -> [Int] {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let first = pieces.first, !first.isEmpty, pieces.count <= 2 else { throw wrong(part, text) }
        var step = 1
        if pieces.count == 2 {
            guard let given = Self.number(pieces[1]), given > 0, given <= range.upperBound else {
                throw wrong(part, text)
            }
            step = given
        }
        let span = try parseSpan(first, of: text, isStepped: pieces.count == 2)
        return Array(stride(from: span.lowerBound, through: span.upperBound, by: step))
    }

    private func parseSpan(_ span: String, of text: String, isStepped: Bool) throws(CronError) -> ClosedRange<Int> {
        if span == "*" || (span == "?" && allowsQuestionMark) { return range }
        let ends = span.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard ends.count <= 2, let low = value(ends[0]) else { throw wrong(span, text) }
        guard ends.count == 2 else { return isStepped ? low...range.upperBound : low...low }
        guard var high = value(ends[1]) else { throw wrong(span, text) }
        // Sunday ends the week in “FRI-SUN” and begins it in “SUN-TUE”.
        if range.upperBound == 7, high == 0, low > 0 { high = 7 }
        guard low <= high else { throw wrong(span, text) }
        return low...high
    }

    /// The value of a number or a name; nil where it is neither, or out of range.
    func value(_ text: String) -> Int? {
        guard let value = words[text.uppercased()] ?? Self.number(text), range.contains(value) else { return nil }
        return value
    }

    /// Digits only: `Int` would take “+5”, too.
    static func number(_ text: String) -> Int? {
        text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
    }

    /// The error that a part of the field's text makes.
    func wrong(_ part: String, _ text: String) -> CronError {
        let example = words.first { $0.value == 1 }?.key
        let named = example.map { " or a name such as \($0)" } ?? ""
        return CronError(
            description:
                "the field “\(name)” is “\(text.clipped(toBytes: 80))”: “\(part.clipped(toBytes: 80))” is not a number from "
                + "\(range.lowerBound) to \(range.upperBound)\(named), a range “a-b” from low to high, or a step “*/n” "
                + "with n from 1 to \(range.upperBound)\(alsoAllows)")
    }
}
