/// A word, number or sign of a deadline phrase.
struct DeadlineToken: Equatable {
    enum Kind: Equatable {
        /// In small letters, with one spelling of each tone: `quý` also for `quí`, `hàng` for `hằng`, `kỳ` for `kì`.
        case word(String)
        /// Up to four digits.
        case number(Int)
        /// Any other character; all dashes are `-`.
        case sign(Character)
    }

    let kind: Kind
    /// Where it stands in the text.
    let range: Range<String.Index>

    /// The tokens of a text. Letters and digits that touch are two: `T6` is `t` and 6.
    static func all(in text: String) -> [DeadlineToken] {
        var tokens: [DeadlineToken] = []
        var place = text.startIndex
        while place < text.endIndex {
            let character = text[place]
            var end = text.index(after: place)
            if character.isWhitespace {
                place = end
                continue
            }
            let same: ((Character) -> Bool)? =
                isDigit(character) ? isDigit : character.isLetter ? { $0.isLetter } : nil
            while let same, end < text.endIndex, same(text[end]) { end = text.index(after: end) }
            tokens.append(DeadlineToken(kind: kind(text[place..<end]), range: place..<end))
            place = end
        }
        return tokens
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    private static func kind(_ text: Substring) -> Kind {
        guard let first = text.first else { return .word("") }
        if isDigit(first) {
            guard text.count <= 4, let number = Int(text) else { return .word(String(text)) }
            return .number(number)
        }
        guard first.isLetter else { return .sign("–—−‑".contains(first) ? "-" : first) }
        let word = text.lowercased()
        return .word(spellings[word] ?? word)
    }

    private static let spellings = [
        "quí": "quý", "qúi": "quý", "qúy": "quý", "hằng": "hàng", "kì": "kỳ", "tuỳ": "tùy", "muộn": "chậm",
    ]

    /// The word; nil if it is none.
    var word: String? {
        if case .word(let word) = kind { word } else { nil }
    }

    /// The number; nil if it is none.
    var number: Int? {
        if case .number(let number) = kind { number } else { nil }
    }

    /// The sign; nil if it is none.
    var sign: Character? {
        if case .sign(let sign) = kind { sign } else { nil }
    }
}
