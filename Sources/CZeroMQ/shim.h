#include <errno.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <zmq.h>

// zmq.h shows this option only where libzmq is built with drafts; the option itself is always there (libzmq 4.3.0 on), and
// without it an authenticator that is gone would let everybody in.
#ifndef ZMQ_ZAP_ENFORCE_DOMAIN
#define ZMQ_ZAP_ENFORCE_DOMAIN 93
#endif

// prctl(2) is variadic, which Swift does not call.
static inline void zeromq_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
