#include <zlib.h>

#include "CPDFCompression.h"

/* A letter has seventeen streams of 5 kilobytes on average: a stronger level, or tables for a larger window that are cleared for
   each stream, take half as long again and save two kilobytes of sixty. */
enum { LEVEL = 1, WINDOW_BITS = 13, MEMORY_LEVEL = 7 };

static int uses_zlib_default = 0;

void pdf_compression_use_zlib_default(int is_default) { uses_zlib_default = is_default; }

/* Cairo compresses every stream of a PDF, the outlines of its fonts above all, at zlib's default level and has no setting for
   it. The dynamic linker looks for a name in the program before it looks in libraries (System V ABI, “Shared Object
   Dependencies”), so this function is called in place of zlib's own by every library of the process that asks for the default
   level. Other levels are kept. */
int deflateInit_(z_streamp stream, int level, const char *version, int size) {
    if (level == Z_DEFAULT_COMPRESSION && !uses_zlib_default)
        return deflateInit2_(
            stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY, version, size);
    return deflateInit2_(stream, level, Z_DEFLATED, MAX_WBITS, 8, Z_DEFAULT_STRATEGY, version, size);
}
