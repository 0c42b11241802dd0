/// How much room text takes on a terminal. Names come from producers and workers: what is wide takes two cells, what
/// combines takes none. What would command the terminal was written out before (`TerminalText`).
enum CellWidth {
    /// Cells of a text.
    static func of(_ text: String) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// Cells of what a person takes for one character, however many code points it has.
    static func of(_ character: Character) -> Int {
        let scalars = character.unicodeScalars
        guard let first = scalars.first else { return 0 }
        if scalars.allSatisfy(isWeightless) { return 0 }
        // An emoji, also one that is joined of several, or made one by its selector.
        if first.properties.isEmojiPresentation || scalars.contains(where: { $0.value == 0xFE0F }) { return 2 }
        return wide.contains { $0.contains(first.value) } ? 2 : 1
    }

    /// The text in exactly so many cells: cut with an ellipsis, or filled with blanks.
    /// - Parameter atEnd: whether it stands at the right end, as numbers do.
    static func fit(_ text: String, _ width: Int, atEnd: Bool = false) -> String {
        let cut = cut(text, width)
        let blanks = String(repeating: " ", count: max(0, width - of(cut)))
        return atEnd ? blanks + cut : cut + blanks
    }

    /// The text in so many cells at the most.
    static func cut(_ text: String, _ width: Int) -> String {
        if of(text) <= width { return text }
        guard width > 0 else { return "" }
        var kept = ""
        var used = 0
        for character in text {
            let cells = of(character)
            if used + cells > width - 1 { break }
            kept.append(character)
            used += cells
        }
        return kept + "…"
    }

    private static func isWeightless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: true
        default: false
        }
    }

    /// Wide and full-width ranges (Unicode Standard Annex #11).
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF,
        0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
        0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD,
    ]
}
