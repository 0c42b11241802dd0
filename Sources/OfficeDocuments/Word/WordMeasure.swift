import CPangoCairo

/// How wide texts are, for rules and indents that Word cannot reckon itself.
final class WordMeasure {
    private let surface: OpaquePointer
    private let cairo: OpaquePointer
    let setter: TextSetter

    init() throws(DocumentError) {
        surface = cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, nil)
        cairo = cairo_create(surface)
        do {
            setter = try TextSetter(for: cairo)
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
}
