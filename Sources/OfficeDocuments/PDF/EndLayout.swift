/// The end: recipients to the left, signer to the right, on one page.
struct EndLayout {
    private let document: OfficialDocument
    private let flow: PageFlow
    private let canvas: PageCanvas

    init(_ document: OfficialDocument, _ flow: PageFlow) {
        self.document = document
        self.flow = flow
        canvas = flow.canvas
    }

    // The end is always on upright paper.
    private var leftWidth: Double { Paper.portrait.textWidth * Measures.recipientsShare }
    private var rightWidth: Double { Paper.portrait.textWidth - leftWidth }
    private var signer: TextStyle { TextStyle(size: flow.measures.body, bold: true, alignment: .centre) }
    private var authorityHeight: Double {
        document.signerAuthority.reduce(0) { $0 + canvas.setter.set($1, signer, width: rightWidth).height }
    }
    private var name: SetText { canvas.setter.set(document.signerName, signer, width: rightWidth) }
    private var head: SetText {
        canvas.setter.set(
            "Nơi nhận:", TextStyle(size: Measures.recipientsHead, bold: true, italic: true), width: leftWidth)
    }
    private var recipients: [String] { document.recipients.map { "- \($0)" } }

    private func recipient(_ text: String) -> SetText {
        let style = TextStyle(size: Measures.recipients)
        var hanging = style
        hanging.indent = -canvas.setter.width("- ", style)
        return canvas.setter.set(text, hanging, width: leftWidth - 8)
    }

    /// How much room it takes, with the gap above.
    var height: Double {
        let left = recipients.reduce(head.height) { $0 + recipient($1).height }
        let right = authorityHeight + flow.measures.signatureRoom + name.height
        return Measures.endGap + max(left, right)
    }

    func draw() throws(DocumentError) {
        guard height <= Paper.portrait.textHeight else {
            throw .malformed("the recipients and the signer do not fit on one page; shorten the list of recipients")
        }
        flow.keep(height)
        flow.space(Measures.endGap)
        try drawRecipients()
        try drawSigner()
    }

    private func drawRecipients() throws(DocumentError) {
        guard !document.recipients.isEmpty else { return }
        let head = head
        var y = flow.y
        try canvas.tagged(.paragraph) { canvas.draw(head, x: flow.left, y: y) }
        y += head.height
        try canvas.tagged(.list) { () throws(DocumentError) in
            for line in recipients {
                let text = recipient(line)
                try canvas.tagged(.item) { () throws(DocumentError) in
                    try canvas.tagged(.itemBody) { canvas.draw(text, x: flow.left, y: y) }
                }
                y += text.height
            }
        }
    }

    private func drawSigner() throws(DocumentError) {
        let x = flow.left + leftWidth
        let authority = try canvas.tagged(.paragraph) {
            canvas.draw(document.signerAuthority, signer, x: x, y: flow.y, width: rightWidth)
        }
        guard !document.signerName.isEmpty else { return }
        let name = name
        let y = flow.y + authority + flow.measures.signatureRoom
        try canvas.tagged(.paragraph) { canvas.draw(name, x: x, y: y) }
    }
}
