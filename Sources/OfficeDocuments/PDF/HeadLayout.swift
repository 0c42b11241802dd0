/// The head: agency and number to the left, Quốc hiệu and date to the right.
struct HeadLayout {
    private let document: OfficialDocument
    private let flow: PageFlow
    private let canvas: PageCanvas
    private let leftWidth: Double
    private let rightWidth: Double
    private var left: Double { flow.left }
    private var right: Double { flow.left + leftWidth }

    init(_ document: OfficialDocument, _ flow: PageFlow) {
        self.document = document
        self.flow = flow
        canvas = flow.canvas
        leftWidth = flow.width * Measures.headLeft
        rightWidth = flow.width - leftWidth
    }

    func draw() throws(DocumentError) {
        let top = flow.y
        let rows = max(try agencies(top), try nation(top))
        let (number, date) = try numberAndDate(rows)
        flow.advance(max(number, date) - top)
        flow.space(Measures.titleGap)
    }

    private func agencies(_ top: Double) throws(DocumentError) -> Double {
        var y = top
        var last = ""
        for (name, bold) in [(document.superiorAgency, false), (document.agency, true)] where !name.isEmpty {
            let style = TextStyle(size: Measures.agency, bold: bold, alignment: .centre)
            let lines = AgencyLines.lines(name, limit: leftWidth) { canvas.setter.width($0, style) }
            try canvas.tagged(.paragraph) {
                y += canvas.draw(lines, style, x: left, y: y, width: leftWidth)
            }
            last = lines.last ?? ""
        }
        let width = canvas.setter.width(last, TextStyle(size: Measures.agency, bold: true))
        return rule(centre: left + leftWidth / 2, y: y, width: min(width, leftWidth) * Measures.agencyRule)
    }

    private func nation(_ top: Double) throws(DocumentError) -> Double {
        var y = top
        try line(Measures.nationText, TextStyle(size: Measures.nation, bold: true, alignment: .centre), right, &y)
        let motto = TextStyle(size: Measures.motto, bold: true, alignment: .centre)
        try line(Measures.mottoText, motto, right, &y)
        return rule(
            centre: right + rightWidth / 2, y: y, width: canvas.setter.width(Measures.mottoText, motto))
    }

    private func numberAndDate(_ top: Double) throws(DocumentError) -> (Double, Double) {
        var number = top
        try line(document.numberLine, TextStyle(size: Measures.number, alignment: .centre), left, &number)
        if document.type == .officialLetter, !document.subject.isEmpty {
            number += Measures.letterSubjectGap
            let style = TextStyle(size: Measures.letterSubject, alignment: .centre)
            try line(TitleWords.bound(document.subjectLine), style, left, &number)
        }
        var date = top
        try line(
            document.dateLine, TextStyle(size: Measures.date, italic: true, alignment: .centre), right, &date)
        return (number, date)
    }

    private func line(_ text: String, _ style: TextStyle, _ x: Double, _ y: inout Double) throws(DocumentError) {
        let width = x == right ? rightWidth : leftWidth
        let text = canvas.setter.set(text, style, width: width)
        let top = y
        try canvas.tagged(.paragraph) { canvas.draw(text, x: x, y: top) }
        y += text.height
    }

    private func rule(centre: Double, y: Double, width: Double) -> Double {
        let y = y + Measures.ruleGap
        canvas.line(x: centre - width / 2, y: y, toX: centre + width / 2, toY: y, thickness: Measures.rule)
        return y + Measures.afterRule
    }
}
