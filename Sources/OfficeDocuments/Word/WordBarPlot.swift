/// Bars of per cents: dark where the target is met, pale where it is not, a stroke at the target.
struct WordBarPlot {
    private let chart: Block.Chart
    private let workbook: WordWorkbook

    init(_ chart: Block.Chart, _ workbook: WordWorkbook) {
        self.chart = chart
        self.workbook = workbook
    }

    /// What the axis can show.
    static func percent(_ value: Double?) -> Double? {
        value.flatMap { $0.isFinite ? min(100, max(0, $0)) : nil }
    }

    var xml: String {
        let bars = chart.bars.enumerated()
        let points = bars.map { index, bar in
            #"<c:dPt><c:idx val="\#(index)"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>"#
                + WordChartXML.area(bar.isMet ? 0.42 : 0.86) + "</c:dPt>"
        }
        let flags =
            #"<c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/>"#
            + #"<c:showPercent val="0"/><c:showBubbleSize val="0"/>"#
        // They stand beyond the strokes, in the table's own words: a format of numbers knows neither the comma everywhere nor “Không phát sinh”.
        let labels = bars.map { index, bar in
            #"<c:dLbl><c:idx val="\#(index)"/><c:tx><c:rich><a:bodyPr wrap="none"/><a:lstStyle/><a:p><a:r>"#
                + #"<a:rPr lang="vi-VN" sz="\#(Int(Measures.figureText * 100))" b="0">\#(WordChartXML.fill(0))"#
                + #"<a:latin typeface="\#(DocumentFont.named)"/><a:cs typeface="\#(DocumentFont.named)"/></a:rPr>"#
                + "<a:t>\(Self.gap(beyond: bar.target))\(WordXML.escaped(Self.unbroken(bar.valueText)))</a:t></a:r></a:p></c:rich></c:tx>"
                + #"<c:dLblPos val="outEnd"/>\#(flags)</c:dLbl>"#
        }
        let dark = WordChartXML.area(0.42)
        return #"<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>"#
            + #"<c:ser>\#(WordChartXML.name(0, workbook))\#(dark)<c:invertIfNegative val="0"/>\#(points.joined())"#
            + "\(WordChartXML.values(0, workbook))</c:ser>"
            + #"<c:ser>\#(WordChartXML.name(1, workbook))<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"#
            + #"<c:invertIfNegative val="0"/><c:dLbls>\#(labels.joined())<c:dLblPos val="outEnd"/>\#(flags)</c:dLbls>"#
            + "\(stroke)\(WordChartXML.values(1, workbook))</c:ser>"
            + #"<c:gapWidth val="55"/><c:overlap val="100"/><c:axId val="1"/><c:axId val="2"/></c:barChart>"#
            + WordChartXML.Axes(labelsAtLeft: true, most: 100, step: 25, format: "0\"%\"").xml
    }

    /// A label of one line.
    private static func unbroken(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: "\u{a0}")
    }

    /// Brings a label from the stroke at a target to the end of the axis: so many hard spaces of a quarter of the size.
    private static func gap(beyond target: Double) -> String {
        let rest = (1 - (percent(target) ?? 100) / 100) * WordChart.plotShare * Paper.portrait.textWidth
        return String(repeating: "\u{a0}", count: 1 + Int((rest / (Measures.figureText / 4)).rounded(.up)))
    }

    /// The end of an error bar without length: charts have no other stroke across a bar.
    private var stroke: String {
        #"<c:errBars><c:errBarType val="minus"/><c:errValType val="fixedVal"/><c:noEndCap val="0"/>"#
            + #"<c:val val="0.1"/><c:spPr>\#(WordChartXML.line(1.4))</c:spPr></c:errBars>"#
    }
}
