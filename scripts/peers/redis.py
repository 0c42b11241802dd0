"""Redis Streams: XADD confirmed, XREADGROUP by one consumer, then XACK and a result (SET) for each job, pipelined; over
RESP2 (redis.io/docs/reference/protocol-spec) without a client library, so that none slows it down."""
import re

from .server import Server, by_lines, connected, free_port, lifecycles, needs, produce

PROGRAM = "redis-server"
missing = needs(PROGRAM)


def command(*words):
    out = [b"*%d\r\n" % len(words)]
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        out.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(out)


def _produce(port, plan):
    # A confirmation is the length of the id, and the id.
    produce(connected(port), plan, command("XADD", "jobs", "*", "p", b"x" * plan.bytes), by_lines(2))


_ID = re.compile(rb"\r\n(\d+-\d+)\r\n")


def _consume(port, plan, ready):
    line = connected(port)
    line.sendall(command("XGROUP", "CREATE", "jobs", "g", "$", "MKSTREAM"))
    line.recv(1 << 16)
    ready()
    read = command("XREADGROUP", "GROUP", "g", "c", "COUNT", plan.outstanding, "BLOCK", "1000", "STREAMS", "jobs", ">")
    done = 0
    while done < plan.jobs:
        line.sendall(read)
        taken = _reply(line)
        ids = _ID.findall(taken)
        if not ids:
            continue
        line.sendall(b"".join([command("XACK", "jobs", "g", *ids)] + [command("SET", b"r:" + id, "ok") for id in ids]))
        lines = 0
        while lines < 1 + len(ids):
            lines += line.recv(1 << 18).count(b"\n")
        done += len(ids)


def _reply(line):
    """One whole answer to XREADGROUP: nested arrays of bulk strings."""
    bytes_ = bytearray(line.recv(1 << 18))
    while True:
        if _end(bytes_, 0) is not None:
            return bytes(bytes_)
        more = line.recv(1 << 18)
        if not more:
            raise RuntimeError("redis-server hung up")
        bytes_ += more


def _end(data, place):
    """Where the value at a place ends; None while it is not all there. Values are skipped by their lengths."""
    open_values = 1
    while open_values:
        line_end = data.find(b"\r\n", place)
        if line_end < 0:
            return None
        kind, number = data[place:place + 1], data[place + 1:line_end]
        place = line_end + 2
        open_values -= 1
        if kind == b"*":
            open_values += max(0, int(number))
        elif kind == b"$" and int(number) >= 0:
            place += int(number) + 2
            if place > len(data):
                return None
    return place


def server(folder, port, fsync):
    """Also Celery's."""
    return Server([PROGRAM, "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes",
                   "--appendfsync", fsync, "--save", "", "--auto-aof-rewrite-percentage", "0"], port, folder)


def _measure(folder, plan, fsync):
    port = free_port()
    with server(folder, port, fsync):
        return lifecycles(_produce, _consume, port, plan)


def always(folder, plan):
    return _measure(folder, plan, "always")


def everysec(folder, plan):
    return _measure(folder, plan, "everysec")
