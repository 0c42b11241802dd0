"""beanstalkd with its log fsynced for each write (-f 0): put confirmed, reserve and delete, pipelined over its own protocol
(github.com/beanstalkd/beanstalkd, doc/protocol.txt). A job that is deleted is recorded as done."""
import re

from .server import Server, by_lines, connected, free_port, lifecycles, needs, produce

PROGRAM = "beanstalkd"
missing = needs(PROGRAM)
_RESERVED = re.compile(rb"RESERVED (\d+) (\d+)\r\n")


def _produce(port, plan):
    produce(connected(port), plan, b"put 1 0 60 %d\r\n%s\r\n" % (plan.bytes, b"x" * plan.bytes), by_lines(1))


def _consume(port, plan, ready):
    line = connected(port)
    ready()
    done = 0
    ahead = min(100, plan.jobs)
    line.sendall(b"reserve\r\n" * ahead)
    asked = ahead
    rest = b""
    while done < plan.jobs:
        more = line.recv(1 << 18)
        if not more:
            raise RuntimeError("beanstalkd hung up")
        rest += more
        ids = []
        place = 0
        while True:
            line_end = rest.find(b"\r\n", place)
            if line_end < 0:
                break
            found = _RESERVED.match(rest, place)
            if not found:
                # DELETED.
                done += 1
                place = line_end + 2
                continue
            after = found.end() + int(found.group(2)) + 2
            if after > len(rest):
                break
            ids.append(found.group(1))
            place = after
        rest = rest[place:]
        if ids:
            next_ = min(len(ids), plan.jobs - asked)
            asked += next_
            line.sendall(b"".join(b"delete %s\r\n" % id for id in ids) + b"reserve\r\n" * next_)


def always(folder, plan):
    port = free_port()
    words = [PROGRAM, "-l", "127.0.0.1", "-p", str(port), "-b", folder, "-f", "0"]
    with Server(words, port, folder):
        return lifecycles(_produce, _consume, port, plan)
