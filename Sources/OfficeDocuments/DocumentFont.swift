import CPangoCairo
import Synchronization

/// The one family of a document. Times New Roman itself is not free; Tinos and Liberation Serif have its measures.
struct DocumentFont {
    private static let candidates = ["Tinos", "Liberation Serif", "Times New Roman"]
    /// All letters that Vietnamese writes beside ASCII's, small and capital, and the signs of these documents.
    private static let letters =
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
        + "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ“”–…%≥"

    let name: String

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
            guard let layout = pangocairo_layout(cairo, map) else { continue }
            defer { pangocairo_unref_layout(layout) }
            let description = pango_font_description_from_string("\(name) 13")
            pango_layout_set_font_description(layout, description)
            pango_font_description_free(description)
            pango_layout_set_text(layout, letters, -1)
            pangocairo_forbid_fallback(layout)
            if pango_layout_get_unknown_glyphs_count(layout) == 0 { return DocumentFont(name: name) }
        }
        throw .noFont
    }
}
