/// Type, subject and addressees.
struct TitleLayout {
    private let document: OfficialDocument
    private let flow: PageFlow
    private let canvas: PageCanvas

    init(_ document: OfficialDocument, _ flow: PageFlow) {
        self.document = document
        self.flow = flow
        canvas = flow.canvas
    }

    func draw() throws(DocumentError) {
        if case .named(let name) = document.type { try title(name) }
        let addressees = Addressees(document.addressees)
        switch addressees {
        case .none: break
        case .one(let lines): try centred(lines)
        case .several(let lines): try dashed(lines)
        }
    }

    private func title(_ name: String) throws(DocumentError) {
        try canvas.tagged(.heading1) { () throws(DocumentError) in
            let style = TextStyle(size: Measures.type, bold: true, alignment: .centre)
            flow.advance(canvas.draw(TitleWords.bound(name), style, x: flow.left, y: flow.y, width: flow.width))
            if !document.subject.isEmpty { subject() }
        }
        flow.space(Measures.titleGap)
    }

    private func subject() {
        let style = TextStyle(size: Measures.subject, bold: true, alignment: .centre)
        let subject = TitleWords.bound(document.subject)
        let width = canvas.setter.evenWidth(subject, style, within: flow.width)
        let text = canvas.setter.set(subject, style, width: width)
        // Between type and subject, for who hears them read.
        canvas.draw(canvas.setter.set(" ", style), x: flow.left, y: flow.y)
        canvas.draw(text, x: flow.left + (flow.width - width) / 2, y: flow.y)
        flow.advance(text.height)
        let rule = (text.lines.last?.width ?? 0) * Measures.subjectRule
        let centre = flow.left + flow.width / 2
        let y = flow.y + Measures.ruleGap
        canvas.line(x: centre - rule / 2, y: y, toX: centre + rule / 2, toY: y, thickness: Measures.rule)
        flow.advance(Measures.ruleGap)
    }

    private func centred(_ lines: [String]) throws(DocumentError) {
        let style = TextStyle(
            size: flow.measures.body, alignment: .centre, lineSpacing: flow.measures.lineSpacing)
        try canvas.tagged(.paragraph) {
            flow.advance(canvas.draw(lines, style, x: flow.left, y: flow.y, width: flow.width))
        }
        flow.space(Measures.titleGap)
    }

    /// “Kính gửi:” and the names beneath each other, their dashes beneath the colon.
    private func dashed(_ lines: [String]) throws(DocumentError) {
        let style = TextStyle(size: flow.measures.body, lineSpacing: flow.measures.lineSpacing)
        let place = Addressees.dashes(lines, within: flow.width) { canvas.setter.width($0, style) }
        try canvas.tagged(.paragraph) {
            flow.advance(
                canvas.draw(
                    Addressees.salutation, style, x: flow.left + place.salutation, y: flow.y, width: flow.width))
        }
        var hanging = style
        hanging.indent = -canvas.setter.width("- ", style)
        try canvas.tagged(.list) { () throws(DocumentError) in
            for line in lines {
                let text = canvas.setter.set(line, hanging, width: flow.width - place.dash)
                try canvas.tagged(.item) { () throws(DocumentError) in
                    try canvas.tagged(.itemBody) { canvas.draw(text, x: flow.left + place.dash, y: flow.y) }
                }
                flow.advance(text.height)
            }
        }
        flow.space(Measures.titleGap)
    }
}
