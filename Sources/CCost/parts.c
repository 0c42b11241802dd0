#include "CCost.h"

/* The empty statement keeps the compiler from jumping to the body and being gone: the function has to be on the stack. */
#define PART(name)                                                                                   \
    __attribute__((noinline)) void cost_part_##name(void (*body)(void *), void *context) {           \
        body(context);                                                                               \
        __asm__ volatile("");                                                                        \
    }

PART(client)
PART(router)
PART(storage)
PART(worker)
