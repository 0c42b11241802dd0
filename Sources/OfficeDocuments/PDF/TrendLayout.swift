/// Columns and lines over periods, in greys, with a key above.
struct TrendLayout {
    private static let plotHeight = 150.0
    private static let keyHeight = 18.0
    private static let labelHeight = 16.0

    private let trend: Block.Trend
    private let caption: [Run]?
    private let flow: PageFlow
    private let canvas: PageCanvas
    private let ticks: [Double]

    init(_ trend: Block.Trend, _ caption: [Run]?, _ flow: PageFlow) throws(DocumentError) {
        try trend.check()
        self.trend = trend
        self.caption = caption
        self.flow = flow
        canvas = flow.canvas
        ticks = trend.ticks
    }

    private var figureHeight: Double { Self.keyHeight + Self.plotHeight + Self.labelHeight }

    /// With the caption and the gap above.
    var height: Double { Measures.blockGap + figureHeight + FigureCaption.height }

    func draw() throws(DocumentError) {
        flow.keep(height)
        flow.space(Measures.blockGap)
        try canvas.figure(trend.alternative) { () throws(DocumentError) in
            drawKey()
            drawAxis()
            drawSeries()
        }
        flow.advance(figureHeight)
        try FigureCaption.draw(caption, flow)
    }

    // MARK: Places

    private var axis: Double { flow.left + 44 }
    private var axisWidth: Double { flow.width - 44 }
    private var top: Double { flow.y + Self.keyHeight }
    private var bottom: Double { top + Self.plotHeight }
    private var slot: Double { axisWidth / Double(trend.periods.count) }

    private func y(_ value: Double) -> Double { bottom - Self.plotHeight * value / max(1, ticks.last ?? 1) }

    private var small: TextStyle { TextStyle(size: Measures.figureText - 1) }

    // MARK: Parts

    private func drawKey() {
        canvas.draw(trend.unit, small, x: flow.left, y: flow.y, width: 80)
        var style = small
        style.size = Measures.figureText
        let widths = trend.series.map { canvas.setter.width($0.name, style) + 36 }
        var x = axis + (axisWidth - widths.reduce(0, +)) / 2
        for (index, series) in trend.series.enumerated() {
            let grey = Block.Trend.greys[index]
            switch series.style {
            case .columns:
                canvas.fill(x: x, y: flow.y + 2, width: 12, height: 8, grey: grey)
                canvas.frame(x: x, y: flow.y + 2, width: 12, height: 8, thickness: 0.4)
            case .line:
                canvas.line(x: x - 2, y: flow.y + 6, toX: x + 14, toY: flow.y + 6, thickness: 1.2, grey: grey)
                canvas.dot(x: x + 6, y: flow.y + 6, radius: 2.2, grey: grey)
            }
            canvas.draw(series.name, style, x: x + 18, y: flow.y, width: axisWidth)
            x += widths[index]
        }
    }

    private func drawAxis() {
        var right = small
        right.alignment = .right
        var centre = small
        centre.alignment = .centre
        for tick in ticks {
            let label = canvas.setter.set(VietnameseNumber.text(tick, decimals: 2), right, width: 38)
            canvas.draw(label, x: flow.left, y: y(tick) - label.height / 2)
            let grey = tick == 0 ? 0.0 : 0.8
            canvas.line(
                x: axis, y: y(tick), toX: axis + axisWidth, toY: y(tick), thickness: tick == 0 ? 0.6 : 0.4, grey: grey)
        }
        canvas.line(x: axis, y: top, toX: axis, toY: bottom)
        for (index, period) in trend.periods.enumerated() {
            canvas.draw(period, centre, x: axis + Double(index) * slot, y: bottom + 3, width: slot)
        }
    }

    private func drawSeries() {
        let columns = trend.series.indices.filter { trend.series[$0].style == .columns }
        let width = slot * 0.7 / Double(max(1, columns.count))
        for (place, index) in columns.enumerated() {
            for (period, value) in trend.series[index].values.enumerated() {
                guard let value, value > 0 else { continue }
                let x = axis + (Double(period) + 0.15) * slot + Double(place) * width
                let top = y(value)
                canvas.fill(x: x, y: top, width: width, height: bottom - top, grey: Block.Trend.greys[index])
                canvas.frame(x: x, y: top, width: width, height: bottom - top, thickness: 0.4)
            }
        }
        for index in trend.series.indices where trend.series[index].style == .line {
            drawLine(trend.series[index], grey: Block.Trend.greys[index])
        }
    }

    private func drawLine(_ series: Block.Trend.Series, grey: Double) {
        var before: (x: Double, y: Double)?
        for (period, value) in series.values.enumerated() {
            guard let value else {
                before = nil
                continue
            }
            let x = axis + (Double(period) + 0.5) * slot
            if let before {
                canvas.line(x: before.x, y: before.y, toX: x, toY: y(value), thickness: 1.2, grey: grey)
            }
            canvas.dot(x: x, y: y(value), radius: 2.2, grey: grey)
            before = (x, y(value))
        }
    }
}
