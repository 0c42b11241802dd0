/// The line beneath a figure.
enum FigureCaption {
    private static let style = TextStyle(size: Measures.caption, alignment: .centre)
    /// Two lines and a gap, which stay with their figure.
    static let height = 2.4 * Measures.caption + 6

    static func draw(_ caption: [Run]?, _ flow: PageFlow) throws(DocumentError) {
        if let caption {
            flow.space(3)
            try flow.draw(caption, style, as: .caption)
        }
        flow.space(Measures.blockGap + flow.measures.paragraphGap)
    }
}
