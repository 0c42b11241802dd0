/// Lays a document out as a PDF by the measures of Decree 30/2020/NĐ-CP: tagged, with an outline of its headings. The same
/// document gives the same bytes.
public enum PDFRenderer {
    /// Renders a document.
    /// - Parameter pages: how many pages it may have; nil = any. Where it has more, it is laid out again as tightly as
    ///   the decree allows.
    /// - Throws: `DocumentError`.
    public static func render(_ document: OfficialDocument, pages allowed: Int? = nil) throws(DocumentError) -> [UInt8]
    {
        let (canvas, _) = try fit(document, pages: allowed)
        return try PDFUpdate(of: try canvas.finish()).adding(language: "vi-VN", alternatives: canvas.alternatives)
    }

    /// The measures that a document needs to stay on its pages.
    static func measures(_ document: OfficialDocument, pages allowed: Int?) throws(DocumentError) -> Measures {
        guard allowed != nil else { return Measures() }
        return try fit(document, pages: allowed).1
    }

    private static func fit(_ document: OfficialDocument, pages allowed: Int?) throws(DocumentError) -> (
        PageCanvas, Measures
    ) {
        let canvas = try draw(document, Measures())
        guard let allowed, canvas.pages > allowed else { return (canvas, Measures()) }
        let tight = try draw(document, .tight)
        guard tight.pages <= allowed else { throw .tooLong(pages: tight.pages, allowed: allowed) }
        return (tight, .tight)
    }

    private static func draw(_ document: OfficialDocument, _ measures: Measures) throws(DocumentError) -> PageCanvas {
        let canvas = try PageCanvas(
            title: document.title, author: document.agency.split(separator: "\n").joined(separator: " "),
            created: document.date.timestamp)
        let flow = PageFlow(canvas, measures)
        try canvas.tagged(.document) { () throws(DocumentError) in
            try HeadLayout(document, flow).draw()
            try TitleLayout(document, flow).draw()
            let end = EndLayout(document, flow)
            let body = BodyLayout(flow)
            try body.draw(document.body, ending: end.height)
            try end.draw()
            for (index, appendix) in document.appendices.enumerated() {
                try AppendixLayout(document, index, flow).drawHead()
                try body.draw(appendix.body)
            }
        }
        return canvas
    }
}
