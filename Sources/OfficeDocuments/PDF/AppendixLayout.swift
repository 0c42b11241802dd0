/// An appendix: its name, title and reference, centred, then its body.
struct AppendixLayout {
    private let name: String
    private let appendix: OfficialDocument.Appendix
    private let references: [String]
    private let flow: PageFlow
    private let canvas: PageCanvas

    /// - Parameter index: of the document's appendices.
    init(_ document: OfficialDocument, _ index: Int, _ flow: PageFlow) {
        name = document.appendixName(index)
        appendix = document.appendices[index]
        references = document.references(appendix)
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
            line(TitleWords.bound(appendix.title), style)
        }
        for reference in references {
            try canvas.tagged(.paragraph) {
                line(reference, TextStyle(size: Measures.appendixReference, italic: true, alignment: .centre))
            }
        }
        flow.space(Measures.titleGap)
    }

    private func line(_ text: String, _ style: TextStyle) {
        flow.advance(canvas.draw(text, style, x: flow.left, y: flow.y, width: flow.width))
    }
}
