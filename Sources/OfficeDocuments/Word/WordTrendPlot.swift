/// Columns and lines over periods.
struct WordTrendPlot {
    private let trend: Block.Trend
    private let workbook: WordWorkbook

    init(_ trend: Block.Trend, _ workbook: WordWorkbook) {
        self.trend = trend
        self.workbook = workbook
    }

    var xml: String {
        let columns = trend.series.indices.filter { trend.series[$0].style == .columns }.map(column)
        let lines = trend.series.indices.filter { trend.series[$0].style == .line }.map(line)
        let ticks = trend.ticks
        let axes = #"<c:axId val="1"/><c:axId val="2"/>"#
        let bars =
            #"<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>\#(columns.joined())"#
            + #"<c:gapWidth val="43"/><c:overlap val="0"/>\#(axes)</c:barChart>"#
        let curves =
            #"<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>\#(lines.joined())<c:marker val="1"/>"#
            + "\(axes)</c:lineChart>"
        return (columns.isEmpty ? "" : bars) + (lines.isEmpty ? "" : curves)
            + WordChartXML.Axes(
                labelsAtLeft: false, most: ticks.last ?? 1, step: ticks.count > 1 ? ticks[1] : 1,
                format: "[$-42A]#,##0", unit: trend.unit
            ).xml
    }

    private func column(_ index: Int) -> String {
        "<c:ser>\(WordChartXML.name(index, workbook))\(WordChartXML.area(Block.Trend.greys[index]))"
            + #"<c:invertIfNegative val="0"/>\#(WordChartXML.values(index, workbook))</c:ser>"#
    }

    private func line(_ index: Int) -> String {
        let grey = Block.Trend.greys[index]
        let dot = "<c:spPr>\(WordChartXML.fill(grey))\(WordChartXML.line(0.5, grey: grey))</c:spPr>"
        return "<c:ser>\(WordChartXML.name(index, workbook))<c:spPr>\(WordChartXML.line(1.2, grey: grey))</c:spPr>"
            + #"<c:marker><c:symbol val="circle"/><c:size val="5"/>\#(dot)</c:marker>\#(WordChartXML.values(index, workbook))"#
            + #"<c:smooth val="0"/></c:ser>"#
    }
}
