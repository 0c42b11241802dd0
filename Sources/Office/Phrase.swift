import Foundation

/// How names are compared: composed letters, small, single spaces, one kind of dash.
public enum Phrase {
    /// A text with single, plain spaces between its words and none at its ends.
    public static func spaced(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A text as names are compared: small letters, composed, single spaces, without marks at its ends.
    public static func normalized(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.precomposedStringWithCanonicalMapping.lowercased().unicodeScalars {
            plain.append(scalar == "–" ? "-" : scalar)
        }
        let words = spaced(String(plain))
        guard let first = words.firstIndex(where: { !marks.contains($0) }),
            let last = words.lastIndex(where: { !marks.contains($0) })
        else { return "" }
        return String(words[first...last])
    }

    /// What may stand at the ends of a name.
    private static let marks: Set<Character> = [".", ";", ",", "-", "•", " "]
}
