import Foundation

/// How names are compared: composed letters, small, single spaces, one kind of dash.
public enum Phrase {
    /// A text with single, plain spaces between its words and none at its ends.
    public static func spaced(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A text as names are compared: small letters, composed, single spaces, without marks at its ends.
    public static func normalized(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.lowercased()
            .replacingOccurrences(of: "–", with: "-").replacingOccurrences(of: "\u{A0}", with: " ")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            .trimmingCharacters(in: CharacterSet(charactersIn: ".;,-• "))
    }
}
