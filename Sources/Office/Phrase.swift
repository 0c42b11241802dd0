import Foundation

/// How names are compared: composed letters, small, single spaces, one kind of dash.
public enum Phrase {
    public static func normalized(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.lowercased()
            .replacingOccurrences(of: "–", with: "-").replacingOccurrences(of: "\u{A0}", with: " ")
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
            .trimmingCharacters(in: CharacterSet(charactersIn: ".;,-• "))
    }
}
