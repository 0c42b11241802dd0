/// An appendix: its name, title and reference, centred, then its body.
struct AppendixLayout {
    private let name: String
    private let appendix: OfficialDocument.Appendix
    private let flow: PageFlow
    private let canvas: PageCanvas

    init(_ name: String, _ appendix: OfficialDocument.Appendix, _ flow: PageFlow) {
        self.name = name
        self.appendix = appendix
        self.flow = flow
        canvas = flow.canvas
    }

    func drawHead() throws(DocumentError) {
        flow.beginAppendix(appendix.orientation == .landscape ? .landscape : .portrait)
        canvas.addToOutline("\(name). \(appendix.title)", level: 1, x: flow.left, y: flow.y)
        try canvas.tagged(.heading2) {
            line(name, TextStyle(size: Measures.appendix, bold: true, alignment: .centre))
            let style = TextStyle(size: Measures.appendixTitle, bold: true, alignment: .centre)
            // Between name and title, for who hears them read.
            canvas.draw(canvas.setter.set(" ", style), x: flow.left, y: flow.y)
            line(appendix.title, style)
        }
        if !appendix.reference.isEmpty {
            try canvas.tagged(.paragraph) {
                let style = TextStyle(size: Measures.appendixReference, italic: true, alignment: .centre)
                line("(\(appendix.reference))", style)
            }
        }
        flow.space(Measures.titleGap)
    }

    private func line(_ text: String, _ style: TextStyle) {
        flow.advance(canvas.draw(text, style, x: flow.left, y: flow.y, width: flow.width))
    }
}
