import KipCore

/// Text from outside as a terminal may have it: names, keys, errors, log lines and payloads come from producers, workers and
/// files, and may hold what a terminal obeys. All that commands print goes through here, once.
enum TerminalText {
    /// The text with each control character (C0, DEL, C1), line separator and mark of direction written out, such as `\x1b`,
    /// `\n` or `\u{202e}`: it stays on its line and changes nothing around it.
    static func printable(_ text: String) -> String {
        if !needsEscape(text) { return text }
        return written(text) { escape($0) }
    }

    /// The same for words to a person, in which a line may end: what follows is indented, so that it passes for nothing else.
    static func printableLines(_ text: String) -> String {
        if !needsEscape(text) { return text }
        return written(text) { $0 == "\n" ? "\n    " : escape($0) }
    }

    /// JSON in which such characters stand as JSON writes them. JSON's own rules ask for that below U+0020 only.
    static func printableJSON(_ text: String) -> String {
        if !needsEscape(text) { return text }
        return written(text) { scalar in
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        }
    }

    private static func needsEscape(_ text: String) -> Bool {
        // What is plain ASCII, as most is, is seen byte by byte.
        var text = text
        return text.withUTF8 { bytes in
            bytes.contains { $0 < 0x20 || $0 >= 0x7F }
        } && text.unicodeScalars.contains(where: CanonicalText.isForbidden)
    }

    private static func written(_ text: String, _ escape: (Unicode.Scalar) -> String) -> String {
        var written = ""
        for scalar in text.unicodeScalars {
            if CanonicalText.isForbidden(scalar) {
                written += escape(scalar)
            } else {
                written.unicodeScalars.append(scalar)
            }
        }
        return written
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        default:
            let digits = String(scalar.value, radix: 16)
            if scalar.value > 0xFF { return "\\u{\(digits)}" }
            return digits.count == 1 ? "\\x0\(digits)" : "\\x\(digits)"
        }
    }
}
