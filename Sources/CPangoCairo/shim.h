#include <cairo-pdf.h>
#include <hb.h>
#include <pango/pangocairo.h>

// GObject's macros and untyped pointers, in a form that Swift reads.
static inline void pangocairo_ref_layout(PangoLayout *layout) { g_object_ref(layout); }
static inline void pangocairo_unref_layout(PangoLayout *layout) { g_object_unref(layout); }
static inline void pangocairo_unref_context(PangoContext *context) { g_object_unref(context); }
static inline int pangocairo_has_family(PangoFontMap *map, const char *name) {
    PangoFontFamily **families = NULL;
    int count = 0, found = 0;
    pango_font_map_list_families(map, &families, &count);
    for (int index = 0; index < count; index++)
        if (g_strcmp0(pango_font_family_get_name(families[index]), name) == 0) found = 1;
    g_free(families);
    return found;
}
// A context for pages measured in points, whose glyphs stand where they are measured, unhinted.
static inline PangoContext *_Nonnull pangocairo_context(cairo_t *cairo, PangoFontMap *map) {
    PangoContext *context = pango_font_map_create_context(map);
    pango_cairo_context_set_resolution(context, 72);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_cairo_update_context(cairo, context);
    return context;
}
static inline PangoLayout *_Nonnull pangocairo_layout(PangoContext *context) { return pango_layout_new(context); }
// What all texts have: glyphs of other families are forbidden, and hyphens within Vietnamese syllables.
static inline PangoAttrList *_Nonnull pangocairo_attributes(void) {
    PangoAttrList *list = pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_fallback_new(FALSE));
    pango_attr_list_insert(list, pango_attr_insert_hyphens_new(FALSE));
    return list;
}
static inline void pangocairo_insert(PangoAttrList *list, PangoAttribute *attribute, unsigned start, unsigned end) {
    attribute->start_index = start;
    attribute->end_index = end;
    pango_attr_list_insert(list, attribute);
}
static inline void pangocairo_bold(PangoAttrList *list, unsigned start, unsigned end) {
    pangocairo_insert(list, pango_attr_weight_new(PANGO_WEIGHT_BOLD), start, end);
}
static inline void pangocairo_italic(PangoAttrList *list, unsigned start, unsigned end) {
    pangocairo_insert(list, pango_attr_style_new(PANGO_STYLE_ITALIC), start, end);
}
// No line ends with the space at a place: the range is the space and the letter after it.
static inline void pangocairo_forbid_break(PangoAttrList *list, const char *text, unsigned place) {
    const char *letter = g_utf8_next_char(text + place);
    if (*letter == 0) return;
    pangocairo_insert(list, pango_attr_allow_breaks_new(FALSE), place, (unsigned)(g_utf8_next_char(letter) - text));
}
// A piece in another family. It has one upright face: a bold one would be drawn as shapes, which cannot be searched.
static inline void pangocairo_family(
    PangoAttrList *list, const char *family, double scale, unsigned start, unsigned end) {
    pangocairo_insert(list, pango_attr_family_new(family), start, end);
    pangocairo_insert(list, pango_attr_weight_new(PANGO_WEIGHT_NORMAL), start, end);
    pangocairo_insert(list, pango_attr_style_new(PANGO_STYLE_NORMAL), start, end);
    pangocairo_insert(list, pango_attr_scale_new(scale), start, end);
}
static inline PangoCoverage *_Nullable pangocairo_coverage(PangoFont *font) {
    return pango_font_get_coverage(font, pango_language_get_default());
}
static inline void pangocairo_unref_coverage(PangoCoverage *coverage) { g_object_unref(coverage); }
static inline void pangocairo_unref_font(PangoFont *font) { g_object_unref(font); }
// Pango empties the space at which a line breaks. Cairo then writes it as a replacement text, a mark of its own, and what
// reads the PDF loses the rest of the paragraph or the gap between two words. So the space stands again, without width.
static inline void pangocairo_restore_spaces(PangoLayout *layout) {
    for (GSList *line = pango_layout_get_lines_readonly(layout); line; line = line->next)
        for (GSList *item = ((PangoLayoutLine *)line->data)->runs; item; item = item->next) {
            PangoGlyphItem *run = item->data;
            hb_codepoint_t space;
            if (!hb_font_get_nominal_glyph(pango_font_get_hb_font(run->item->analysis.font), ' ', &space)) continue;
            for (int index = 0; index < run->glyphs->num_glyphs; index++)
                if (run->glyphs->glyphs[index].glyph == PANGO_GLYPH_EMPTY) run->glyphs->glyphs[index].glyph = space;
        }
}
