import CPangoCairo
import Foundation

/// Breaks texts into lines in the document's font. One setter belongs to one call or one thread: its font map is that thread's
/// own, which knows the fonts of the letter before (pango_cairo_font_map_get_default, Pango 1.32).
final class TextSetter {
    private let context: OpaquePointer
    private var layouts = LayoutCache()
    let font: DocumentFont
    /// The attributes of a text without styles.
    private let plain: OpaquePointer

    /// - Parameter cairo: what the text will be drawn on.
    /// - Throws: `DocumentError.noFont`.
    init(for cairo: OpaquePointer) throws(DocumentError) {
        guard let map = pango_cairo_font_map_get_default() else { throw .noFont }
        font = try DocumentFont.installed(map, cairo)
        context = pangocairo_context(cairo, map)
        plain = pangocairo_attributes()
    }

    deinit {
        pango_attr_list_unref(plain)
        pangocairo_unref_context(context)
    }

    /// The setter of this thread's pages. It keeps what it has set: most lines of a letter stand in the next one as well.
    /// - Parameter cairo: a page; all pages measure texts alike.
    /// - Throws: `DocumentError.noFont`.
    static func forPages(_ cairo: OpaquePointer) throws(DocumentError) -> TextSetter {
        let key = "kip.text-setter"
        if let setter = Thread.current.threadDictionary[key] as? TextSetter { return setter }
        let setter = try TextSetter(for: cairo)
        Thread.current.threadDictionary[key] = setter
        return setter
    }

    /// Sets a text.
    /// - Parameter width: where lines break; nil = only where the text itself breaks.
    func set(_ runs: [Run], _ style: TextStyle, width: Double? = nil) -> SetText {
        let layout = layouts.layout(.init(runs: runs, style: style, width: width)) { lay(runs, style, width) }
        return SetText(
            layout, lineHeight: style.size * font.lineHeight * style.lineSpacing,
            letters: style.size * font.letterHeight)
    }

    private func lay(_ runs: [Run], _ style: TextStyle, _ width: Double?) -> OpaquePointer {
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
        let bound = runs.map { DocumentText.printable($0.text) }
        let unbroken = Self.noBreaks(in: bound)
        // The page has plain spaces, so that a search for “thủ tục hành chính” finds it.
        let texts = unbroken.isEmpty ? bound : bound.map { $0.replacing(Self.noBreakSpace, with: " ") }
        let text = texts.count == 1 ? texts[0] : texts.joined()
        pango_layout_set_text(layout, text, -1)
        setAttributes(layout, runs, texts, text, unbroken)
        pangocairo_restore_spaces(layout)
        return layout
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

    private static let noBreakSpace = "\u{a0}"

    /// Where no-break spaces stand, in bytes of the text that has plain ones in their place.
    private static func noBreaks(in texts: [String]) -> [UInt32] {
        guard texts.contains(where: { $0.contains(noBreakSpace) }) else { return [] }
        var places: [UInt32] = []
        var place: UInt32 = 0
        for scalar in texts.lazy.flatMap(\.unicodeScalars) {
            if scalar == "\u{a0}" { places.append(place) }
            place += scalar == "\u{a0}" ? 1 : UInt32(UTF8.width(scalar))
        }
        return places
    }

    /// Bold and italic pieces, and those that another family draws.
    private func setAttributes(
        _ layout: OpaquePointer, _ runs: [Run], _ texts: [String], _ text: String, _ unbroken: [UInt32]
    ) {
        let isStyled = runs.contains { $0.bold || $0.italic }
        let foreign = text.unicodeScalars.allSatisfy(font.has) ? [] : font.fallbackPieces(of: text)
        guard isStyled || !foreign.isEmpty || !unbroken.isEmpty else {
            return pango_layout_set_attributes(layout, plain)
        }
        let attributes = pangocairo_attributes()
        defer { pango_attr_list_unref(attributes) }
        var start: UInt32 = 0
        for (run, text) in zip(runs, texts) {
            let end = start + UInt32(text.utf8.count)
            if run.bold { pangocairo_bold(attributes, start, end) }
            if run.italic { pangocairo_italic(attributes, start, end) }
            start = end
        }
        for place in unbroken { pangocairo_forbid_break(attributes, text, place) }
        if let fallback = font.fallback {
            for piece in foreign {
                pangocairo_family(attributes, fallback.name, fallback.scale, piece.lowerBound, piece.upperBound)
            }
        }
        pango_layout_set_attributes(layout, attributes)
    }
}
