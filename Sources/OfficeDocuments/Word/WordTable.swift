/// A table in Word: its head is repeated on each page, its rows are not broken.
struct WordTable {
    private let table: Block.Table
    private let grid: TableGrid
    private let widths: [Int]
    /// Of the letters, where it is not the style's own.
    private let size: Double?

    init(_ table: Block.Table, width: Double, _ setter: TextSetter) throws(DocumentError) {
        self.table = table
        grid = try TableGrid(table)
        let fit = TableFit(table, grid, width: width, setter)
        widths = fit.shares.map { WordXML.twips($0 * width) }
        size = fit.size == Measures.table ? nil : fit.size
    }

    var xml: String {
        let line = #"w:val="single" w:sz="4" w:space="0" w:color="000000"/>"#
        let lines = ["top", "left", "bottom", "right", "insideH", "insideV"].map { "<w:\($0) \(line)" }.joined()
        let margin = WordXML.twips(Measures.cellPadding)
        let margins = ["top", "left", "bottom", "right"].map { #"<w:\#($0) w:w="\#(margin)" w:type="dxa"/>"# }.joined()
        let caption =
            table.caption.isEmpty ? "" : #"<w:tblCaption w:val="\#(WordXML.escaped(table.caption))"/>"#
        return
            #"<w:tbl><w:tblPr><w:tblW w:w="\#(widths.reduce(0, +))" w:type="dxa"/><w:tblBorders>\#(lines)</w:tblBorders>"#
            + #"<w:tblLayout w:type="fixed"/><w:tblCellMar>\#(margins)</w:tblCellMar>\#(caption)</w:tblPr>"#
            + "<w:tblGrid>" + widths.map { #"<w:gridCol w:w="\#($0)"/>"# }.joined() + "</w:tblGrid>"
            + grid.head.indices.map(headRow).joined() + grid.rows.indices.map(row).joined() + "</w:tbl>"
    }

    /// The cells that begin in a row of the head, and the rests of those that come from above.
    private func headRow(_ row: Int) -> String {
        let places = grid.head.joined().filter { $0.rows.contains(row) }.sorted { $0.column < $1.column }
        let cells = places.map { place in
            let merge =
                place.cell.rows == 1
                ? "" : place.row == row ? #"<w:vMerge w:val="restart"/>"# : "<w:vMerge/>"
            let text = place.row == row ? place.cell.text : ""
            return cell(place, merge, shade: true, paragraph(.headCell, Run(text), "<w:keepNext/>"))
        }
        return "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>\(cells.joined())</w:tr>"
    }

    private func row(_ index: Int) -> String {
        let bold = table.rows[index].bold
        // The last row, as that of the totals, is not parted from the one above.
        let stays = index == grid.rows.count - 2 ? "<w:keepNext/>" : ""
        let cells = grid.rows[index].map { place in
            let alignment =
                switch table.columns[place.column].alignment {
                case .left: "left"
                case .centre: "center"
                case .right: "right"
                }
            return cell(
                place, "", shade: false,
                paragraph(
                    .cell, Run(place.cell.text, bold: bold), stays + #"<w:jc w:val="\#(alignment)"/>"#))
        }
        return "<w:tr><w:trPr><w:cantSplit/></w:trPr>\(cells.joined())</w:tr>"
    }

    private func paragraph(_ style: WordStyle, _ run: Run, _ extra: String) -> String {
        WordXML.paragraph(style, content: WordXML.run(run, size: size), extra)
    }

    private func cell(_ place: TableGrid.Place, _ merge: String, shade: Bool, _ content: String) -> String {
        let span = place.cell.columns > 1 ? #"<w:gridSpan w:val="\#(place.cell.columns)"/>"# : ""
        let fill = shade ? #"<w:shd w:val="clear" w:color="auto" w:fill="EDEDED"/>"# : ""
        return
            #"<w:tc><w:tcPr><w:tcW w:w="\#(widths[place.columns].reduce(0, +))" w:type="dxa"/>\#(span)\#(merge)\#(fill)"#
            + #"<w:vAlign w:val="center"/></w:tcPr>\#(content)</w:tc>"#
    }
}
