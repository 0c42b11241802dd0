/// What a template says, in the parts of an official document.
///
/// A line `# …` is the type, `## …` the subject, each `Kính gửi: …` an addressee and each `> …` after it a line of its address;
/// paragraphs are parted by empty lines, `**…**`
/// is bold; after a line `Nơi nhận:` each `- …` is a recipient.
public struct TemplateText: Sendable, Equatable {
    /// The type, in capitals.
    public var type = ""
    /// The subject beneath the type; empty = none.
    public var subject = ""
    /// Whom it addresses.
    public var addressees: [OfficialDocument.Addressee] = []
    /// The body's paragraphs.
    public var paragraphs: [[Run]] = []
    /// The lines beneath “Nơi nhận:”.
    public var recipients: [String] = []

    /// Reads a rendered text.
    /// - Throws: `DocumentError.template` where it has no type.
    init(_ text: String, path: String) throws(DocumentError) {
        var lines: [Substring] = []
        var isEnd = false
        func flush(_ lines: inout [Substring], _ paragraphs: inout [[Run]]) {
            if !lines.isEmpty { paragraphs.append(Self.runs(lines.joined(separator: " "))) }
            lines = []
        }
        // By bytes: a page has some two thousand letters, and to find where each ends costs more than all else here.
        for raw in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            let line = Self.trimmed(raw)
            if line.isEmpty {
                flush(&lines, &paragraphs)
            } else if line == "Nơi nhận:" {
                isEnd = true
            } else if isEnd {
                recipients.append(Self.plain(line.drop { $0 == "-" || $0 == " " }))
            } else if line.hasPrefix("## ") {
                subject = Self.plain(line.dropFirst(3))
            } else if line.hasPrefix("# ") {
                type = Self.plain(line.dropFirst(2))
            } else if line.hasPrefix("Kính gửi:") {
                addressees.append(.init(Self.plain(line.dropFirst(9).drop { $0 == " " })))
            } else if line.hasPrefix("> "), !addressees.isEmpty {
                addressees[addressees.count - 1].details.append(Self.plain(line.dropFirst(2)))
            } else {
                lines.append(line)
            }
        }
        flush(&lines, &paragraphs)
        if type.isEmpty { throw .template("\(path): there is no line “# …” with the document's type") }
    }

    /// Stands before a value, so that a value never begins a line of markup; and for an asterisk of a value.
    private static let guardMark: Unicode.Scalar = "\u{E001}"
    private static let asterisk: Unicode.Scalar = "\u{E000}"

    /// A value as it goes into a text: one line that is never markup.
    static func guarded(_ value: String) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(guardMark)
        var last: Unicode.Scalar = " "
        for scalar in value.unicodeScalars {
            if newlines.contains(scalar) {
                // CR and LF are one line break.
                if last != "\r" || scalar != "\n" { scalars.append(" ") }
            } else {
                scalars.append(scalar == "*" ? asterisk : scalar)
            }
            last = scalar
        }
        return String(scalars)
    }

    private static let newlines: Set<Unicode.Scalar> = [
        "\n", "\u{0b}", "\u{0c}", "\r", "\u{85}", "\u{2028}", "\u{2029}",
    ]

    private static func plain(_ text: some StringProtocol) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where scalar != guardMark {
            scalars.append(scalar == asterisk ? "*" : scalar)
        }
        return String(scalars)
    }

    /// A line without the blanks at its ends.
    private static func trimmed(_ line: Substring.UTF8View) -> Substring {
        let blanks = " \t\r".utf8
        var line = line.drop { blanks.contains($0) }
        while let last = line.last, blanks.contains(last) { line.removeLast() }
        return Substring(line)
    }

    /// Every second piece between `**` is bold.
    private static func runs(_ text: String) -> [Run] {
        var runs: [Run] = []
        var isBold = false
        // By bytes, as lines are.
        var rest = Substring(text).utf8[...]
        func end(_ piece: Substring.UTF8View) {
            if !piece.isEmpty { runs.append(Run(plain(Substring(piece)), bold: isBold)) }
        }
        var from = rest.startIndex
        while let star = rest[from...].firstIndex(of: UInt8(ascii: "*")) {
            from = rest.index(after: star)
            guard from < rest.endIndex, rest[from] == UInt8(ascii: "*") else { continue }
            end(rest[..<star])
            rest = rest[rest.index(after: from)...]
            from = rest.startIndex
            isBold.toggle()
        }
        end(rest)
        return runs
    }
}
