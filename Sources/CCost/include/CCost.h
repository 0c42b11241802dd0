#ifndef CCOST_H
#define CCOST_H

#include <stdint.h>

/// How often this thread has asked for memory (malloc, calloc, realloc and the aligned ones), from its beginning.
uint64_t cost_allocations(void);

/// Each calls its body, and does nothing else: a profiler that counts instructions finds by these names what belongs to
/// which part of a lifecycle.
void cost_part_client(void (*body)(void *), void *context);
void cost_part_router(void (*body)(void *), void *context);
void cost_part_storage(void (*body)(void *), void *context);
void cost_part_worker(void (*body)(void *), void *context);

#endif
