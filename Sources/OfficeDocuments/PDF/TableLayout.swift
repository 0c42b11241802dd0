/// A table with lines around its cells; its head stands again on each page.
struct TableLayout {
    private let table: Block.Table
    private let grid: TableGrid
    private let fit: TableFit
    private let caption: [Run]?
    private let flow: PageFlow
    private let canvas: PageCanvas

    init(_ table: Block.Table, _ caption: [Run]?, _ flow: PageFlow) throws(DocumentError) {
        self.table = table
        self.caption = caption
        self.flow = flow
        canvas = flow.canvas
        grid = try TableGrid(table)
        fit = TableFit(table, grid, width: flow.width, canvas.setter)
    }

    /// The head and the first row, which are not parted from what stands above them.
    var startHeight: Double {
        headHeights.reduce(0, +) + (grid.rows.isEmpty ? 0 : rowHeight(0)) + captionHeight
    }

    func draw() throws(DocumentError) {
        let head = headHeights
        let headHeight = head.reduce(0, +)
        try canvas.tagged(.table) { () throws(DocumentError) in
            flow.keep(startHeight)
            try drawCaption()
            try draw(head, isRepeated: false)
            for index in grid.rows.indices {
                let height = rowHeight(index)
                guard headHeight + height <= flow.paper.textHeight else {
                    throw .malformed("row \(index + 1) of a table is higher than a page; shorten its texts")
                }
                // The last row, as that of the totals, is not parted from the one above.
                let next = index == grid.rows.count - 2 ? rowHeight(index + 1) : 0
                if flow.keep(height + next) { try draw(head, isRepeated: true) }
                try canvas.tagged(.row) { () throws(DocumentError) in
                    for place in grid.rows[index] {
                        try canvas.tagged(.cell) { () throws(DocumentError) in
                            draw(place, y: flow.y, height: height, bold: table.rows[index].bold, isHead: false)
                        }
                    }
                }
                flow.advance(height)
            }
        }
        flow.space(Measures.blockGap + flow.measures.paragraphGap)
    }

    // MARK: Caption

    private var captionStyle: TextStyle { TextStyle(size: Measures.caption, alignment: .centre) }
    private var captionHeight: Double {
        caption.map { canvas.setter.set($0, captionStyle, width: flow.width).height + 3 } ?? 0
    }

    private func drawCaption() throws(DocumentError) {
        guard let caption, !caption.isEmpty else { return }
        try flow.draw(caption, captionStyle, as: .caption)
        flow.space(3)
    }

    // MARK: Cells

    private func style(_ column: Int, bold: Bool, isHead: Bool) -> TextStyle {
        let alignment: TextStyle.Alignment =
            switch table.columns[column].alignment {
            case _ where isHead: .centre
            case .left: .left
            case .centre: .centre
            case .right: .right
            }
        return TextStyle(size: fit.size, bold: bold || isHead, alignment: alignment)
    }

    private func width(_ place: TableGrid.Place) -> Double {
        fit.shares[place.columns].reduce(0, +) * flow.width
    }

    private func set(_ place: TableGrid.Place, bold: Bool, isHead: Bool) -> SetText {
        canvas.setter.set(
            place.cell.text, style(place.column, bold: bold, isHead: isHead),
            width: width(place) - 2 * Measures.cellPadding)
    }

    private func rowHeight(_ index: Int) -> Double {
        let heights = grid.rows[index].map { set($0, bold: table.rows[index].bold, isHead: false).height }
        return (heights.max() ?? 0) + 2 * Measures.cellPadding
    }

    /// A row is as high as its own cells; the last of several that a cell goes over takes what this cell needs beyond.
    private var headHeights: [Double] {
        var heights = [Double](repeating: 2 * Measures.cellPadding, count: grid.head.count)
        for place in grid.head.joined().sorted(by: { $0.cell.rows < $1.cell.rows }) {
            let needed = set(place, bold: true, isHead: true).height + 2 * Measures.cellPadding
            let last = place.rows.upperBound - 1
            heights[last] += max(0, needed - heights[place.rows].reduce(0, +))
        }
        return heights
    }

    /// - Parameter isRepeated: it stands again on a further page, and is not read again.
    private func draw(_ heights: [Double], isRepeated: Bool) throws(DocumentError) {
        let top = flow.y
        canvas.fill(x: flow.left, y: top, width: flow.width, height: heights.reduce(0, +), grey: 0.93)
        for (row, places) in grid.head.enumerated() {
            let y = top + heights[..<row].reduce(0, +)
            let cells = { () throws(DocumentError) in
                for place in places {
                    let height = heights[place.rows].reduce(0, +)
                    if isRepeated {
                        draw(place, y: y, height: height, bold: true, isHead: true)
                    } else {
                        try canvas.tagged(.headCell) { draw(place, y: y, height: height, bold: true, isHead: true) }
                    }
                }
            }
            if isRepeated { try cells() } else { try canvas.tagged(.row, cells) }
        }
        flow.advance(heights.reduce(0, +))
    }

    private func draw(_ place: TableGrid.Place, y: Double, height: Double, bold: Bool, isHead: Bool) {
        let x = flow.left + fit.shares[..<place.column].reduce(0, +) * flow.width
        let text = set(place, bold: bold, isHead: isHead)
        canvas.draw(text, x: x + Measures.cellPadding, y: y + (height - text.height) / 2)
        canvas.frame(x: x, y: y, width: width(place), height: height, thickness: Measures.tableLine)
    }
}
