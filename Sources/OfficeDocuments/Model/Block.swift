/// A part of a body.
public enum Block: Sendable {
    /// A justified paragraph, its first line indented.
    case paragraph([Run])
    /// The grounds (căn cứ) that a document leans on, in italics, one a line: each ends with a semicolon, the last with a
    /// full stop (Decree 30/2020/NĐ-CP, appendix I); these signs are set where they are missing.
    case grounds([String])
    /// A bold line over a part. It stands in the outline, and never alone at the foot of a page.
    case heading(String, level: HeadingLevel = .part)
    /// Points, each after a dash.
    case list([[Run]])
    /// A table; its head is repeated on each page.
    case table(Table)
    /// Bars, each with its value and its target.
    case chart(Chart)
    /// Columns and lines over periods.
    case trend(Trend)

    /// How far down a heading stands.
    public enum HeadingLevel: Int, Sendable {
        /// `I. KẾT QUẢ`.
        case part = 1
        /// `1. Theo lĩnh vực`.
        case section = 2
    }

    /// Grounds with the signs at their ends.
    static func punctuated(_ grounds: [String]) -> [String] {
        grounds.enumerated().map { index, ground in
            var text = ground
            while let last = text.last, ";. ".contains(last) { text.removeLast() }
            return text + (index == grounds.count - 1 ? "." : ";")
        }
    }
}
