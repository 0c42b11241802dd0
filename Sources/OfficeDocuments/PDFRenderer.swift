/// Lays a document out as a PDF by the measures of Decree 30/2020/NĐ-CP. The same document gives the same bytes.
public enum PDFRenderer {
    /// Renders a document.
    /// - Parameter pages: how many pages it may have; nil = any. Where it has more, it is laid out again as tightly as
    ///   the decree allows.
    /// - Throws: `DocumentError`.
    public static func render(_ document: OfficialDocument, pages allowed: Int? = nil) throws(DocumentError) -> [UInt8]
    {
        var layout = try DocumentLayout(document, Measures())
        layout.draw()
        if let allowed, layout.pages > allowed {
            layout = try DocumentLayout(document, .tight)
            layout.draw()
            if layout.pages > allowed { throw .tooLong(pages: layout.pages, allowed: allowed) }
        }
        return try layout.finish()
    }
}

/// A document on its way to the page: a cursor that goes down, and over to the next page.
struct DocumentLayout {
    private let document: OfficialDocument
    private let measures: Measures
    let canvas: PageCanvas
    private(set) var y = Measures.top

    var pages: Int { canvas.pages }

    init(_ document: OfficialDocument, _ measures: Measures) throws(DocumentError) {
        self.document = document
        self.measures = measures
        let date = document.date
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        canvas = try PageCanvas(
            title: "\(document.type) \(document.subject)", author: document.agency,
            created: "\(date.year)-\(padded(date.month))-\(padded(date.day))T00:00:00+07:00")
    }

    func finish() throws(DocumentError) -> [UInt8] { try canvas.finish() }

    mutating func draw() {
        drawHead()
        drawTitle()
        for block in document.body { draw(block) }
        drawEnd()
    }

    // MARK: Head

    private mutating func drawHead() {
        let leftWidth = Measures.textWidth * 0.42
        let rightX = Measures.left + leftWidth
        let rightWidth = Measures.textWidth - leftWidth
        var left = y
        left += centred(document.superiorAgency, Measures.agency, x: Measures.left, y: left, leftWidth)
        left += centred(document.agency, Measures.agency, bold: true, x: Measures.left, y: left, leftWidth)
        let agencyWidth = canvas.width(document.agency, .init(size: Measures.agency, bold: true))
        rule(centre: Measures.left + leftWidth / 2, y: left + 3, width: min(agencyWidth, leftWidth) * 0.4)
        var right = y
        right += centred(
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Measures.nation, bold: true, x: rightX, y: right, rightWidth)
        let motto = "Độc lập - Tự do - Hạnh phúc"
        right += centred(motto, Measures.motto, bold: true, x: rightX, y: right, rightWidth)
        rule(
            centre: rightX + rightWidth / 2, y: right + 3,
            width: canvas.width(motto, .init(size: Measures.motto, bold: true)))
        let line = max(left, right) + 9
        let number = centred(document.numberLine, Measures.number, x: Measures.left, y: line, leftWidth)
        let date = canvas.draw(
            "\(document.place), \(document.date.text)",
            .init(size: Measures.date, italic: true, alignment: .centre), x: rightX, y: line, width: rightWidth)
        y = line + max(number, date) + 14
    }

    private func centred(
        _ text: String, _ size: Double, bold: Bool = false, x: Double, y: Double, _ width: Double
    ) -> Double {
        canvas.draw(text, .init(size: size, bold: bold, alignment: .centre), x: x, y: y, width: width)
    }

    private func rule(centre: Double, y: Double, width: Double) {
        canvas.line(x: centre - width / 2, y: y, toX: centre + width / 2, toY: y)
    }

    private mutating func drawTitle() {
        y += centred(document.type, Measures.type, bold: true, x: Measures.left, y: y, Measures.textWidth)
        if !document.subject.isEmpty {
            y += centred(document.subject, Measures.subject, bold: true, x: Measures.left, y: y, Measures.textWidth)
            rule(centre: Measures.left + Measures.textWidth / 2, y: y + 3.5, width: Measures.textWidth * 0.22)
            y += 4
        }
        y += 10
        guard !document.addressees.isEmpty else { return }
        let text = "Kính gửi: " + document.addressees.joined(separator: "\n")
        y += canvas.draw(
            text, .init(size: measures.body, alignment: .centre, lineSpacing: measures.lineSpacing),
            x: Measures.left, y: y, width: Measures.textWidth)
        y += measures.paragraphGap + 4
    }

    // MARK: Body

    private mutating func draw(_ block: Block) {
        switch block {
        case .paragraph(let runs):
            let style = PageCanvas.Style(
                size: measures.body, alignment: .justified, indent: Measures.indent, lineSpacing: measures.lineSpacing)
            drawText(runs, style)
        case .heading(let text):
            keep(60)
            drawText([Run(text)], .init(size: measures.body, bold: true, indent: Measures.indent))
        case .table(let table):
            TableLayout.draw(table, on: &self)
        case .chart(let chart):
            ChartLayout.draw(chart, on: &self)
        }
    }

    private mutating func drawText(_ runs: [Run], _ style: PageCanvas.Style) {
        keep(canvas.height(runs, style, width: Measures.textWidth))
        y += canvas.draw(runs, style, x: Measures.left, y: y, width: Measures.textWidth) + measures.paragraphGap
    }

    /// Goes to the next page where so much does not fit on this one.
    /// - Returns: whether it went.
    @discardableResult
    mutating func keep(_ height: Double) -> Bool {
        guard y + height > Measures.pageHeight - Measures.bottom, y > Measures.top else { return false }
        canvas.newPage()
        y = Measures.top
        canvas.draw(
            "\(canvas.pages)", .init(size: Measures.pageNumber, alignment: .centre), x: Measures.left,
            y: Measures.top / 2 - 4, width: Measures.textWidth)
        return true
    }

    mutating func advance(_ height: Double) { y += height }

    // MARK: End

    /// Recipients to the left, signer to the right, on one page.
    private mutating func drawEnd() {
        y += 4
        let half = Measures.textWidth * 0.5
        let lines = document.recipients.map { "- \($0)" }.joined(separator: "\n")
        let recipients = PageCanvas.Style(size: Measures.recipients)
        let head = PageCanvas.Style(size: Measures.recipientsHead, bold: true, italic: true)
        let signer = PageCanvas.Style(size: Measures.signer, bold: true, alignment: .centre)
        let authority = document.signerAuthority.joined(separator: "\n")
        let leftHeight =
            canvas.height([Run("Nơi nhận:")], head, width: half) + canvas.height([Run(lines)], recipients, width: half)
        let rightHeight =
            canvas.height([Run(authority)], signer, width: half) + measures.signatureRoom
            + canvas.height([Run(document.signerName)], signer, width: half)
        keep(max(leftHeight, rightHeight))
        let first = canvas.draw("Nơi nhận:", head, x: Measures.left, y: y, width: half)
        canvas.draw(lines, recipients, x: Measures.left, y: y + first, width: half)
        let top = canvas.draw(authority, signer, x: Measures.left + half, y: y, width: half)
        canvas.draw(
            document.signerName, signer, x: Measures.left + half, y: y + top + measures.signatureRoom, width: half)
        y += max(leftHeight, rightHeight)
    }
}
