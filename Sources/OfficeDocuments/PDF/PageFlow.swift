/// The way down the pages: a place that moves on, and over to the next page.
final class PageFlow {
    let canvas: PageCanvas
    let measures: Measures
    private(set) var paper = Paper.portrait
    private(set) var y = Measures.top
    /// Within the document or the appendix; the first page does not show it.
    private var pageNumber = 1
    /// Something stands on this page.
    private var isBegun = false

    init(_ canvas: PageCanvas, _ measures: Measures) {
        self.canvas = canvas
        self.measures = measures
    }

    var left: Double { Measures.left }
    var width: Double { paper.textWidth }
    /// What is left of the page.
    var room: Double { paper.textBottom - y }

    func advance(_ height: Double) {
        y += height
        isBegun = true
    }

    /// Leaves some room, not at the top of a page.
    func space(_ height: Double) { if isBegun { y += height } }

    /// Goes to the next page where so much does not fit on this one.
    /// - Returns: whether it went.
    @discardableResult
    func keep(_ height: Double) -> Bool {
        // Half a point: a sum of heights may be a hair more than the page that it was cut for.
        guard height > room + 0.5, isBegun else { return false }
        newPage()
        return true
    }

    private func newPage() {
        turn(to: paper)
        pageNumber += 1
        let style = TextStyle(size: Measures.pageNumber, alignment: .centre)
        let number = canvas.setter.set("\(pageNumber)", style, width: width)
        canvas.draw(number, x: left, y: (Measures.top - number.height) / 2 + 4)
    }

    /// Goes to the first page of an appendix, which counts its pages anew.
    func beginAppendix(_ paper: Paper) {
        turn(to: paper)
        pageNumber = 1
    }

    private func turn(to paper: Paper) {
        canvas.newPage(paper)
        self.paper = paper
        y = Measures.top
        isBegun = false
    }

    /// Draws a text across the page, over to the next pages where it does not fit; never one line alone.
    /// - Parameter after: what must stand on the page of its last two lines, too.
    func draw(
        _ runs: [Run], _ style: TextStyle, as tag: StructureTag, after: Double = 0
    ) throws(DocumentError) {
        let text = canvas.setter.set(runs, style, width: width)
        if text.height + after <= room {
            try canvas.tagged(tag) { canvas.draw(text, x: left, y: y) }
            return advance(text.height)
        }
        let lines = text.lines
        var next = 0
        while next < lines.count {
            let rest = lines.count - next
            let height = lines[lines.count - 1].bottom - lines[next].top
            var count = lines[next...].prefix { $0.bottom - lines[next].top <= room + 0.5 }.count
            if count == rest, height + after > room, isBegun { count -= min(2, rest) }
            if rest - count == 1 { count -= 1 }
            if count < 2, rest > 1 || count < 1 { count = 0 }
            if count == 0 {
                // A page that has nothing yet takes what it can.
                if isBegun { newPage() } else { count = max(1, rest - 1) }
            }
            guard count > 0 else { continue }
            let slice = lines[next..<next + count]
            try canvas.tagged(tag) { canvas.draw(slice, x: left, y: y) }
            next += count
            advance(lines[next - 1].bottom - (slice.first?.top ?? 0))
            if next < lines.count { newPage() }
        }
    }
}
