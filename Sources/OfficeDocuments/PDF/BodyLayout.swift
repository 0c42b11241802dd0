/// The body, block by block. A heading stays with what follows it, the last lines with the signer.
final class BodyLayout {
    private let flow: PageFlow
    private let canvas: PageCanvas
    /// What the last lines must not be parted from, in points.
    private var ending = 0.0
    private var captions = CaptionNumbers()

    init(_ flow: PageFlow) {
        self.flow = flow
        canvas = flow.canvas
    }

    /// - Parameter ending: how much room that needs which stays with the last lines.
    func draw(_ blocks: [Block], ending: Double = 0) throws(DocumentError) {
        self.ending = ending > 0 ? ending + flow.measures.paragraphGap : 0
        for index in blocks.indices {
            let isLast = index == blocks.count - 1
            try draw(blocks[index], before: blocks[(index + 1)...], isLast: isLast)
        }
    }

    private func draw(_ block: Block, before following: ArraySlice<Block>, isLast: Bool) throws(DocumentError) {
        let caption = captions.caption(block)?.runs
        let after = isLast ? ending : 0
        switch block {
        case .paragraph(let runs):
            try paragraph(runs, after: after)
        case .grounds(let grounds):
            for ground in Block.punctuated(grounds) { try paragraph([Run(ground, italic: true)]) }
        case .heading(let text, let level):
            try heading(text, level, following)
        case .list(let items):
            try list(items, after: after)
        case .table(let table):
            try TableLayout(table, caption, flow).draw()
        case .chart(let chart):
            try BarChartLayout(chart, caption, flow).draw()
        case .trend(let trend):
            try TrendLayout(trend, caption, flow).draw()
        }
    }

    // MARK: Text

    private var style: TextStyle {
        TextStyle(
            size: flow.measures.body, alignment: .justified, indent: Measures.indent,
            lineSpacing: flow.measures.lineSpacing)
    }

    private var headingStyle: TextStyle {
        TextStyle(
            size: flow.measures.body, bold: true, indent: Measures.indent, lineSpacing: flow.measures.lineSpacing)
    }

    private func paragraph(_ runs: [Run], after: Double = 0) throws(DocumentError) {
        try flow.draw(runs, style, as: .paragraph, after: after)
        flow.space(flow.measures.paragraphGap)
    }

    private func list(_ items: [[Run]], after: Double) throws(DocumentError) {
        try canvas.tagged(.list) { () throws(DocumentError) in
            for (index, item) in items.enumerated() {
                try canvas.tagged(.item) { () throws(DocumentError) in
                    try flow.draw(
                        [Run("- ")] + item, style, as: .itemBody, after: index == items.count - 1 ? after : 0)
                }
                flow.space(flow.measures.paragraphGap)
            }
        }
    }

    private func heading(
        _ text: String, _ level: Block.HeadingLevel, _ following: ArraySlice<Block>
    ) throws(DocumentError) {
        let bound = TitleWords.bound(text)
        let height = canvas.setter.set(bound, headingStyle, width: flow.width).height
        flow.keep(min(height + flow.measures.paragraphGap + (try start(of: following)), flow.paper.textHeight))
        canvas.addToOutline(text, level: level.rawValue, x: flow.left, y: flow.y)
        try flow.draw([Run(bound)], headingStyle, as: level == .part ? .heading2 : .heading3)
        flow.space(flow.measures.paragraphGap)
    }

    /// How much of what follows a heading must stand beneath it.
    private func start(of blocks: ArraySlice<Block>) throws(DocumentError) -> Double {
        guard let block = blocks.first else { return 0 }
        let isLast = blocks.count == 1
        switch block {
        case .paragraph(let runs): return start(of: runs, isLast: isLast)
        case .grounds(let grounds): return start(of: [Run(grounds.first ?? "", italic: true)], isLast: false)
        case .list(let items): return start(of: items.first ?? [], isLast: isLast && items.count == 1)
        case .heading(let text, _):
            return canvas.setter.set(TitleWords.bound(text), headingStyle, width: flow.width).height
                + flow.measures.paragraphGap
                + (try start(of: blocks.dropFirst()))
        case .table(let table): return try TableLayout(table, [], flow).startHeight
        case .chart(let chart): return BarChartLayout(chart, [], flow).startHeight
        case .trend(let trend): return try TrendLayout(trend, [], flow).height
        }
    }

    private func start(of runs: [Run], isLast: Bool) -> Double {
        let lines = canvas.setter.set(runs, style, width: flow.width).lines
        // Three lines are not broken, and the last of them stay with the end.
        if lines.count <= 3 { return (lines.last?.bottom ?? 0) + (isLast ? ending : 0) }
        return lines[1].bottom
    }
}
