import CPangoCairo

/// Pages of a PDF in memory: text, lines and grey areas on them, and what they are.
final class PageCanvas {
    private let surface: OpaquePointer
    private let cairo: OpaquePointer
    private let sink = ByteSink()
    let setter: TextSetter
    private(set) var pages = 1
    /// The alternative texts of the figures, in their order.
    private(set) var alternatives: [String] = []
    /// The last entry of each level of the outline.
    private var outline: [Int: gint] = [:]

    init(title: String, author: String, created: String) throws(DocumentError) {
        surface = cairo_pdf_surface_create_for_stream(
            { closure, data, length in
                guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
                let sink = Unmanaged<ByteSink>.fromOpaque(closure).takeUnretainedValue()
                sink.bytes.append(contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
                return CAIRO_STATUS_SUCCESS
            }, Unmanaged.passUnretained(sink).toOpaque(), Paper.portrait.width, Paper.portrait.height)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, author)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Kịp")
        // Given by the document, so that Cairo does not ask the clock.
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, created)
        cairo = cairo_create(surface)
        do {
            setter = try TextSetter.forPages(cairo)
        } catch {
            cairo_destroy(cairo)
            cairo_surface_destroy(surface)
            throw error
        }
    }

    deinit {
        cairo_destroy(cairo)
        cairo_surface_destroy(surface)
    }

    func newPage(_ paper: Paper) {
        cairo_show_page(cairo)
        cairo_pdf_surface_set_size(surface, paper.width, paper.height)
        pages += 1
    }

    /// The PDF, as Cairo writes it.
    func finish() throws(DocumentError) -> [UInt8] {
        cairo_show_page(cairo)
        cairo_surface_finish(surface)
        for status in [cairo_status(cairo), cairo_surface_status(surface)] where status != CAIRO_STATUS_SUCCESS {
            throw .cairo(String(cString: cairo_status_to_string(status)))
        }
        return sink.bytes
    }

    // MARK: Marks

    /// Draws text with its top left corner at a place.
    func draw(_ text: borrowing SetText, x: Double, y: Double) {
        black()
        cairo_move_to(cairo, x, y + text.gap)
        pango_cairo_show_layout(cairo, text.layout)
    }

    /// Draws some lines of a text, the first of them at a place.
    func draw(_ lines: ArraySlice<SetText.Line>, x: Double, y: Double) {
        guard let first = lines.first else { return }
        black()
        for line in lines {
            cairo_move_to(cairo, x + line.x, y + line.baseline - first.top)
            pango_cairo_show_layout_line(cairo, line.pointer)
        }
    }

    /// Sets and draws a text.
    /// - Returns: its height.
    @discardableResult
    func draw(_ text: String, _ style: TextStyle, x: Double, y: Double, width: Double) -> Double {
        let text = setter.set(text, style, width: width)
        draw(text, x: x, y: y)
        return text.height
    }

    /// Sets and draws texts beneath each other, apart also for who hears them read.
    /// - Returns: their height.
    @discardableResult
    func draw(_ texts: [String], _ style: TextStyle, x: Double, y: Double, width: Double) -> Double {
        var bottom = y
        for (index, text) in texts.enumerated() {
            if index > 0 { draw(setter.set(" ", style), x: x, y: bottom) }
            bottom += draw(text, style, x: x, y: bottom, width: width)
        }
        return bottom - y
    }

    func line(x: Double, y: Double, toX: Double, toY: Double, thickness: Double = 0.6, grey: Double = 0) {
        cairo_set_source_rgb(cairo, grey, grey, grey)
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

    func frame(x: Double, y: Double, width: Double, height: Double, thickness: Double = 0.6) {
        black()
        cairo_set_line_width(cairo, thickness)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_stroke(cairo)
    }

    func dot(x: Double, y: Double, radius: Double, grey: Double) {
        cairo_set_source_rgb(cairo, grey, grey, grey)
        cairo_new_sub_path(cairo)
        cairo_arc(cairo, x, y, radius, 0, 2 * Double.pi)
        cairo_fill(cairo)
    }

    private func black() { cairo_set_source_rgb(cairo, 0, 0, 0) }

    // MARK: Structure

    /// Draws what belongs to one element of the structure.
    func tagged<Result>(_ tag: StructureTag, _ draw: () throws(DocumentError) -> Result) throws(DocumentError) -> Result
    {
        cairo_tag_begin(cairo, tag.rawValue, "")
        defer { cairo_tag_end(cairo, tag.rawValue) }
        return try draw()
    }

    /// Draws a figure.
    /// - Parameter alternative: what it says, for who cannot see it.
    func figure(_ alternative: String, _ draw: () throws(DocumentError) -> Void) throws(DocumentError) {
        alternatives.append(alternative)
        try tagged(.figure, draw)
    }

    /// Adds a place on this page to the outline.
    func addToOutline(_ text: String, level: Int, x: Double, y: Double) {
        let parent = (0..<level).reversed().compactMap { outline[$0] }.first ?? gint(CAIRO_PDF_OUTLINE_ROOT)
        let place = "page=\(pages) pos=[\(Int(x)) \(Int(y))]"
        outline[level] = cairo_pdf_surface_add_outline(surface, parent, text, place, CAIRO_PDF_OUTLINE_FLAG_OPEN)
        for deeper in outline.keys where deeper > level { outline[deeper] = nil }
    }
}

/// Where Cairo writes.
private final class ByteSink {
    var bytes: [UInt8]

    init() {
        bytes = []
        // A letter has sixty thousand.
        bytes.reserveCapacity(1 << 17)
    }
}
