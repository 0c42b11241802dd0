"""NATS JetStream: a stream on disk with the retention of a work queue, publishes confirmed one by one (pipelined), a durable
pull consumer that fetches in batches and acknowledges each job; over NATS's plain protocol (docs.nats.io, reference, client
protocol) without a client library. An acknowledged job is recorded as done, and the stream drops it; that all are gone is
asked for at the end.

The server confirms what it has written to a file, and fsyncs only at an interval (two minutes when nothing is said). Since
2.10 it can be told to fsync each write before it confirms: `sync_interval: always`."""
import json
import re
import subprocess

from .server import Server, connected, free_port, lifecycles, needs, produce

PROGRAM = "nats-server"
missing = needs(PROGRAM)
_HELLO = b'CONNECT {"verbose":false}\r\nSUB in.%s 1\r\n'
_MESSAGE = re.compile(rb"MSG \S+ 1 (?:(\S*) )?(\d+)\r\n")


def missing_always():
    if missing():
        return missing()
    told = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True).stdout
    version = re.search(r"v(\d+)\.(\d+)", told)
    if version and (int(version[1]), int(version[2])) >= (2, 10):
        return None
    return f"{told.strip()} cannot fsync before it confirms (2.10 can)"


class _Messages:
    """Takes whole messages, as (where to answer, payload), out of what the server said."""

    def __init__(self, line):
        self.line, self.rest = line, b""

    def whole(self, told):
        if not told:
            raise RuntimeError("nats-server hung up")
        data, place, messages = self.rest + told, 0, []
        while (end := data.find(b"\r\n", place)) >= 0:
            found = _MESSAGE.match(data, place)
            if found:
                start, end = found.end(), found.end() + int(found[2])
                if end + 2 > len(data):
                    break
                messages.append((found[1], data[start:end]))
            elif data.startswith(b"PING", place):
                self.line.sendall(b"PONG\r\n")
            elif data.startswith(b"-ERR", place):
                raise RuntimeError(f"nats-server: {data[place:end].decode()}")
            place = end + 2
        self.rest = data[place:]
        return messages

    def ask(self, what, **words):
        """The one answer to a request about streams and consumers."""
        body = json.dumps(words).encode()
        self.line.sendall(b"PUB $JS.API.%s in.c %d\r\n%s\r\n" % (what, len(body), body))
        messages = []
        while not messages:
            messages = self.whole(self.line.recv(1 << 16))
        answer = json.loads(messages[0][1])
        if "error" in answer:
            raise RuntimeError(f"nats-server: {answer['error']}")
        return answer


def _produce(port, plan):
    line = connected(port)
    line.sendall(_HELLO % b"p")
    messages = _Messages(line)

    def count(told):
        confirmations = [payload for _, payload in messages.whole(told)]
        for payload in confirmations:
            if b'"error"' in payload:
                raise RuntimeError(f"nats-server: {payload.decode()}")
        return len(confirmations)

    produce(line, plan, b"PUB jobs in.p %d\r\n%s\r\n" % (plan.bytes, b"x" * plan.bytes), count)


def _consume(port, plan, ready):
    line = connected(port)
    line.sendall(_HELLO % b"c")
    messages = _Messages(line)
    messages.ask(b"STREAM.CREATE.JOBS", name="JOBS", subjects=["jobs"], storage="file", retention="workqueue")
    messages.ask(b"CONSUMER.DURABLE.CREATE.JOBS.w", stream_name="JOBS",
                 config={"durable_name": "w", "ack_policy": "explicit", "max_ack_pending": 2 * plan.outstanding})
    ready()
    # The next batch is asked for while half of the last one is still to come, as NATS's clients do.
    half = max(1, plan.outstanding // 2)
    fetch = b"PUB $JS.API.CONSUMER.MSG.NEXT.JOBS.w in.c %d\r\n%d\r\n" % (len(str(half)), half)
    done = asked = 0
    while done < plan.jobs:
        while asked - done <= half:
            line.sendall(fetch)
            asked += half
        jobs = messages.whole(line.recv(1 << 18))
        line.sendall(b"".join(b"PUB %s 4\r\n+ACK\r\n" % answer for answer, _ in jobs))
        done += len(jobs)
    while messages.ask(b"STREAM.INFO.JOBS")["state"]["messages"]:
        pass


def _measure(folder, plan, sync):
    port = free_port()
    with open(f"{folder}/conf", "w") as file:
        file.write(f'listen: "127.0.0.1:{port}"\njetstream {{ store_dir: "{folder}/data"\n{sync} }}\n')
    with Server([PROGRAM, "-c", f"{folder}/conf"], port, folder):
        return lifecycles(_produce, _consume, port, plan)


def interval(folder, plan):
    return _measure(folder, plan, "")


def always(folder, plan):
    return _measure(folder, plan, "sync_interval: always")
