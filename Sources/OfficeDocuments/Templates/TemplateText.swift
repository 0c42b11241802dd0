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
        for raw in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let line = raw.drop { $0 == " " || $0 == "\t" }.trimmingEnd()
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
    private static let guardMark: Character = "\u{E001}"
    private static let asterisk: Character = "\u{E000}"

    /// A value as it goes into a text: one line that is never markup.
    static func guarded(_ value: String) -> String {
        String(guardMark)
            + value.map { character in
                character == "*" ? String(asterisk) : character.isNewline ? " " : String(character)
            }.joined()
    }

    private static func plain(_ text: some StringProtocol) -> String {
        String(text.filter { $0 != guardMark }.map { $0 == asterisk ? "*" : $0 })
    }

    /// Every second piece between `**` is bold.
    private static func runs(_ text: String) -> [Run] {
        text.split(separator: "**", omittingEmptySubsequences: false).enumerated().compactMap { index, piece in
            piece.isEmpty ? nil : Run(plain(piece), bold: !index.isMultiple(of: 2))
        }
    }
}

extension Substring {
    fileprivate func trimmingEnd() -> Substring {
        var text = self
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
