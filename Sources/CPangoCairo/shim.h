#include <cairo-pdf.h>
#include <pango/pangocairo.h>

// GObject's macros and untyped pointers, in a form that Swift reads.
static inline void pangocairo_unref_layout(PangoLayout *layout) { g_object_unref(layout); }
static inline int pangocairo_has_family(PangoFontMap *map, const char *name) {
    PangoFontFamily **families = NULL;
    int count = 0, found = 0;
    pango_font_map_list_families(map, &families, &count);
    for (int index = 0; index < count; index++)
        if (g_strcmp0(pango_font_family_get_name(families[index]), name) == 0) found = 1;
    g_free(families);
    return found;
}
// A layout on a page measured in points, without glyphs of other families.
static inline PangoLayout *pangocairo_layout(cairo_t *cairo, PangoFontMap *map) {
    PangoContext *context = pango_font_map_create_context(map);
    pango_cairo_context_set_resolution(context, 72);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_update_context(cairo, context);
    PangoLayout *layout = pango_layout_new(context);
    g_object_unref(context);
    return layout;
}
static inline void pangocairo_forbid_fallback(PangoLayout *layout) {
    PangoAttrList *list = pango_layout_get_attributes(layout);
    list = list ? pango_attr_list_copy(list) : pango_attr_list_new();
    pango_attr_list_insert(list, pango_attr_fallback_new(FALSE));
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}
