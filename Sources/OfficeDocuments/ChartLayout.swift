/// Bars from 0 to 100 per cent: dark where the target is met, pale with a frame where it is not, a stroke at the target.
enum ChartLayout {
    private static let barHeight = 10.0
    private static let step = 15.0

    static func draw(_ chart: Block.Chart, on layout: inout DocumentLayout) {
        let labelWidth = Measures.textWidth * 0.36
        let valueWidth = 58.0
        let axis = Measures.left + labelWidth + 6
        let width = Measures.textWidth - labelWidth - valueWidth - 12
        layout.keep(Double(chart.bars.count) * step + 34)
        let top = layout.y
        for (index, bar) in chart.bars.enumerated() {
            draw(
                bar, on: layout.canvas, y: top + Double(index) * step, axis: axis, width: width, labelWidth, valueWidth)
        }
        let bottom = top + Double(chart.bars.count) * step + 1
        layout.canvas.line(x: axis, y: top - 2, toX: axis, toY: bottom)
        layout.canvas.line(x: axis, y: bottom, toX: axis + width, toY: bottom)
        for tick in stride(from: 0, through: 100, by: 25) {
            let x = axis + width * Double(tick) / 100
            layout.canvas.line(x: x, y: bottom, toX: x, toY: bottom + 3)
            layout.canvas.draw(
                "\(tick) %", .init(size: 9, alignment: .centre), x: x - 20, y: bottom + 4, width: 40)
        }
        layout.advance(bottom - top + 18)
        let caption = layout.canvas.draw(
            chart.caption, .init(size: 11, italic: true, alignment: .centre), x: Measures.left, y: layout.y,
            width: Measures.textWidth)
        layout.advance(caption + 10)
    }

    private static func draw(
        _ bar: Block.Chart.Bar, on canvas: PageCanvas, y: Double, axis: Double, width: Double, _ labelWidth: Double,
        _ valueWidth: Double
    ) {
        canvas.draw(bar.label, .init(size: 10, alignment: .right), x: Measures.left, y: y - 1, width: labelWidth)
        if let value = bar.value {
            let length = width * min(100, max(0, value)) / 100
            canvas.fill(x: axis, y: y, width: length, height: barHeight, grey: bar.isMet ? 0.42 : 0.82)
            if !bar.isMet {
                for (fromX, fromY, toX, toY) in [
                    (axis, y, axis + length, y), (axis, y + barHeight, axis + length, y + barHeight),
                    (axis + length, y, axis + length, y + barHeight),
                ] { canvas.line(x: fromX, y: fromY, toX: toX, toY: toY) }
            }
        }
        let target = axis + width * bar.target / 100
        canvas.line(x: target, y: y - 2, toX: target, toY: y + barHeight + 2, thickness: 1.4)
        canvas.draw(bar.valueText, .init(size: 10), x: axis + width + 6, y: y - 1, width: valueWidth)
    }
}
