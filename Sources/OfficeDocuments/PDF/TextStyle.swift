/// How a text is set.
struct TextStyle: Hashable {
    enum Alignment: Hashable {
        case left, centre, right, justified
    }

    /// Points.
    var size: Double
    var bold = false
    var italic = false
    var alignment = Alignment.left
    /// Of the first line, in points; under nought = of all lines but the first.
    var indent = 0.0
    /// From line to line, as a factor of the font's own.
    var lineSpacing = 1.0
}
