import CPangoCairo
import Synchronization

/// The one family of a document, and one more for what it has no letters for. Times New Roman itself is not free; Tinos and Liberation Serif have its measures.
package struct DocumentFont: Sendable {
    private static let candidates = ["Tinos", "Liberation Serif", "Times New Roman"]
    /// Families with Han characters, kana and Hangul, small enough to be installed everywhere (scripts/setup).
    private static let fallbacks = ["WenQuanYi Micro Hei", "Droid Sans Fallback"]
    /// All letters that Vietnamese writes beside ASCII's, small and capital, and the signs of these documents.
    private static let letters =
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
        + "ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ“”–…%≥≤"

    /// What documents are to be set in; the family that is embedded here has its measures.
    static let named = "Times New Roman"

    /// The family's name.
    package let name: String
    /// From line to line, with the gap that the font asks for, as a factor of its size; what Word calls single.
    let lineHeight: Double
    /// From the highest letter to the lowest, as a factor of its size.
    let letterHeight: Double
    private let coverage: FontCoverage
    /// What draws the letters that the family has not: Han characters, kana, Hangul. nil = it is not installed.
    let fallback: Fallback?

    /// Another family for some letters of a text.
    struct Fallback: Sendable {
        let name: String
        /// Its size against the family's, so that its letters do not make a line higher.
        let scale: Double
        fileprivate let coverage: FontCoverage
    }

    /// Whether the family has a letter.
    func has(_ scalar: Unicode.Scalar) -> Bool { coverage.contains(scalar) }

    /// Whether a letter can be drawn at all.
    func draws(_ scalar: Unicode.Scalar) -> Bool {
        coverage.contains(scalar) || fallback?.coverage.contains(scalar) ?? false
    }

    /// The pieces of a text that the fallback draws, in bytes.
    func fallbackPieces(of text: String) -> [Range<UInt32>] {
        guard let fallback else { return [] }
        var pieces: [Range<UInt32>] = []
        var place: UInt32 = 0
        for scalar in text.unicodeScalars {
            let next = place + UInt32(UTF8.width(scalar))
            if !coverage.contains(scalar), fallback.coverage.contains(scalar) {
                if pieces.last?.upperBound == place {
                    pieces[pieces.count - 1] = pieces[pieces.count - 1].lowerBound..<next
                } else {
                    pieces.append(place..<next)
                }
            }
            place = next
        }
        return pieces
    }

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

    /// The same where there is nothing to draw on.
    /// - Throws: `DocumentError.noFont`.
    package static func current() throws(DocumentError) -> DocumentFont {
        if let font = chosen.withLock({ $0 }) { return font }
        return try WordMeasure().setter.font
    }

    /// The first family that is installed and has every letter.
    private static func choose(_ map: UnsafeMutablePointer<PangoFontMap>, _ cairo: OpaquePointer) throws(DocumentError)
        -> DocumentFont
    {
        let context = pangocairo_context(cairo, map)
        defer { pangocairo_unref_context(context) }
        for name in candidates {
            guard let face = Face(name, map, context), letters.unicodeScalars.allSatisfy(face.coverage.contains) else {
                continue
            }
            let fallback = fallbacks.lazy.compactMap { Face($0, map, context) }.first.map { other in
                Fallback(
                    name: other.name, scale: min(1, face.ascent / other.ascent, face.descent / other.descent),
                    coverage: other.coverage)
            }
            return DocumentFont(
                name: name, lineHeight: face.height, letterHeight: face.ascent + face.descent,
                coverage: face.coverage, fallback: fallback)
        }
        throw .noFont
    }

    /// A family that is installed, upright. Its measures are factors of its size.
    private struct Face {
        let name: String
        let height: Double
        let ascent: Double
        let descent: Double
        let coverage: FontCoverage

        init?(_ name: String, _ map: UnsafeMutablePointer<PangoFontMap>, _ context: OpaquePointer) {
            guard pangocairo_has_family(map, name) != 0 else { return nil }
            let description = pango_font_description_new()
            defer { pango_font_description_free(description) }
            pango_font_description_set_family(description, name)
            let size = 1000.0 * Double(PANGO_SCALE)
            pango_font_description_set_absolute_size(description, size)
            guard let font = pango_font_map_load_font(map, context, description) else { return nil }
            defer { pangocairo_unref_font(font) }
            guard let metrics = pango_font_get_metrics(font, nil) else { return nil }
            defer { pango_font_metrics_unref(metrics) }
            self.name = name
            height = Double(pango_font_metrics_get_height(metrics)) / size
            ascent = Double(pango_font_metrics_get_ascent(metrics)) / size
            descent = Double(pango_font_metrics_get_descent(metrics)) / size
            coverage = FontCoverage(font)
        }
    }
}
