/// Bars from 0 to 100 per cent: dark where the target is met, pale with a frame where it is not, a stroke at the target.
struct BarChartLayout {
    private static let barHeight = 10.0
    private static let step = 15.5
    private static let axisHeight = 20.0

    private let chart: Block.Chart
    private let caption: [Run]?
    private let flow: PageFlow
    private let canvas: PageCanvas

    init(_ chart: Block.Chart, _ caption: [Run]?, _ flow: PageFlow) {
        self.chart = chart
        self.caption = caption
        self.flow = flow
        canvas = flow.canvas
    }

    private var perPage: Int {
        let room = flow.paper.textHeight - Self.axisHeight - FigureCaption.height - Measures.blockGap
        return max(1, Int(room / Self.step))
    }

    private func height(_ bars: Int) -> Double {
        Double(bars) * Self.step + Self.axisHeight + FigureCaption.height + Measures.blockGap
    }

    /// As much as stands on one page.
    var startHeight: Double { height(min(chart.bars.count, perPage)) }

    /// Draws the bars, over several pages where one does not hold them.
    func draw() throws(DocumentError) {
        var rest = chart.bars[...]
        flow.space(Measures.blockGap)
        repeat {
            let part = rest.prefix(perPage)
            rest = rest.dropFirst(perPage)
            flow.keep(height(part.count))
            let alternative = Block.Chart(caption: chart.caption, bars: Array(part)).alternative
            try canvas.figure(alternative) { () throws(DocumentError) in draw(part) }
            flow.advance(Double(part.count) * Self.step + Self.axisHeight)
        } while !rest.isEmpty
        try FigureCaption.draw(caption, flow)
    }

    private var labelWidth: Double { flow.width * 0.34 }
    private var valueWidth: Double { 78 }
    private var axis: Double { flow.left + labelWidth + 6 }
    private var axisWidth: Double { flow.width - labelWidth - valueWidth - 14 }

    private func draw(_ bars: ArraySlice<Block.Chart.Bar>) {
        let top = flow.y
        let bottom = top + Double(bars.count) * Self.step
        for tick in stride(from: 0, through: 100, by: 25) {
            let x = axis + axisWidth * Double(tick) / 100
            if tick > 0 { canvas.line(x: x, y: top, toX: x, toY: bottom, thickness: 0.4, grey: 0.8) }
            canvas.line(x: x, y: bottom, toX: x, toY: bottom + 3)
            let style = TextStyle(size: Measures.figureText - 1, alignment: .centre)
            canvas.draw("\(tick)%", style, x: x - 20, y: bottom + 4, width: 40)
        }
        for (index, bar) in bars.enumerated() { draw(bar, y: top + Double(index) * Self.step + 2) }
        canvas.line(x: axis, y: top, toX: axis, toY: bottom)
        canvas.line(x: axis, y: bottom, toX: axis + axisWidth, toY: bottom)
    }

    private func draw(_ bar: Block.Chart.Bar, y: Double) {
        let label = canvas.setter.set(
            bar.label, TextStyle(size: Measures.figureText, alignment: .right), width: labelWidth)
        canvas.draw(label, x: flow.left, y: y + (Self.barHeight - label.height) / 2)
        func length(_ value: Double) -> Double { value.isFinite ? axisWidth * min(100, max(0, value)) / 100 : 0 }
        if let value = bar.value {
            canvas.fill(
                x: axis, y: y, width: length(value), height: Self.barHeight, grey: bar.isMet ? 0.42 : 0.86)
            if !bar.isMet { canvas.frame(x: axis, y: y, width: length(value), height: Self.barHeight) }
        }
        let target = axis + length(bar.target)
        canvas.line(x: target, y: y - 2, toX: target, toY: y + Self.barHeight + 2, thickness: 1.4)
        let text = canvas.setter.set(bar.valueText, TextStyle(size: Measures.figureText), width: valueWidth)
        canvas.draw(text, x: axis + axisWidth + 8, y: y + (Self.barHeight - text.height) / 2)
    }
}
