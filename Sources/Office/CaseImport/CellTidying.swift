import Foundation
import Spreadsheet

/// Cells as they are meant: composed letters, without blanks around them, as text where they were escaped or kept
/// from Excel, and empty where they only say that there is nothing.
enum CellTidying {
    /// A cell's text.
    static func text(_ cell: String) -> String {
        if isPlain(cell) { return isPlaceholder(cell) ? "" : cell }
        var text = trimmed(cell)
        if let kept = keptAsText(text) { text = trimmed(kept) }
        text = FormulaGuard.unguarded(text)
        if text.utf8.contains(UInt8(ascii: "&")) { text = trimmed(HTMLText.decoded(Array(text.utf8))) }
        if text.unicodeScalars.contains(where: isControl) { text = withoutControls(text) }
        return isPlaceholder(text) ? "" : text
    }

    private static func trimmed(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping.trimmingCharacters(in: blanks)
    }

    /// `="00123"`, as CSV files have it so that Excel does not take a text for a number; nil = it is not so.
    private static func keptAsText(_ text: String) -> String? {
        guard text.hasPrefix("=\""), text.hasSuffix("\""), text.utf8.count > 3 || text == "=\"\"" else { return nil }
        let inner = text.dropFirst(2).dropLast()
        let single = inner.replacing("\"\"", with: "")
        return single.contains("\"") ? nil : String(inner.replacing("\"\"", with: "\""))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\n"
    }

    /// Without signs that no printer has; lines end in one way, and a tab is a blank.
    private static func withoutControls(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.replacing("\r\n", with: "\n").unicodeScalars {
            switch scalar {
            case "\r": plain.append("\n")
            case "\t": plain.append(" ")
            case _ where isControl(scalar): continue
            default: plain.append(scalar)
            }
        }
        return String(plain)
    }

    /// White space, and marks that are not seen.
    private static let blanks = CharacterSet.whitespacesAndNewlines.union(
        CharacterSet(charactersIn: "\u{FEFF}\u{200B}\u{200C}\u{200D}\u{2060}\u{200E}\u{200F}"))

    /// Whether a cell is composed, and begins and ends with a letter or the like: then it is as it should be. Nearly all are,
    /// and Foundation takes long to find that out.
    private static func isPlain(_ cell: String) -> Bool {
        var isPlain = true
        var (first, last): (UInt8, UInt8) = (0x41, 0x41)
        var lead: UInt8 = 0
        var isFirst = true
        for byte in cell.utf8 {
            if isFirst {
                first = byte
                isFirst = false
            }
            last = byte
            if byte < 0x80 {
                // Controls, and what begins a character reference.
                if byte < 0x20 || byte == 0x26 || byte == 0x7F { isPlain = false }
                lead = 0
                continue
            }
            if byte >= 0xC0 {
                // Latin letters with marks: U+00C0 to U+02FF.
                if byte > 0xCB, byte != 0xE1 { isPlain = false }
                lead = byte
            } else if lead == 0xE1 {
                // Of those that begin with E1, the letters of Vietnamese: U+1E00 to U+1EFF.
                if !(0xB8...0xBB).contains(byte) { isPlain = false }
                lead = 0
            } else if lead == 0xC2 {
                // Not the signs of Latin-1, which a blank and one that is not seen are among.
                isPlain = false
            }
        }
        return isPlain && first > 0x2D && first != 0x3D && last > 0x20
    }

    /// What programs and people write for nothing.
    private static func isPlaceholder(_ text: String) -> Bool {
        let count = text.utf8.count
        guard count <= 9, count > 0 else { return false }
        return text == "NaN" || text == "NaT" || placeholders.contains(text.lowercased())
    }

    private static let placeholders: Set<String> = [
        "-", "--", "---", "–", "—", "n/a", "null", "(null)", "none", "nil", "...", "…", "(trống)", "undefined",
    ]
}
