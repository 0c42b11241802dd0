/// Writes a document for Word and LibreOffice (ECMA-376, Office Open XML): the same measures as in the PDF, in named styles,
/// so that an office can work on it. The same document gives the same bytes.
public enum DOCXRenderer {
    /// Renders a document.
    /// - Parameter pages: how many pages it may have, as in `PDFRenderer.render`; where it has more, it is set as tightly as
    ///   the decree allows. Word itself breaks the pages.
    /// - Throws: `DocumentError`.
    public static func render(
        _ document: OfficialDocument, pages allowed: Int? = nil
    ) throws(DocumentError) -> [UInt8] {
        let measures = try PDFRenderer.measures(document, pages: allowed)
        var package = WordPackage(document)
        var body = WordBody(try WordMeasure(), measures)
        let content = try body.xml(document)
        package.add(content, charts: body.charts, styles: WordStyle.sheet(measures))
        return try package.packed()
    }
}
