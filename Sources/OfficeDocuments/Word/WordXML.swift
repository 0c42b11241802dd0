/// The small words of WordprocessingML (ECMA-376, part 1): runs and paragraphs. Measures come in points.
enum WordXML {
    static let head = #"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"# + "\n"

    /// Text or an attribute's value; what XML 1.0 has no letter for becomes a space.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in DocumentText.printable(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xfffe || scalar.value == 0xffff: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Twentieths of a point.
    static func twips(_ points: Double) -> Int { Int((points * 20).rounded()) }

    /// Half points, as font sizes are.
    static func halves(_ points: Double) -> Int { Int((points * 2).rounded()) }

    /// English Metric Units, as drawings are.
    static func emu(_ points: Double) -> Int { Int((points * 12_700).rounded()) }

    /// A run; a line break in it is one in Word.
    /// - Parameter size: nil = its style's.
    static func run(_ run: Run, size: Double? = nil) -> String {
        let lines = run.text.split(separator: "\n", omittingEmptySubsequences: false)
        let text = lines.map { #"<w:t xml:space="preserve">\#(escaped(String($0)))</w:t>"# }.joined(
            separator: "<w:br/>")
        return "<w:r>\(style(run, size))\(text)</w:r>"
    }

    private static func style(_ run: Run, _ size: Double? = nil) -> String {
        var style = (run.bold ? "<w:b/><w:bCs/>" : "") + (run.italic ? "<w:i/><w:iCs/>" : "")
        if let size { style += #"<w:sz w:val="\#(halves(size))"/><w:szCs w:val="\#(halves(size))"/>"# }
        return style.isEmpty ? "" : "<w:rPr>\(style)</w:rPr>"
    }

    /// A field, which Word reckons anew.
    /// - Parameter shown: its result until then.
    static func field(_ instruction: String, shown: Run) -> String {
        let style = style(shown)
        func mark(_ type: String) -> String { #"<w:r>\#(style)<w:fldChar w:fldCharType="\#(type)"/></w:r>"# }
        return mark("begin") + #"<w:r>\#(style)<w:instrText xml:space="preserve"> \#(instruction) </w:instrText></w:r>"#
            + mark("separate") + run(shown) + mark("end")
    }

    /// A paragraph.
    /// - Parameter extra: further properties, in the order of the schema (CT_PPr).
    static func paragraph(_ style: WordStyle, _ runs: [Run], _ extra: String = "") -> String {
        paragraph(style, content: runs.map { run($0) }.joined(), extra)
    }

    static func paragraph(_ style: WordStyle, _ text: String, _ extra: String = "") -> String {
        paragraph(style, [Run(text)], extra)
    }

    static func paragraph(_ style: WordStyle, content: String, _ extra: String = "") -> String {
        #"<w:p><w:pPr><w:pStyle w:val="\#(style.id)"/>\#(extra)</w:pPr>\#(content)</w:p>"#
    }

    /// A line of some length in the middle of a column: the border of a paragraph that holds nothing, and whose indents
    /// leave so much of it.
    static func rule(_ length: Double, column: Double, after: Double) -> String {
        let side = twips(max(0, (column - length) / 2))
        return #"<w:p><w:pPr><w:pStyle w:val="\#(WordStyle.rule.id)"/>"#
            + #"<w:pBdr><w:top w:val="single" w:sz="6" w:space="0" w:color="000000"/></w:pBdr>"#
            + #"<w:spacing w:before="\#(twips(Measures.ruleGap))" w:after="\#(twips(after))" w:line="20" w:lineRule="exact"/>"#
            + #"<w:ind w:left="\#(side)" w:right="\#(side)"/></w:pPr></w:p>"#
    }

    /// A table without lines, which sets texts beside each other. Its rows stay on one page.
    static func columns(_ widths: [Double], _ rows: [[String]]) -> String {
        let total = twips(widths.reduce(0, +))
        let grid = widths.map { #"<w:gridCol w:w="\#(twips($0))"/>"# }.joined()
        let body = rows.map { cells in
            let cells = zip(widths, cells).map { width, cell in
                #"<w:tc><w:tcPr><w:tcW w:w="\#(twips(width))" w:type="dxa"/></w:tcPr>\#(cell)</w:tc>"#
            }
            return "<w:tr><w:trPr><w:cantSplit/></w:trPr>\(cells.joined())</w:tr>"
        }
        return #"<w:tbl><w:tblPr><w:tblW w:w="\#(total)" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar>"#
            + #"<w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr>"#
            + "<w:tblGrid>\(grid)</w:tblGrid>\(body.joined())</w:tbl>"
    }
}
