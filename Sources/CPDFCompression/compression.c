#include <zlib.h>

#include "CPDFCompression.h"

/* How strongly a stream is compressed, of 1 to 9: a letter is a few kilobytes of text and its fonts' outlines. */
enum { LEVEL = 2 };

/* Cairo compresses every stream of a PDF, the outlines of its fonts above all, at zlib's default level and has no setting for
   it: a third of the time of a letter. This function goes before zlib's own in every library that the program loads, as the
   dynamic linker resolves names (System V ABI, “Shared Object Dependencies”), so that whoever asks for the default level gets
   a faster one. Other levels are kept. */
int deflateInit_(z_streamp stream, int level, const char *version, int size) {
    int chosen = level == Z_DEFAULT_COMPRESSION ? LEVEL : level;
    return deflateInit2_(stream, chosen, Z_DEFLATED, MAX_WBITS, 8, Z_DEFAULT_STRATEGY, version, size);
}
