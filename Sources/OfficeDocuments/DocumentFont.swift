import CPangoCairo
import Synchronization

/// The one family of a document. Times New Roman itself is not free; Tinos and Liberation Serif have its measures.
struct DocumentFont {
    private static let candidates = ["Tinos", "Liberation Serif", "Times New Roman"]
    /// All letters that Vietnamese writes beside ASCII's, small and capital, and the signs of these documents.
    private static let letters =
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
        + "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ“”–…%≥≤"

    /// What documents are to be set in; the family that is embedded here has its measures.
    static let named = "Times New Roman"

    let name: String
    /// From line to line, with the gap that the font asks for, as a factor of its size; what Word calls single.
    let lineHeight: Double
    /// From the highest letter to the lowest, as a factor of its size.
    let letterHeight: Double

    private static let chosen = Mutex<DocumentFont?>(nil)

    /// The family of this process's documents, looked for once.
    /// - Throws: `DocumentError.noFont`; then the next document looks again.
    static func installed(_ map: UnsafeMutablePointer<PangoFontMap>, _ cairo: OpaquePointer) throws(DocumentError)
        -> DocumentFont
    {
        if let font = chosen.withLock({ $0 }) { return font }
        let font = try choose(map, cairo)
        chosen.withLock { $0 = font }
        return font
    }

    /// The first family that is installed and has every letter.
    private static func choose(_ map: UnsafeMutablePointer<PangoFontMap>, _ cairo: OpaquePointer) throws(DocumentError)
        -> DocumentFont
    {
        for name in candidates where pangocairo_has_family(map, name) != 0 {
            let context = pangocairo_context(cairo, map)
            defer { pangocairo_unref_context(context) }
            let layout = pangocairo_layout(context)
            defer { pangocairo_unref_layout(layout) }
            let description = pango_font_description_new()
            defer { pango_font_description_free(description) }
            pango_font_description_set_family(description, name)
            let size = 1000.0 * Double(PANGO_SCALE)
            pango_font_description_set_absolute_size(description, size)
            pango_layout_set_font_description(layout, description)
            pango_layout_set_text(layout, letters, -1)
            pangocairo_forbid_fallback(layout)
            guard pango_layout_get_unknown_glyphs_count(layout) == 0,
                let metrics = pango_context_get_metrics(context, description, nil)
            else { continue }
            defer { pango_font_metrics_unref(metrics) }
            let letters = pango_font_metrics_get_ascent(metrics) + pango_font_metrics_get_descent(metrics)
            return DocumentFont(
                name: name, lineHeight: Double(pango_font_metrics_get_height(metrics)) / size,
                letterHeight: Double(letters) / size)
        }
        throw .noFont
    }
}
