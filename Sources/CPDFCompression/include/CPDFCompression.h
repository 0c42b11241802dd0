/* Sets how strongly cairo compresses the streams of a PDF; see compression.c. There is nothing to call. */
