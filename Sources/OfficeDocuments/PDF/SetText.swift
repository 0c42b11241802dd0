import CPangoCairo

/// A text that is broken into lines. Each line is as high as in Word: the font's own line height, with its gap, times the
/// line spacing; what is beyond the letters stands above them.
struct SetText: ~Copyable {
    let layout: OpaquePointer
    /// Points.
    let width: Double
    let height: Double
    /// One line's.
    let lineHeight: Double
    /// Above the letters of the first line; Pango leaves it out there.
    let gap: Double

    /// Takes a layout over, and gives it back at its end.
    /// - Parameters:
    ///   - lineHeight: from line to line.
    ///   - letters: how much of it the letters take.
    init(_ layout: OpaquePointer, lineHeight: Double, letters: Double) {
        self.layout = layout
        self.lineHeight = lineHeight
        gap = lineHeight - letters
        var width: gint = 0
        pango_layout_get_size(layout, &width, nil)
        self.width = Self.points(width)
        height = lineHeight * Double(pango_layout_get_line_count(layout))
    }

    deinit { pangocairo_unref_layout(layout) }

    var lineCount: Int { Int(pango_layout_get_line_count(layout)) }

    /// One line on the way down a text.
    struct Line {
        let pointer: UnsafeMutablePointer<PangoLayoutLine>
        /// From the text's left edge to the line's.
        let x: Double
        /// From the text's top.
        let top: Double
        let bottom: Double
        let baseline: Double
        let width: Double
    }

    /// The lines, from the top. They live as long as the text.
    var lines: [Line] {
        var result: [Line] = []
        let place = pango_layout_get_iter(layout)
        defer { pango_layout_iter_free(place) }
        repeat {
            guard let line = pango_layout_iter_get_line_readonly(place) else { break }
            var logical = PangoRectangle()
            pango_layout_iter_get_line_extents(place, nil, &logical)
            let top = lineHeight * Double(result.count)
            result.append(
                Line(
                    pointer: line, x: Self.points(logical.x), top: top, bottom: top + lineHeight,
                    baseline: Self.points(pango_layout_iter_get_baseline(place)) + gap,
                    width: Self.points(logical.width)))
        } while pango_layout_iter_next_line(place) != 0
        return result
    }

    private static func points(_ units: gint) -> Double { Double(units) / Double(PANGO_SCALE) }
}
