import Foundation

/// What is wrong with texts of a case file, by which a letter would go to nobody, or to a name that nobody has.
enum CitizenTexts {
    /// Columns whose texts stand on letters.
    static let printed: [CaseColumn] = [
        .applicant, .address, .procedure, .field, .unit, .delayReason, .suspensionReason,
    ]

    /// Whether letters were lost on the way: a program wrote `Nguy?n V?n A`, or the sign for a letter that is none (U+FFFD).
    /// - Parameter isName: no question stands in it.
    static func hasLostLetters(_ text: String, isName: Bool) -> Bool {
        var hasQuestion = false
        var hasReplacement = false
        for byte in text.utf8 {
            if byte == 0x3F { hasQuestion = true }
            if byte == 0xEF { hasReplacement = true }
        }
        if hasReplacement, text.unicodeScalars.contains("\u{FFFD}") { return true }
        guard hasQuestion else { return false }
        var previous: Character = " "
        var isAfterQuestion = false
        for character in text {
            if isAfterQuestion, character.isLetter { return true }
            isAfterQuestion = character == "?"
            if isAfterQuestion, isName, previous.isLetter { return true }
            previous = character
        }
        return false
    }

    /// Whether letters are those of the fonts of before Unicode, and mean others: of VNI a vowel by one that carries its mark
    /// (`Nguyeãn Vaên`), of TCVN3 signs in the middle of a word (`V¨n`), or what Excel for Mac writes for them (`Nguy_n`).
    static func isOfOldFont(_ text: String) -> Bool {
        if text.utf8.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "_") }) { return false }
        var last: Character = " "
        for character in text.precomposedStringWithCanonicalMapping.lowercased() {
            if let marks = vniMarks[last], marks.contains(character) { return true }
            if last.isLetter, tcvnSigns.contains(character) { return true }
            last = character
        }
        return false
    }

    /// No syllable of Vietnamese has these vowels together.
    private static let vniMarks: [Character: Set<Character>] = [
        "a": ["â", "ê", "ù", "ø", "û", "õ", "ï", "á", "à", "å", "ã", "ä", "é", "è", "ú", "ü", "ë"],
        "e": ["â", "ê", "ù", "ø", "û", "õ", "ï", "á", "à", "å", "ã", "ä"], "o": ["â", "ê", "ø", "å", "ä", "ï"],
        "ö": ["ô", "ù", "ø", "õ", "ï"], "ô": ["ø", "ù", "ï", "û", "õ"],
    ]
    private static let tcvnSigns: Set<Character> = [
        "¨", "©", "ª", "¬", "\u{AD}", "®", "µ", "¶", "·", "¸", "¹", "»", "¼", "½", "¾", "_",
    ]

    /// A name in one line.
    static func oneLine(_ text: String) -> String {
        guard text.contains(where: \.isNewline) else { return text }
        return text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(" ") }.joined(separator: " ")
    }

    /// Whether a name has a letter in it: `0` is what a formula shows of an empty cell.
    static func isName(_ text: String) -> Bool { text.contains(where: \.isLetter) }

    /// A telephone number with the zero that a spreadsheet took away, as it took it for a number: mobile ones have ten figures,
    /// those of lines eleven (numbering plan of Circular 22/2014/TT-BTTTT [K]). Nil = it has lost none.
    static func phone(restored text: String) -> String? {
        guard let first = text.utf8.first, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        let isMobile = text.utf8.count == 9 && "35789".utf8.contains(first)
        let isLine = text.utf8.count == 10 && first == UInt8(ascii: "2")
        return isMobile || isLine ? "0" + text : nil
    }
}
