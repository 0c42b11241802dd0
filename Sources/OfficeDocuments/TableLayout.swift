/// A table with lines around its cells; its head stands again on each page.
enum TableLayout {
    private static let padding = 3.0

    static func draw(_ table: Block.Table, on layout: inout DocumentLayout) {
        let total = table.widths.reduce(0, +)
        let widths = table.widths.map { $0 / total * Measures.textWidth }
        let headHeight = height(table.head, widths, bold: true, layout)
        layout.keep(headHeight * 2)
        row(table.head, widths, height: headHeight, head: true, left: [], &layout)
        for cells in table.rows {
            let height = height(cells, widths, bold: false, layout)
            if layout.keep(height) { row(table.head, widths, height: headHeight, head: true, left: [], &layout) }
            row(cells, widths, height: height, head: false, left: table.leftColumns, &layout)
        }
        layout.advance(8)
    }

    private static func style(bold: Bool, left: Bool) -> PageCanvas.Style {
        PageCanvas.Style(size: Measures.table, bold: bold, alignment: left ? .left : .centre)
    }

    private static func height(_ cells: [String], _ widths: [Double], bold: Bool, _ layout: DocumentLayout) -> Double {
        let heights = zip(cells, widths).map { cell, width in
            layout.canvas.height([Run(cell)], style(bold: bold, left: false), width: width - 2 * padding)
        }
        return (heights.max() ?? 0) + 2 * padding
    }

    private static func row(
        _ cells: [String], _ widths: [Double], height: Double, head: Bool, left: Set<Int>,
        _ layout: inout DocumentLayout
    ) {
        let canvas = layout.canvas
        let y = layout.y
        if head { canvas.fill(x: Measures.left, y: y, width: Measures.textWidth, height: height, grey: 0.93) }
        var x = Measures.left
        for (column, cell) in cells.enumerated() where column < widths.count {
            let style = style(bold: head, left: left.contains(column))
            let inner = widths[column] - 2 * padding
            let text = canvas.height([Run(cell)], style, width: inner)
            canvas.draw(cell, style, x: x + padding, y: y + (height - text) / 2, width: inner)
            canvas.line(x: x, y: y, toX: x, toY: y + height, thickness: 0.5)
            x += widths[column]
        }
        canvas.line(x: x, y: y, toX: x, toY: y + height, thickness: 0.5)
        canvas.line(x: Measures.left, y: y, toX: x, toY: y, thickness: 0.5)
        canvas.line(x: Measures.left, y: y + height, toX: x, toY: y + height, thickness: 0.5)
        layout.advance(height)
    }
}
