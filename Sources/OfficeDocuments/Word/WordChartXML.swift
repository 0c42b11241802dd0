/// The parts that charts share: series, axes, greys.
enum WordChartXML {
    /// How text is set.
    static func text(_ size: Double, grey: Double = 0) -> String {
        #"<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="\#(Int(size * 100))" b="0">\#(fill(grey))"#
            + #"<a:latin typeface="\#(DocumentFont.named)"/><a:cs typeface="\#(DocumentFont.named)"/>"#
            + #"</a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr>"#
    }

    static func fill(_ grey: Double) -> String {
        let digits = String(Int((min(1, max(0, grey)) * 255).rounded()), radix: 16, uppercase: true)
        let pair = digits.count < 2 ? "0\(digits)" : digits
        return #"<a:solidFill><a:srgbClr val="\#(pair)\#(pair)\#(pair)"/></a:solidFill>"#
    }

    /// - Parameter width: points.
    static func line(_ width: Double, grey: Double = 0) -> String {
        #"<a:ln w="\#(WordXML.emu(width))">\#(fill(grey))</a:ln>"#
    }

    /// A filled area with a line around it.
    static func area(_ grey: Double) -> String { "<c:spPr>\(fill(grey))\(line(0.5))</c:spPr>" }

    /// Where a series comes from, and its name.
    static func name(_ series: Int, _ workbook: WordWorkbook) -> String {
        #"<c:idx val="\#(series)"/><c:order val="\#(series)"/><c:tx><c:strRef><c:f>Sheet1!$\#(WordWorkbook.column(series))$1"#
            + #"</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>\#(WordXML.escaped(workbook.names[series]))</c:v></c:pt>"#
            + "</c:strCache></c:strRef></c:tx>"
    }

    /// The labels and values of a series.
    static func values(_ series: Int, _ workbook: WordWorkbook) -> String {
        let last = workbook.rows.count + 1
        let column = WordWorkbook.column(series)
        let labels = workbook.rows.enumerated().map {
            #"<c:pt idx="\#($0)"><c:v>\#(WordXML.escaped($1.label))</c:v></c:pt>"#
        }
        let values = workbook.rows.enumerated().map { index, row in
            row.values[series].map { #"<c:pt idx="\#(index)"><c:v>\#($0)</c:v></c:pt>"# } ?? ""
        }
        let count = #"<c:ptCount val="\#(workbook.rows.count)"/>"#
        return "<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$\(last)</c:f><c:strCache>\(count)\(labels.joined())</c:strCache>"
            + "</c:strRef></c:cat><c:val><c:numRef><c:f>Sheet1!$\(column)$2:$\(column)$\(last)</c:f><c:numCache>"
            + "<c:formatCode>General</c:formatCode>\(count)\(values.joined())</c:numCache></c:numRef></c:val>"
    }

    /// An axis of labels and one of numbers.
    struct Axes {
        /// The labels stand to the left, from the top down; else beneath, from the left.
        var labelsAtLeft: Bool
        var most: Double
        var step: Double
        /// As spreadsheets write formats; `[$-42A]` is Vietnamese.
        var format: String
        /// What the numbers count; empty = not said.
        var unit = ""

        private var title: String {
            unit.isEmpty
                ? ""
                : #"<c:title><c:tx><c:rich><a:bodyPr rot="-5400000" vert="horz"/><a:lstStyle/><a:p><a:pPr>"#
                    + #"<a:defRPr b="0"/></a:pPr><a:r><a:rPr lang="vi-VN" sz="\#(Int((Measures.figureText - 1) * 100))" b="0">"#
                    + #"<a:latin typeface="\#(DocumentFont.named)"/></a:rPr><a:t>\#(WordXML.escaped(unit))</a:t></a:r></a:p>"#
                    + #"</c:rich></c:tx><c:overlay val="0"/></c:title>"#
        }

        var xml: String {
            let size = Measures.figureText - 1
            let black = "<c:spPr>\(line(0.6))</c:spPr>"
            let order = labelsAtLeft ? "maxMin" : "minMax"
            return
                #"<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="\#(order)"/></c:scaling><c:delete val="0"/>"#
                + #"<c:axPos val="\#(labelsAtLeft ? "l" : "b")"/><c:numFmt formatCode="General" sourceLinked="0"/>"#
                + #"<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>\#(black)"#
                + text(labelsAtLeft ? Measures.figureText : size)
                + #"<c:crossAx val="2"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/>"#
                + #"<c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>"#
                + #"<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:max val="\#(most)"/><c:min val="0"/>"#
                + #"</c:scaling><c:delete val="0"/><c:axPos val="\#(labelsAtLeft ? "b" : "l")"/>"#
                + #"<c:majorGridlines><c:spPr>\#(line(0.4, grey: 0.8))</c:spPr></c:majorGridlines>\#(title)"#
                + #"<c:numFmt formatCode="\#(WordXML.escaped(format))" sourceLinked="0"/><c:majorTickMark val="out"/>"#
                + #"<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>\#(black)\#(text(size))"#
                + #"<c:crossAx val="1"/><c:crosses val="\#(labelsAtLeft ? "max" : "autoZero")"/>"#
                + #"<c:crossBetween val="between"/><c:majorUnit val="\#(step)"/></c:valAx>"#
        }
    }
}
