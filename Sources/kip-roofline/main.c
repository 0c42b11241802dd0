// The roofline of a durable queue on this machine: what libzmq and SQLite allow when nothing else is done.
//
// Three processes. A producer keeps so many jobs outstanding, a broker with one thread writes what has come in one
// transaction (WAL, synchronous=FULL: an fsync for each), then confirms to the producer and hands to the consumer, who
// answers each job at once; the answer is written as well. No rules of a queue, no leases, no names, no limits: nothing
// that keeps its promises can be faster on this machine.
// What is there at the same time shares a message, as it does in Kịp.
//
//   kip-roofline [--jobs N] [--outstanding N] [--bytes N] [--json]
#include <errno.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum { KEY = 16, ROUND = 2000 };

struct plan {
    int64_t jobs, outstanding, bytes;
    char endpoint[128], database[128];
};

static void must(int good, const char *what) {
    if (good) return;
    fprintf(stderr, "kip-roofline: %s: %s\n", what, zmq_strerror(errno));
    exit(70);
}

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

// A key that grows, as UUIDv7 does: its number, big-endian.
static void write_key(uint8_t *key, uint64_t number) {
    memset(key, 0, KEY);
    for (int byte = 0; byte < 8; byte++) key[byte] = (uint8_t)(number >> (56 - 8 * byte));
}

struct buffer {
    uint8_t *bytes;
    size_t count, room;
};

static uint8_t *grow(struct buffer *buffer, size_t more) {
    if (buffer->count + more > buffer->room) {
        buffer->room = 2 * (buffer->count + more);
        buffer->bytes = realloc(buffer->bytes, buffer->room);
        must(buffer->bytes != NULL, "memory");
    }
    uint8_t *place = buffer->bytes + buffer->count;
    buffer->count += more;
    return place;
}

static void begin_message(struct buffer *buffer, char kind) {
    buffer->count = 0;
    *grow(buffer, 1) = (uint8_t)kind;
}

static void *connected(void *context, const struct plan *plan, const char *name) {
    void *socket = zmq_socket(context, ZMQ_DEALER);
    must(socket != NULL, "socket");
    int none = 0;
    zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_ROUTING_ID, name, 1);
    must(zmq_connect(socket, plan->endpoint) == 0, "connect");
    return socket;
}

static void produce(const struct plan *plan) {
    void *context = zmq_ctx_new();
    void *socket = connected(context, plan, "P");
    struct buffer out = {0};
    int64_t sent = 0, confirmed = 0, next = plan->outstanding;
    while (confirmed < plan->jobs) {
        if (next > plan->jobs - sent) next = plan->jobs - sent;
        if (next > 0) {
            begin_message(&out, 'E');
            for (int64_t job = 0; job < next; job++) {
                uint8_t *place = grow(&out, KEY + (size_t)plan->bytes);
                write_key(place, (uint64_t)++sent);
                memset(place + KEY, 'x', (size_t)plan->bytes);
            }
            must(zmq_send(socket, out.bytes, out.count, 0) >= 0, "send");
        }
        zmq_msg_t message;
        zmq_msg_init(&message);
        must(zmq_msg_recv(&message, socket, 0) >= 0, "receive");
        next = (int64_t)(zmq_msg_size(&message) - 1) / KEY;
        confirmed += next;
        zmq_msg_close(&message);
    }
    zmq_close(socket);
    zmq_ctx_term(context);
}

static void consume(const struct plan *plan) {
    void *context = zmq_ctx_new();
    void *socket = connected(context, plan, "C");
    must(zmq_send(socket, "H", 1, 0) >= 0, "send");
    struct buffer out = {0};
    for (;;) {
        zmq_msg_t message;
        zmq_msg_init(&message);
        must(zmq_msg_recv(&message, socket, 0) >= 0, "receive");
        const uint8_t *bytes = zmq_msg_data(&message);
        size_t count = zmq_msg_size(&message), record = KEY + (size_t)plan->bytes;
        if (bytes[0] == 'Q') break;
        begin_message(&out, 'R');
        for (size_t place = 1; place + record <= count; place += record) memcpy(grow(&out, KEY), bytes + place, KEY);
        zmq_msg_close(&message);
        must(zmq_send(socket, out.bytes, out.count, 0) >= 0, "send");
    }
    zmq_close(socket);
    zmq_ctx_term(context);
}

static void run(sqlite3 *database, const char *sql) {
    char *error = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &error) == SQLITE_OK) return;
    fprintf(stderr, "kip-roofline: %s: %s\n", sql, error);
    exit(70);
}

static sqlite3_stmt *prepared(sqlite3 *database, const char *sql) {
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        fprintf(stderr, "kip-roofline: %s: %s\n", sql, sqlite3_errmsg(database));
        exit(70);
    }
    return statement;
}

static void step(sqlite3 *database, sqlite3_stmt *statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) {
        fprintf(stderr, "kip-roofline: %s\n", sqlite3_errmsg(database));
        exit(70);
    }
    sqlite3_reset(statement);
}

static void answer(void *socket, const char *who, const struct buffer *out) {
    if (out->count < 2) return;
    must(zmq_send(socket, who, 1, ZMQ_SNDMORE) >= 0, "send");
    must(zmq_send(socket, out->bytes, out->count, 0) >= 0, "send");
}

static double serve(const struct plan *plan) {
    sqlite3 *database = NULL;
    must(sqlite3_open(plan->database, &database) == SQLITE_OK, "database");
    run(database, "PRAGMA journal_mode=WAL");
    run(database, "PRAGMA synchronous=FULL");
    run(database, "PRAGMA wal_autocheckpoint=4000");
    run(database, "PRAGMA cache_size=-32000");
    run(database, "CREATE TABLE jobs (key BLOB PRIMARY KEY, state INTEGER NOT NULL, payload BLOB NOT NULL) WITHOUT ROWID");
    sqlite3_stmt *insert = prepared(database, "INSERT INTO jobs VALUES (?1, 0, ?2)");
    sqlite3_stmt *finish = prepared(database, "UPDATE jobs SET state = 1 WHERE key = ?1");
    sqlite3_stmt *begin = prepared(database, "BEGIN IMMEDIATE"), *commit = prepared(database, "COMMIT");

    void *context = zmq_ctx_new();
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    int none = 0;
    zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
    must(zmq_bind(socket, plan->endpoint) == 0, "bind");
    struct buffer confirm = {0}, work = {0};
    size_t record = KEY + (size_t)plan->bytes;
    int64_t finished = 0;
    double start = 0;
    while (finished < plan->jobs) {
        zmq_pollitem_t item = {socket, 0, ZMQ_POLLIN, 0};
        must(zmq_poll(&item, 1, -1) >= 0, "poll");
        begin_message(&confirm, 'C');
        begin_message(&work, 'W');
        step(database, begin);
        for (int round = 0; round < ROUND; round++) {
            zmq_msg_t who, message;
            zmq_msg_init(&who);
            if (zmq_msg_recv(&who, socket, ZMQ_DONTWAIT) < 0) break;
            zmq_msg_init(&message);
            must(zmq_msg_recv(&message, socket, 0) >= 0, "receive");
            const uint8_t *bytes = zmq_msg_data(&message);
            size_t count = zmq_msg_size(&message);
            if (bytes[0] == 'E') {
                if (start == 0) start = seconds();
                for (size_t place = 1; place + record <= count; place += record) {
                    sqlite3_bind_blob(insert, 1, bytes + place, KEY, SQLITE_STATIC);
                    sqlite3_bind_blob(insert, 2, bytes + place + KEY, (int)plan->bytes, SQLITE_STATIC);
                    step(database, insert);
                    memcpy(grow(&confirm, KEY), bytes + place, KEY);
                    memcpy(grow(&work, record), bytes + place, record);
                }
            } else if (bytes[0] == 'R') {
                for (size_t place = 1; place + KEY <= count; place += KEY) {
                    sqlite3_bind_blob(finish, 1, bytes + place, KEY, SQLITE_STATIC);
                    step(database, finish);
                    finished++;
                }
            }
            zmq_msg_close(&who);
            zmq_msg_close(&message);
        }
        step(database, commit);
        answer(socket, "P", &confirm);
        answer(socket, "C", &work);
    }
    double elapsed = seconds() - start;
    zmq_send(socket, "C", 1, ZMQ_SNDMORE);
    zmq_send(socket, "Q", 1, 0);
    zmq_close(socket);
    zmq_ctx_term(context);
    for (int index = 0; index < 4; index++) sqlite3_finalize((sqlite3_stmt *[]){insert, finish, begin, commit}[index]);
    sqlite3_close(database);
    return elapsed;
}

static int64_t number(const char *text, const char *option) {
    char *end = NULL;
    long long value = text ? strtoll(text, &end, 10) : 0;
    if (!text || *end || value < 1) {
        fprintf(stderr, "kip-roofline: %s needs a number from 1\n", option);
        exit(64);
    }
    return value;
}

int main(int count, char **words) {
    struct plan plan = {.jobs = 200000, .outstanding = 500, .bytes = 200};
    int json = 0;
    for (int index = 1; index < count; index++) {
        char *next = index + 1 < count ? words[index + 1] : NULL;
        if (!strcmp(words[index], "--json")) json = 1;
        else if (!strcmp(words[index], "--jobs")) plan.jobs = number(next, "--jobs"), index++;
        else if (!strcmp(words[index], "--outstanding")) plan.outstanding = number(next, "--outstanding"), index++;
        else if (!strcmp(words[index], "--bytes")) plan.bytes = number(next, "--bytes"), index++;
        else {
            fprintf(stderr, "usage: kip-roofline [--jobs N] [--outstanding N] [--bytes N] [--json]\n");
            return 64;
        }
    }
    char folder[] = "/tmp/kip-roofline-XXXXXX";
    must(mkdtemp(folder) != NULL, "folder");
    snprintf(plan.endpoint, sizeof plan.endpoint, "ipc://%s/socket", folder);
    snprintf(plan.database, sizeof plan.database, "%s/roofline.db", folder);
    // Before there is a context: libzmq does not outlive a fork.
    pid_t consumer = fork();
    if (consumer == 0) return consume(&plan), 0;
    pid_t producer = fork();
    if (producer == 0) return usleep(300000), produce(&plan), 0;
    double elapsed = serve(&plan);
    waitpid(producer, NULL, 0);
    waitpid(consumer, NULL, 0);
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0) fprintf(stderr, "kip-roofline: %s stays\n", folder);
    double rate = (double)plan.jobs / elapsed;
    if (json) printf("{\"jobs\":%" PRId64 ",\"lifecyclesPerSecond\":%.0f}\n", plan.jobs, rate);
    else printf("%" PRId64 " jobs of %" PRId64 " bytes, %" PRId64 " outstanding: %.0f lifecycles a second\n", plan.jobs, plan.bytes, plan.outstanding, rate);
    return 0;
}
