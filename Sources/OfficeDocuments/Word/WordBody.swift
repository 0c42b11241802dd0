/// document.xml: head, title, body, end, and the appendices in sections of their own.
struct WordBody {
    private let measure: WordMeasure
    private let measures: Measures
    private var captions = CaptionNumbers()
    private var paper = Paper.portrait
    private(set) var charts: [WordChart] = []

    init(_ measure: WordMeasure, _ measures: Measures) {
        self.measure = measure
        self.measures = measures
    }

    mutating func xml(_ document: OfficialDocument) throws(DocumentError) -> String {
        let frame = WordFrame(document, measure.setter, measures)
        var content = frame.head + frame.title + (try blocks(document.body, beforeEnd: true)) + frame.end
        for (index, appendix) in document.appendices.enumerated() {
            content += sectionBreak
            paper = appendix.orientation == .landscape ? .landscape : .portrait
            content += WordXML.paragraph(.appendix, document.appendixName(index))
            let style = TextStyle(size: Measures.appendixTitle, bold: true)
            let title = TitleWords.bound(appendix.title, style, within: paper.textWidth, measure.setter)
            content += WordXML.paragraph(.appendixTitle, title, "")
            let references = document.references(appendix)
            for (index, reference) in references.enumerated() {
                content += WordXML.paragraph(
                    .appendixReference, reference, index < references.count - 1 ? spacing(after: 0) : "")
            }
            content += try blocks(appendix.body, beforeEnd: false)
        }
        // A table at the end must have a paragraph beneath it.
        content += WordXML.paragraph(.end, content: "", Self.low)
        return WordXML.head + #"<w:document xmlns:w="\#(WordPackage.main)" xmlns:r="\#(WordPackage.relationships)""#
            + #" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing""#
            + #" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main""#
            + #" xmlns:c="\#(WordChart.space)"><w:body>\#(content)\#(section)</w:body></w:document>"#
    }

    // MARK: Sections

    private static let low = #"<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>"#

    private var sectionBreak: String { WordXML.paragraph(.end, content: "", Self.low + section) }

    /// Paper, margins, and page numbers that begin anew and are not shown on the first page.
    private var section: String {
        let turned = paper == .landscape ? #" w:orient="landscape""# : ""
        func twips(_ points: Double) -> Int { WordXML.twips(points) }
        return #"<w:sectPr><w:headerReference w:type="default" r:id="\#(WordPackage.headerID)"/>"#
            + #"<w:pgSz w:w="\#(twips(paper.width))" w:h="\#(twips(paper.height))"\#(turned)/>"#
            + #"<w:pgMar w:top="\#(twips(Measures.top))" w:right="\#(twips(Measures.right))""#
            + #" w:bottom="\#(twips(Measures.bottom))" w:left="\#(twips(Measures.left))""#
            + #" w:header="500" w:footer="500" w:gutter="0"/><w:pgNumType w:start="1"/><w:titlePg/></w:sectPr>"#
    }

    private func spacing(after: Double) -> String { #"<w:spacing w:after="\#(WordXML.twips(after))"/>"# }

    // MARK: Blocks

    private mutating func blocks(_ blocks: [Block], beforeEnd: Bool) throws(DocumentError) -> String {
        var content = ""
        for (index, block) in blocks.enumerated() {
            content += try xml(block, isLast: beforeEnd && index == blocks.count - 1)
        }
        return content
    }

    /// - Parameter isLast: it stands above the signer, who must not be alone on a page.
    private mutating func xml(_ block: Block, isLast: Bool) throws(DocumentError) -> String {
        let caption = captions.caption(block)
        let stays = isLast ? "<w:keepNext/>" : ""
        switch block {
        case .paragraph(let runs):
            return WordXML.paragraph(.body, runs, stays)
        case .grounds(let grounds):
            return Block.punctuated(grounds).map { WordXML.paragraph(.grounds, $0) }.joined()
        case .heading(let text, let level):
            return WordXML.paragraph(level == .part ? .part : .section, text)
        case .list(let items):
            return items.enumerated().map { index, item in
                WordXML.paragraph(.list, [Run("- ")] + item, index == items.count - 1 ? stays : "")
            }.joined()
        case .table(let table):
            let grid = try WordTable(table, width: paper.textWidth, measure.setter)
            // The gap beneath, which also parts it from a table that follows.
            let gap = Measures.blockGap + measures.paragraphGap
            return (caption.map { Self.caption($0, "<w:keepNext/>") } ?? "") + grid.xml
                + WordXML.paragraph(
                    .end, content: "",
                    #"<w:spacing w:before="0" w:after="0" w:line="\#(WordXML.twips(gap))" w:lineRule="exact"/>"#)
        case .chart(let chart):
            return draw(WordChart(chart, number: charts.count + 1), caption)
        case .trend(let trend):
            try trend.check()
            return draw(WordChart(trend, number: charts.count + 1), caption)
        }
    }

    private mutating func draw(_ chart: WordChart, _ caption: NumberedCaption?) -> String {
        charts.append(chart)
        let gap = spacing(after: Measures.blockGap + measures.paragraphGap)
        return WordXML.paragraph(
            .figure, content: chart.drawing(width: paper.textWidth), caption == nil ? "<w:keepNext w:val=\"0\"/>" : "")
            + (caption.map { Self.caption($0, gap) } ?? "")
    }

    /// A caption whose number is a field of Word's own, so that a table put in later is counted.
    private static func caption(_ caption: NumberedCaption, _ extra: String) -> String {
        let number = WordXML.field("SEQ \(caption.kind) \\* ARABIC", shown: Run("\(caption.number)", bold: true))
        return WordXML.paragraph(
            .caption,
            content: WordXML.run(Run("\(caption.kind) ", bold: true)) + number + WordXML.run(Run(". ", bold: true))
                + WordXML.run(Run(caption.text)), extra)
    }
}
