/* Sets how strongly cairo compresses the streams of a PDF; see compression.c. A program has only to be linked with it. */

/* For measurements: 1 gives back zlib's own default level. Not for several threads. */
void pdf_compression_use_zlib_default(int is_default);
