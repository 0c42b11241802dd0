import CPangoCairo
import OfficeDocuments

/// What Pango and Cairo alone need for the words of a letter: each text is laid out in the letter's faces and drawn beneath the
/// one before it, without structure, without what the form asks for, and compressed as zlib does by default.
final class PlainPages {
    private let context: OpaquePointer
    private let family: String

    /// - Throws: `DocumentError.noFont`.
    init() throws(DocumentError) {
        family = try DocumentFont.current().name
        context = try Self.context()
    }

    private static func context() throws(DocumentError) -> OpaquePointer {
        let surface = cairo_pdf_surface_create_for_stream(nil, nil, width, height)
        let cairo = cairo_create(surface)
        defer {
            cairo_destroy(cairo)
            cairo_surface_destroy(surface)
        }
        guard let cairo, let map = pango_cairo_font_map_get_default() else { throw .noFont }
        return pangocairo_context(cairo, map)
    }

    deinit { pangocairo_unref_context(context) }

    /// Draws a document's words.
    /// - Returns: the PDF's bytes.
    func draw(_ document: OfficialDocument) -> Int {
        let bytes = Counter()
        let surface = cairo_pdf_surface_create_for_stream(
            { closure, _, length in
                guard let closure else { return CAIRO_STATUS_WRITE_ERROR }
                Unmanaged<Counter>.fromOpaque(closure).takeUnretainedValue().count += Int(length)
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(bytes).toOpaque(), Self.width, Self.height)
        let cairo = cairo_create(surface)
        defer {
            cairo_destroy(cairo)
            cairo_surface_destroy(surface)
        }
        guard let cairo else { return 0 }
        var top = Self.margin
        for text in Self.texts(of: document) {
            let layout = pangocairo_layout(context)
            defer { pangocairo_unref_layout(layout) }
            set(text, on: layout)
            cairo_move_to(cairo, Self.margin, top)
            pango_cairo_show_layout(cairo, layout)
            var height: gint = 0
            pango_layout_get_size(layout, nil, &height)
            top += Double(height) / Double(PANGO_SCALE)
        }
        cairo_show_page(cairo)
        cairo_surface_finish(surface)
        return bytes.count
    }

    // MARK: A page

    /// A4, in points.
    private static let width = 595.0
    private static let height = 842.0
    private static let margin = 60.0
    private static let size = 13.5

    private func set(_ runs: [Run], on layout: OpaquePointer) {
        let description = pango_font_description_new()
        pango_font_description_set_family(description, family)
        pango_font_description_set_absolute_size(description, Self.size * Double(PANGO_SCALE))
        pango_layout_set_font_description(layout, description)
        pango_font_description_free(description)
        pango_layout_set_width(layout, gint((Self.width - 2 * Self.margin) * Double(PANGO_SCALE)))
        pango_layout_set_justify(layout, 1)
        pango_layout_set_text(layout, runs.map(\.text).joined(), -1)
        let attributes = pangocairo_attributes()
        var start: UInt32 = 0
        for run in runs {
            let end = start + UInt32(run.text.utf8.count)
            if run.bold { pangocairo_bold(attributes, start, end) }
            if run.italic { pangocairo_italic(attributes, start, end) }
            start = end
        }
        pango_layout_set_attributes(layout, attributes)
        pango_attr_list_unref(attributes)
    }

    /// The words of a letter by paragraph, in the faces that Decree 30/2020/NĐ-CP, appendix I, gives them.
    private static func texts(of document: OfficialDocument) -> [[Run]] {
        var texts: [[Run]] = [
            [Run(document.superiorAgency)], [Run(document.agency, bold: true)],
            [Run("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", bold: true)], [Run("Độc lập - Tự do - Hạnh phúc", bold: true)],
            [Run(document.numberLine)], [Run(document.dateLine, italic: true)], [Run(document.title, bold: true)],
        ]
        for addressee in document.addressees {
            texts += [[Run("Kính gửi: \(addressee.name)")]] + addressee.details.map { [Run($0)] }
        }
        for case .paragraph(let runs) in document.body { texts.append(runs) }
        texts += document.signerAuthority.map { [Run($0, bold: true)] } + [[Run(document.signerName, bold: true)]]
        texts += [[Run("Nơi nhận:", bold: true, italic: true)]] + document.recipients.map { [Run("- \($0)")] }
        return texts
    }

    private final class Counter {
        var count = 0
    }
}
