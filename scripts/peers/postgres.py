"""PostgreSQL as a queue, the usual way: a table, batches inserted in one statement each, batches taken with SELECT … FOR
UPDATE SKIP LOCKED and their result recorded with UPDATE in the same transaction, an index of what is still to be done;
prepared statements with binary values over its own protocol (postgresql.org/docs/15/protocol.html) without a client library.

With synchronous_commit off a commit is confirmed before its log is fsynced, at most 0.6 seconds later. All else is as the
server comes."""
import glob
import os
import shutil
import signal
import struct
import subprocess
import time

from .server import Pace, Server, connected, free_port, lifecycles, needs

# Debian keeps the servers out of PATH; the newest.
_PLACES = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda place: float(place.split("/")[4]))
_PLACE = _PLACES[-1] if _PLACES else "/usr/lib/postgresql/bin"
PROGRAM = f"{_PLACE}/postgres"
missing = needs(PROGRAM)
_TABLE = """
CREATE TABLE jobs (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload bytea NOT NULL, result text);
CREATE INDEX jobs_to_do ON jobs (id) WHERE result IS NULL
"""
_PUT = "INSERT INTO jobs (payload) SELECT unnest($1::bytea[])"
_TAKE = "SELECT id, payload FROM jobs WHERE result IS NULL ORDER BY id LIMIT $1::int8 FOR UPDATE SKIP LOCKED"
_FINISH = "UPDATE jobs SET result = 'ok' WHERE id = ANY ($1::int8[])"
_BYTEA, _INT8 = 17, 20


def _message(kind, content):
    return kind + struct.pack(">I", len(content) + 4) + content


def _array(kind, values):
    return struct.pack(">IIIII", 1, 0, kind, len(values), 1) + b"".join(
        struct.pack(">I", len(value)) + value for value in values)


def _run(name, *values):
    """A prepared statement with values."""
    binary = b"".join(struct.pack(">I", len(value)) + value for value in values)
    return _message(b"B", b"\0" + name + struct.pack(">xHHH", 1, 1, len(values)) + binary + struct.pack(">HH", 1, 1)
                    ) + _message(b"E", b"\0\0\0\0\0")


_SYNC = _message(b"S", b"")


class _Line:
    def __init__(self, port, **statements):
        """With statements prepared under their names."""
        self.socket, self.rest = connected(port), b""
        words = b"user\0postgres\0database\0postgres\0\0"
        self.socket.sendall(struct.pack(">IHH", len(words) + 8, 3, 0) + words)
        self.answer()
        self.ask(b"".join(_message(b"P", name.encode() + b"\0" + text.encode() + b"\0\0\0")
                          for name, text in statements.items()) + _SYNC)

    def ask(self, messages):
        self.socket.sendall(messages)
        return self.answer()

    def answer(self):
        """The rows that come until the server is ready for more."""
        data, place, rows = self.rest, 0, []
        while True:
            while place + 5 <= len(data):
                size, = struct.unpack_from(">I", data, place + 1)
                if place + 1 + size > len(data):
                    break
                kind = data[place:place + 1]
                if kind == b"D":
                    rows.append(data[place + 5:place + 1 + size])
                elif kind == b"E":
                    raise RuntimeError(f"postgres: {data[place + 5:place + 1 + size].decode(errors='replace')}")
                place += 1 + size
                if kind == b"Z":
                    self.rest = data[place:]
                    return rows
            more = self.socket.recv(1 << 18)
            if not more:
                raise RuntimeError("postgres hung up")
            data, place = data[place:] + more, 0


def _opened(port, **statements):
    """The port answers a moment before the server takes work."""
    until = time.monotonic() + 20
    while True:
        try:
            return _Line(port, **statements)
        except RuntimeError as error:
            if "starting up" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.05)


def _produce(port, plan):
    line = _opened(port, put=_PUT)
    if plan.rate:
        return _produce_paced(line, plan)
    put = 0
    while put < plan.jobs:
        batch = min(plan.outstanding, plan.jobs - put)
        line.ask(_run(b"put", _array(_BYTEA, [b"x" * plan.bytes] * batch)) + _SYNC)
        put += batch


def _produce_paced(line, plan):
    """What has become due while a statement ran goes with the next."""
    pace = Pace(plan)
    while pace.confirmed < plan.jobs:
        jobs = pace.due()
        if jobs:
            line.ask(_run(b"put", _array(_BYTEA, [b"x" * plan.bytes] * jobs)) + _SYNC)
            pace.note(jobs)
        else:
            time.sleep(pace.wait())


def _consume(port, plan, ready):
    line = _opened(port)
    line.ask(_message(b"Q", _TABLE.encode() + b"\0"))
    line = _opened(port, take=_TAKE, finish=_FINISH, begin="BEGIN", commit="COMMIT")
    ready()
    done = 0
    most = struct.pack(">Q", plan.outstanding)
    take = _run(b"begin") + _run(b"take", most)
    rows = line.ask(take + _SYNC)
    while done < plan.jobs:
        if not rows:
            time.sleep(0.001)
        # A row: two columns, the first of eight bytes.
        ids = [row[6:14] for row in rows]
        rows = line.ask(_run(b"finish", _array(_INT8, ids)) + _run(b"commit") + take + _SYNC)
        done += len(ids)


def _measure(folder, plan, synchronous):
    how = {}
    if os.geteuid() == 0:
        # It refuses to run as root; Debian's package has made a user for it.
        how = {"user": "postgres", "group": "postgres", "extra_groups": []}
        shutil.chown(folder, "postgres", "postgres")
    made = subprocess.run([f"{_PLACE}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8"],
                          cwd=folder, capture_output=True, text=True, **how)
    if made.returncode:
        raise RuntimeError(made.stderr.strip())
    port = free_port()
    words = [PROGRAM, "-D", f"{folder}/data", "-p", str(port), "-c", "listen_addresses=127.0.0.1",
             "-c", "unix_socket_directories=", "-c", f"synchronous_commit={synchronous}"]
    # Nobody needs what it would write at a proper end.
    with Server(words, port, folder, stop=signal.SIGQUIT, **how):
        return lifecycles(_produce, _consume, port, plan)


def synchronous(folder, plan):
    return _measure(folder, plan, "on")


def asynchronous(folder, plan):
    return _measure(folder, plan, "off")
