// Lets the thread sanitizer see the slow path of Swift's Mutex (Synchronization), which stands in a library that is not
// built with it: without this, every lock that was ever contended looks like a race. scripts/test --sanitize thread
// builds it and loads it before everything else. In other processes it does nothing.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef __attribute__((swiftcall)) void (*lock_t)(uint32_t, __attribute__((swift_context)) void *);
typedef __attribute__((swiftcall)) void (*unlock_t)(__attribute__((swift_context)) void *);

__attribute__((swiftcall, visibility("default"))) void kip_lock_slow(
    uint32_t id, __attribute__((swift_context)) void *handle) __asm__(LOCK);
__attribute__((swiftcall, visibility("default"))) void kip_unlock_slow(
    __attribute__((swift_context)) void *handle) __asm__(UNLOCK);

__attribute__((swiftcall)) void kip_lock_slow(uint32_t id, __attribute__((swift_context)) void *handle) {
    static lock_t real;
    if (real == NULL) real = (lock_t)dlsym(RTLD_NEXT, LOCK);
    real(id, handle);
    if (__tsan_acquire) __tsan_acquire(handle);
}

__attribute__((swiftcall)) void kip_unlock_slow(__attribute__((swift_context)) void *handle) {
    static unlock_t real;
    if (real == NULL) real = (unlock_t)dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(handle);
    real(handle);
}
