// A disk to try programs on, preloaded into them (LD_PRELOAD): it records what they do to files, and fails by plan.
//
//   KIP_DISK_ROOT  only files in this directory count
//   KIP_DISK_LOG   a directory: each process appends its records to a file of its own there (replay.py reads them)
//   KIP_DISK_PLAN  faults, with commas: CALL[@ENDING]:N[+]:FAULT. The Nth call (or each from the Nth on) of open, write, sync,
//                  truncate, rename, link or unlink, of files whose path ends so, fails with EIO or ENOSPC, writes one half
//                  (SHORT), takes so many milliseconds (SLOW500), or, of a sync, answers that all is well and does nothing (LIE): such
//                  a disk loses what was confirmed, by which the instrument itself is tried
//
// What goes to a file by other ways is not seen: a FILE of the C library, and maps. SQLite maps its “-shm” alone, an index of
// the log that whoever opens the database first after a crash makes anew: it is left out on purpose.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// ---------------------------------------------------------------- records

enum kind { OPEN = 1, WRITE, TRUNCATE, SYNC_BEGINS, SYNC_ENDS, SYNC_FAILED, RENAME, LINK, UNLINK };

// Followed by the two paths and the data. Little endian, as it lies in memory.
struct record {
    uint64_t nanoseconds;  // CLOCK_MONOTONIC: processes, and the script beside them, have one order
    uint64_t inode;
    uint64_t offset;       // of TRUNCATE: the new size; of SYNC_*: the number of the call
    uint32_t kind;
    uint32_t bytes;        // of data
    uint16_t path, other;  // bytes of the paths
    uint8_t created, truncated, directory, padding;
};

static char root[PATH_MAX];
static size_t root_length;
static int log_file = -1;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static uint64_t syncs;

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

static ssize_t real_writev(int file, const struct iovec *pieces, int count) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    return real(file, pieces, count);
}

static void note(struct record record, const char *path, const char *other, const void *data) {
    if (log_file < 0) return;
    int saved = errno;
    struct timespec now;
    record.path = path ? strlen(path) : 0;
    record.other = other ? strlen(other) : 0;
    struct iovec pieces[] = {{&record, sizeof record}, {(void *)path, record.path}, {(void *)other, record.other},
                             {(void *)data, record.bytes}};
    pthread_mutex_lock(&order);
    clock_gettime(CLOCK_MONOTONIC, &now);
    record.nanoseconds = now.tv_sec * 1000000000ull + now.tv_nsec;
    if (real_writev(log_file, pieces, 4) < 0) abort();
    pthread_mutex_unlock(&order);
    errno = saved;
}

// ---------------------------------------------------------------- which files count

// Descriptors of files that count, by their inodes: a number that was closed behind our back and given to another file is
// no longer that inode.
enum { DESCRIPTORS = 1 << 16 };
static struct { uint64_t inode; uint8_t counts, directory; } files[DESCRIPTORS];

static int counts(const char *path) {
    if (strncmp(path, root, root_length) || path[root_length] != '/') return 0;
    size_t length = strlen(path);
    return length < 4 || strcmp(path + length - 4, "-shm");
}

// The inode of a descriptor that counts; 0 = it does not.
static uint64_t inode_of(int file) {
    struct stat about;
    if (file < 0 || file >= DESCRIPTORS || !files[file].counts) return 0;
    if (fstat(file, &about) || about.st_ino != files[file].inode) return 0;
    return about.st_ino;
}

static int path_of(int file, char *path) {
    char link[32];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

// A path as it is after links and dots; its last part need not be there.
static int whole(int folder, const char *path, char *result) {
    char text[PATH_MAX], base[PATH_MAX];
    if (path[0] == '/') snprintf(text, sizeof text, "%s", path);
    else {
        if (folder == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of(folder, base)) return 0;
        if (snprintf(text, sizeof text, "%s/%s", base, path) >= (int)sizeof text) return 0;
    }
    char *last = strrchr(text, '/');
    if (!last) return 0;
    *last = 0;
    if (!realpath(*text ? text : "/", base)) return 0;
    return snprintf(result, PATH_MAX, "%s/%s", base, last + 1) < PATH_MAX;
}

// ---------------------------------------------------------------- faults

enum fault { NONE, FAIL, SHORT, LIE };
static struct plan { char call[12], ending[64]; long number, seen; int onward, error, is_short, lies, milliseconds; } plans[32];
static int plan_count;
static pthread_mutex_t planning = PTHREAD_MUTEX_INITIALIZER;

static void read_plans(const char *text) {
    char copy[2048], *rest = copy, *one;
    snprintf(copy, sizeof copy, "%s", text);
    while ((one = strsep(&rest, ",")) && plan_count < 32) {
        struct plan plan = {0};
        char *name = strsep(&one, ":"), *number = strsep(&one, ":"), *fault = one;
        if (!number || !fault) { fprintf(stderr, "KIP_DISK_PLAN is not a plan: %s\n", text); abort(); }
        snprintf(plan.call, sizeof plan.call, "%s", strsep(&name, "@"));
        if (name) snprintf(plan.ending, sizeof plan.ending, "%s", name);
        plan.number = atol(number);
        plan.onward = number[strlen(number) - 1] == '+';
        if (!strcmp(fault, "EIO")) plan.error = EIO;
        else if (!strcmp(fault, "ENOSPC")) plan.error = ENOSPC;
        else if (!strcmp(fault, "SHORT")) plan.is_short = 1;
        else if (!strcmp(fault, "LIE")) plan.lies = 1;
        else if (!strncmp(fault, "SLOW", 4)) plan.milliseconds = atoi(fault + 4);
        else { fprintf(stderr, "KIP_DISK_PLAN: unknown fault %s\n", fault); abort(); }
        plans[plan_count++] = plan;
    }
}

// Whether this call goes wrong; sets errno then.
static enum fault fails(const char *call, int file, const char *path) {
    char name[PATH_MAX];
    if (!plan_count) return NONE;
    if (!path) path = path_of(file, name) ? name : "";
    enum fault result = NONE;
    int milliseconds = 0, error = 0;
    pthread_mutex_lock(&planning);
    for (int i = 0; i < plan_count; i++) {
        struct plan *plan = &plans[i];
        size_t ending = strlen(plan->ending), length = strlen(path);
        if (strcmp(plan->call, call) || length < ending || strcmp(path + length - ending, plan->ending)) continue;
        plan->seen++;
        if (plan->onward ? plan->seen < plan->number : plan->seen != plan->number) continue;
        if (plan->error) { result = FAIL; error = plan->error; }
        if (plan->is_short && result == NONE) result = SHORT;
        if (plan->lies && result == NONE) result = LIE;
        milliseconds += plan->milliseconds;
    }
    pthread_mutex_unlock(&planning);
    if (milliseconds) usleep(milliseconds * 1000);
    if (result == FAIL) errno = error;
    return result;
}

__attribute__((constructor)) static void begin(void) {
    const char *given = getenv("KIP_DISK_ROOT"), *folder = getenv("KIP_DISK_LOG"), *plan = getenv("KIP_DISK_PLAN");
    if (!given || !realpath(given, root)) return;
    root_length = strlen(root);
    if (plan && *plan) read_plans(plan);
    if (!folder || !*folder) return;
    char path[PATH_MAX];
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(path, sizeof path, "%s/%lld%09ld.%d", folder, (long long)now.tv_sec, now.tv_nsec, getpid());
    REAL(int, open, const char *, int, ...);
    int file = real(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // Out of the way of programs that count on small numbers.
    log_file = fcntl(file, F_DUPFD_CLOEXEC, 900);
    if (log_file < 0) log_file = file; else close(file);
}

// ---------------------------------------------------------------- calls

static int opened(int file, int flags, int was_there) {
    struct stat about;
    char path[PATH_MAX];
    if (file < 0 || file >= DESCRIPTORS) return file;
    int saved = errno;
    files[file].counts = 0;
    if (root_length && !fstat(file, &about) && (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode)) && path_of(file, path) &&
        (counts(path) || !strcmp(path, root))) {
        files[file].inode = about.st_ino;
        files[file].directory = S_ISDIR(about.st_mode);
        files[file].counts = 1;
        int created = (flags & O_CREAT) && !was_there;
        note((struct record){.kind = OPEN, .inode = about.st_ino, .created = created, .directory = S_ISDIR(about.st_mode),
                             .truncated = (flags & O_TRUNC) && !created}, path, NULL, NULL);
    }
    errno = saved;
    return file;
}

static int open_any(int folder, const char *path, int flags, mode_t mode) {
    REAL(int, openat, int, const char *, int, ...);
    char name[PATH_MAX];
    struct stat about;
    int was_there = 1;
    if (root_length && (flags & (O_CREAT | O_WRONLY | O_RDWR)) && whole(folder, path, name) && counts(name)) {
        was_there = !lstat(name, &about);
        if (fails("open", -1, name) == FAIL) return -1;
    }
    return opened(real(folder, path, flags, mode), flags, was_there);
}

#define MODE(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); mode = va_arg(list, int); va_end(list); }

int open(const char *path, int flags, ...) { MODE(flags) return open_any(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return open_any(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return open_any(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) return open_any(folder, path, flags, mode); }
int mkstemp(char *text) { REAL(int, mkstemp, char *); return opened(real(text), O_CREAT, 0); }

int close(int file) {
    REAL(int, close, int);
    if (file >= 0 && file < DESCRIPTORS) files[file].counts = 0;
    return real(file);
}

static ssize_t written(ssize_t count, uint64_t inode, off_t offset, const void *data) {
    if (count > 0) note((struct record){.kind = WRITE, .inode = inode, .offset = offset, .bytes = count}, NULL, NULL, data);
    return count;
}

// Writes at an offset, or with -1 at the descriptor's own.
static ssize_t write_any(int file, const void *data, size_t size, off_t offset) {
    REAL(ssize_t, write, int, const void *, size_t);
    static ssize_t (*real_at)(int, const void *, size_t, off_t);
    if (!real_at) real_at = (ssize_t(*)(int, const void *, size_t, off_t))dlsym(RTLD_NEXT, "pwrite64");
    uint64_t inode = root_length ? inode_of(file) : 0;
    if (!inode) return offset < 0 ? real(file, data, size) : real_at(file, data, size, offset);
    enum fault fault = fails("write", file, NULL);
    if (fault == FAIL) return -1;
    if (fault == SHORT && size > 1) size /= 2;
    if (offset >= 0) return written(real_at(file, data, size, offset), inode, offset, data);
    ssize_t count = real(file, data, size);
    // Where it was written is known afterwards, also of a file that is opened to be appended to.
    return count > 0 ? written(count, inode, lseek(file, 0, SEEK_CUR) - count, data) : count;
}

ssize_t write(int file, const void *data, size_t size) { return write_any(file, data, size, -1); }
ssize_t pwrite(int file, const void *data, size_t size, off_t at) { return write_any(file, data, size, at); }
ssize_t pwrite64(int file, const void *data, size_t size, off_t at) { return write_any(file, data, size, at); }

static ssize_t write_pieces(int file, const struct iovec *pieces, int count, off_t offset) {
    if (!root_length || !inode_of(file)) {
        if (offset < 0) return real_writev(file, pieces, count);
        REAL(ssize_t, pwritev, int, const struct iovec *, int, off_t);
        return real(file, pieces, count, offset);
    }
    ssize_t total = 0;
    for (int i = 0; i < count; i++) {
        ssize_t one = write_any(file, pieces[i].iov_base, pieces[i].iov_len, offset < 0 ? -1 : offset + total);
        if (one < 0) return total ? total : -1;
        total += one;
        if ((size_t)one < pieces[i].iov_len) break;
    }
    return total;
}

ssize_t writev(int file, const struct iovec *pieces, int count) { return write_pieces(file, pieces, count, -1); }
ssize_t pwritev(int file, const struct iovec *pieces, int count, off_t at) { return write_pieces(file, pieces, count, at); }
ssize_t pwritev64(int file, const struct iovec *pieces, int count, off_t at) { return write_pieces(file, pieces, count, at); }

// As read and write: the data pass through here.
ssize_t sendfile(int to, int from, off_t *offset, size_t size) {
    REAL(ssize_t, sendfile, int, int, off_t *, size_t);
    if (!root_length || !inode_of(to)) return real(to, from, offset, size);
    char data[1 << 16];
    ssize_t count = offset ? pread(from, data, size < sizeof data ? size : sizeof data, *offset)
                           : read(from, data, size < sizeof data ? size : sizeof data);
    if (count <= 0) return count;
    count = write_any(to, data, count, -1);
    if (offset && count > 0) *offset += count;
    return count;
}

static int truncate_any(int file, off_t size) {
    REAL(int, ftruncate64, int, off_t);
    uint64_t inode = root_length ? inode_of(file) : 0;
    if (!inode) return real(file, size);
    if (fails("truncate", file, NULL) == FAIL) return -1;
    int result = real(file, size);
    if (!result) note((struct record){.kind = TRUNCATE, .inode = inode, .offset = size}, NULL, NULL, NULL);
    return result;
}

int ftruncate(int file, off_t size) { return truncate_any(file, size); }
int ftruncate64(int file, off_t size) { return truncate_any(file, size); }

// What was written before it begins is on disk when it ends. One that fails is not tried: what it should have written is
// what a kernel may then drop.
static int sync_any(int file) {
    REAL(int, fdatasync, int);
    uint64_t inode = root_length ? inode_of(file) : 0;
    if (!inode) return real(file);
    char path[PATH_MAX] = "";
    if (files[file].directory) path_of(file, path);
    uint64_t number = __atomic_add_fetch(&syncs, 1, __ATOMIC_RELAXED);
    struct record record = {.kind = SYNC_BEGINS, .inode = inode, .offset = number, .directory = files[file].directory};
    note(record, path, NULL, NULL);
    enum fault fault = fails("sync", file, NULL);
    record.kind = fault == FAIL || fault == LIE ? SYNC_FAILED : SYNC_ENDS;
    note(record, path, NULL, NULL);
    return fault == FAIL ? -1 : 0;
}

int fsync(int file) { return sync_any(file); }
int fdatasync(int file) { return sync_any(file); }

// A change of names in the directory of the second path.
static int names(const char *call, enum kind kind, int result_of(const char *, const char *), const char *from, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    struct stat about = {0};
    if (!root_length || !whole(AT_FDCWD, from, old) || !whole(AT_FDCWD, to, new) || !(counts(old) || counts(new)))
        return result_of(from, to);
    if (fails(call, -1, new) == FAIL) return -1;
    int is_file = !lstat(old, &about) && S_ISREG(about.st_mode);
    int result = result_of(from, to);
    if (!result && is_file) note((struct record){.kind = kind, .inode = about.st_ino}, old, new, NULL);
    return result;
}

static int real_rename(const char *from, const char *to) { REAL(int, rename, const char *, const char *); return real(from, to); }
static int real_link(const char *from, const char *to) { REAL(int, link, const char *, const char *); return real(from, to); }
static int real_unlink(const char *path, const char *same) {
    (void)same;
    REAL(int, unlink, const char *);
    return real(path);
}

int rename(const char *from, const char *to) { return names("rename", RENAME, real_rename, from, to); }
int link(const char *from, const char *to) { return names("link", LINK, real_link, from, to); }
int unlink(const char *path) { return names("unlink", UNLINK, real_unlink, path, path); }

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    char old[PATH_MAX], new[PATH_MAX];
    REAL(int, renameat, int, const char *, int, const char *);
    if (!root_length || !whole(from_folder, from, old) || !whole(to_folder, to, new)) return real(from_folder, from, to_folder, to);
    return rename(old, new);
}
