/// A chart of Word's own (DrawingML, ECMA-376, part 1, chapter 21), with the sheet behind it.
struct WordChart {
    static let space = "http://schemas.openxmlformats.org/drawingml/2006/chart"

    /// How much of the width the bars have; labels and values stand beside them.
    static let plotShare = 0.47

    /// From 1, in the order of the document.
    let number: Int
    let workbook: WordWorkbook
    private let alternative: String
    /// Points.
    private let height: Double
    private let plot: String
    private let hasKey: Bool
    /// Where the plot stands; else Word decides.
    private let layout: String

    var name: String { "chart\(number)" }
    /// In the document's relationships.
    var id: String { "rIdChart\(number)" }

    init(_ chart: Block.Chart, number: Int) {
        self.number = number
        alternative = chart.alternative
        workbook = WordWorkbook(
            names: ["Kết quả", "Chỉ tiêu"],
            rows: chart.bars.map { ($0.label, [WordBarPlot.percent($0.value), WordBarPlot.percent($0.target)]) })
        // A page at most.
        height = min(Paper.portrait.textHeight * 0.85, Double(chart.bars.count) * 15.5 + 30)
        plot = WordBarPlot(chart, workbook).xml
        hasKey = false
        layout = Self.layout(x: 0.36, y: 0.01, width: Self.plotShare, height: 1 - 24 / height)
    }

    init(_ trend: Block.Trend, number: Int) {
        self.number = number
        alternative = trend.alternative
        workbook = WordWorkbook(
            names: trend.series.map(\.name),
            rows: trend.periods.enumerated().map { index, period in
                (period, trend.series.map { $0.values[index] })
            })
        height = 190
        plot = WordTrendPlot(trend, workbook).xml
        hasKey = true
        layout = "<c:layout/>"
    }

    /// A place within the chart's frame, as shares of it.
    private static func layout(x: Double, y: Double, width: Double, height: Double) -> String {
        #"<c:layout><c:manualLayout><c:layoutTarget val="inner"/><c:xMode val="edge"/><c:yMode val="edge"/>"#
            + #"<c:x val="\#(x)"/><c:y val="\#(y)"/><c:w val="\#(width)"/><c:h val="\#(height)"/>"#
            + "</c:manualLayout></c:layout>"
    }

    /// The place of the chart in a paragraph.
    func drawing(width: Double) -> String {
        #"<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">"#
            + #"<wp:extent cx="\#(WordXML.emu(width))" cy="\#(WordXML.emu(height))"/>"#
            + #"<wp:docPr id="\#(number)" name="Hình \#(number)" descr="\#(WordXML.escaped(alternative))"/>"#
            + #"<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="\#(Self.space)"><c:chart r:id="\#(id)"/>"#
            + "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    }

    /// The chart's part.
    var xml: String {
        let key = hasKey ? #"<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>"# : ""
        return WordXML.head
            + #"<c:chartSpace xmlns:c="\#(Self.space)" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main""#
            + #" xmlns:r="\#(WordPackage.relationships)"><c:date1904 val="0"/><c:lang val="vi-VN"/>"#
            + #"<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea>\#(layout)\#(plot)</c:plotArea>"#
            + #"\#(key)<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>"#
            + "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>\(WordChartXML.text(Measures.figureText))"
            + #"<c:externalData r:id="rId1"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>"#
    }
}
