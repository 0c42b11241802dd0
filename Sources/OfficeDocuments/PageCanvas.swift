import CPangoCairo

/// Pages of a PDF in memory, and text on them. One canvas belongs to one call, and a call to one thread: its font map is
/// that thread's own, which knows the fonts of the letter before (pango_cairo_font_map_get_default, Pango 1.32).
final class PageCanvas {
    enum Alignment {
        case left, centre, right, justified
    }

    struct Style {
        var size: Double
        var bold = false
        var italic = false
        var alignment = Alignment.left
        var indent = 0.0
        var lineSpacing = 1.0
    }

    private let surface: OpaquePointer
    let cairo: OpaquePointer
    private let map: UnsafeMutablePointer<PangoFontMap>
    private let font: DocumentFont
    private let sink = ByteSink()
    private(set) var pages = 1

    init(title: String, author: String, created: String) throws(DocumentError) {
        surface = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), Measures.pageWidth, Measures.pageHeight)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Kịp")
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
        cairo = cairo_create(surface)
        guard let map = pango_cairo_font_map_get_default() else { throw .noFont }
        self.map = map
        font = try DocumentFont.installed(map, cairo)
    }

    deinit {
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
    }

    func newPage() {
        cairo_show_page(cairo)
        pages += 1
    }

    /// The PDF.
    func finish() throws(DocumentError) -> [UInt8] {
        cairo_show_page(cairo)
        cairo_surface_finish(surface)
        let status = cairo_status(cairo)
        guard status == CAIRO_STATUS_SUCCESS else { throw .cairo(String(cString: cairo_status_to_string(status))) }
        return sink.bytes
    }

    /// Draws text with its top left corner at a place.
    /// - Returns: its height.
    @discardableResult
    func draw(_ runs: [Run], _ style: Style, x: Double, y: Double, width: Double) -> Double {
        guard let layout = layout(runs, style, width) else { return 0 }
        defer { pangocairo_unref_layout(layout) }
        cairo_set_source_rgb(cairo, 0, 0, 0)
        cairo_move_to(cairo, x, y)
        pango_cairo_show_layout(cairo, layout)
        return Self.size(layout).height
    }

    @discardableResult
    func draw(_ text: String, _ style: Style, x: Double, y: Double, width: Double) -> Double {
        draw([Run(text)], style, x: x, y: y, width: width)
    }

    func height(_ runs: [Run], _ style: Style, width: Double) -> Double {
        guard let layout = layout(runs, style, width) else { return 0 }
        defer { pangocairo_unref_layout(layout) }
        return Self.size(layout).height
    }

    /// How wide a line of text is.
    func width(_ text: String, _ style: Style) -> Double {
        guard let layout = layout([Run(text)], style, nil) else { return 0 }
        defer { pangocairo_unref_layout(layout) }
        return Self.size(layout).width
    }

    func line(x: Double, y: Double, toX: Double, toY: Double, thickness: Double = 0.6) {
        cairo_set_source_rgb(cairo, 0, 0, 0)
        cairo_set_line_width(cairo, thickness)
        cairo_move_to(cairo, x, y)
        cairo_line_to(cairo, toX, toY)
        cairo_stroke(cairo)
    }

    func fill(x: Double, y: Double, width: Double, height: Double, grey: Double) {
        cairo_set_source_rgb(cairo, grey, grey, grey)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_fill(cairo)
    }

    private func layout(_ runs: [Run], _ style: Style, _ width: Double?) -> OpaquePointer? {
        guard let layout = pangocairo_layout(cairo, map) else { return nil }
        let description = pango_font_description_new()
        pango_font_description_set_family(description, font.name)
        pango_font_description_set_size(description, gint(style.size * Double(PANGO_SCALE)))
        if style.bold { pango_font_description_set_weight(description, PANGO_WEIGHT_BOLD) }
        if style.italic { pango_font_description_set_style(description, PANGO_STYLE_ITALIC) }
        pango_layout_set_font_description(layout, description)
        pango_font_description_free(description)
        if let width { pango_layout_set_width(layout, gint(width * Double(PANGO_SCALE))) }
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
        pango_layout_set_indent(layout, gint(style.indent * Double(PANGO_SCALE)))
        pango_layout_set_line_spacing(layout, Float(style.lineSpacing))
        switch style.alignment {
        case .left: break
        case .centre: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
        case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
        case .justified: pango_layout_set_justify(layout, 1)
        }
        pango_layout_set_markup(layout, Self.markup(runs), -1)
        pangocairo_forbid_fallback(layout)
        return layout
    }

    private static func markup(_ runs: [Run]) -> String {
        runs.map { $0.bold ? "<b>\(escaped($0.text))</b>" : escaped($0.text) }.joined()
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            // Control characters are not allowed in markup.
            case _ where scalar.value < 0x20 && scalar != "\n" && scalar != "\t": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func size(_ layout: OpaquePointer) -> (width: Double, height: Double) {
        var width: gint = 0
        var height: gint = 0
        pango_layout_get_size(layout, &width, &height)
        return (Double(width) / Double(PANGO_SCALE), Double(height) / Double(PANGO_SCALE))
    }
}

/// Where Cairo writes.
private final class ByteSink {
    var bytes: [UInt8] = []
}
