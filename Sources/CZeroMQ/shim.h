#include <errno.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <zmq.h>

// prctl(2) is variadic, which Swift does not call.
static inline void zeromq_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
