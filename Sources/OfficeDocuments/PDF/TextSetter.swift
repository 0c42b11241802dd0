import CPangoCairo

/// Breaks texts into lines in the document's font. One setter belongs to one call, and a call to one thread: its font map
/// is that thread's own, which knows the fonts of the letter before (pango_cairo_font_map_get_default, Pango 1.32).
final class TextSetter {
    private let context: OpaquePointer
    private let font: DocumentFont

    /// - Parameter cairo: what the text will be drawn on.
    /// - Throws: `DocumentError.noFont`.
    init(for cairo: OpaquePointer) throws(DocumentError) {
        guard let map = pango_cairo_font_map_get_default() else { throw .noFont }
        font = try DocumentFont.installed(map, cairo)
        context = pangocairo_context(cairo, map)
    }

    deinit { pangocairo_unref_context(context) }

    /// Sets a text.
    /// - Parameter width: where lines break; nil = only where the text itself breaks.
    func set(_ runs: [Run], _ style: TextStyle, width: Double? = nil) -> SetText {
        let layout = pangocairo_layout(context)
        let description = pango_font_description_new()
        // A copy: the text that Swift hands over ends with the call.
        pango_font_description_set_family(description, font.name)
        pango_font_description_set_absolute_size(description, style.size * Double(PANGO_SCALE))
        if style.bold { pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD) }
        if style.italic { pango_font_description_set_style(description, PANGO_STYLE_ITALIC) }
        pango_layout_set_font_description(layout, description)
        pango_font_description_free(description)
        if let width { pango_layout_set_width(layout, gint((width * Double(PANGO_SCALE)).rounded())) }
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_indent(layout, gint((style.indent * Double(PANGO_SCALE)).rounded()))
        pango_layout_set_line_spacing(layout, Float(style.lineSpacing))
        switch style.alignment {
        case .left: break
        case .centre: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
        case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
        case .justified: pango_layout_set_justify(layout, 1)
        }
        if runs.contains(where: { $0.bold || $0.italic }) {
            pango_layout_set_markup(layout, Self.markup(runs), -1)
        } else {
            let text = runs.count == 1 ? runs[0].text : runs.map(\.text).joined()
            pango_layout_set_text(layout, Self.printable(text), -1)
        }
        pangocairo_forbid_fallback(layout)
        pangocairo_restore_spaces(layout)
        return SetText(
            layout, lineHeight: style.size * font.lineHeight * style.lineSpacing,
            letters: style.size * font.letterHeight)
    }

    func set(_ text: String, _ style: TextStyle, width: Double? = nil) -> SetText {
        set([Run(text)], style, width: width)
    }

    /// How wide a line of text is.
    func width(_ text: String, _ style: TextStyle) -> Double { set(text, style).width }

    /// The width in which a text of several lines is nearly even, for a title that is centred.
    func evenWidth(_ text: String, _ style: TextStyle, within width: Double) -> Double {
        let count = set(text, style, width: width).lineCount
        if count < 2 { return width }
        for share in stride(from: 0.5, to: 1, by: 0.05) where set(text, style, width: width * share).lineCount == count
        {
            return width * share
        }
        return width
    }

    private static func markup(_ runs: [Run]) -> String {
        var result = ""
        for run in runs {
            let text = escaped(printable(run.text))
            let italic = run.italic ? "<i>\(text)</i>" : text
            result += run.bold ? "<b>\(italic)</b>" : italic
        }
        return result
    }

    private static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3c || $0 == 0x3e }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Control characters are no text.
    private static func printable(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0a && $0 != 0x09 }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            result.unicodeScalars.append(scalar.value < 0x20 && scalar != "\n" && scalar != "\t" ? " " : scalar)
        }
        return result
    }
}
