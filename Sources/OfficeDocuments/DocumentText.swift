import Foundation

/// What of a text can stand on a page.
public enum DocumentText {
    /// The characters of a text that no document can show: those that neither the document's font nor its fallback has, which
    /// would be printed as boxes, and those that turn the direction of a line around (UAX #9: U+202A to U+202E, U+2066 to
    /// U+2069 and the marks U+061C, U+200E, U+200F), so that a name reads otherwise than it is written.
    /// - Returns: each once, in their order; empty = all of it can be shown.
    /// - Throws: `DocumentError.noFont`.
    public static func undrawable(in text: String) throws(DocumentError) -> [Unicode.Scalar] {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return [] }
        let font = try DocumentFont.current()
        var found: [Unicode.Scalar] = []
        // A letter and its mark that come apart are drawn as one.
        for scalar in text.precomposedStringWithCanonicalMapping.unicodeScalars where !found.contains(scalar) {
            if isDirectional(scalar) {
                found.append(scalar)
            } else if !isInvisible(scalar), !isControl(scalar), !scalar.properties.isWhitespace, !font.draws(scalar) {
                found.append(scalar)
            }
        }
        return found
    }

    /// A text as it is set: control characters are spaces; what is invisible, and what turns a line around, is left out.
    static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) || isInvisible($0) }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars where !isInvisible(scalar) {
            result.unicodeScalars.append(isControl(scalar) ? " " : scalar)
        }
        return result
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        (scalar.value < 0x20 && scalar != "\n" && scalar != "\t") || (0x7f..<0xa0).contains(scalar.value)
    }

    /// Whether it turns the direction of a line around.
    public static func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
        default: false
        }
    }

    /// Characters without a picture (UAX #44: Default_Ignorable_Code_Point): joiners, soft hyphens, variation selectors, and
    /// those of direction.
    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        // Vietnamese letters are asked for most, and none of them is one.
        if scalar.value < 0xad || (0xae..<0x34f).contains(scalar.value) || (0x1e00..<0x2000).contains(scalar.value) {
            return false
        }
        return scalar.properties.isDefaultIgnorableCodePoint
    }
}
