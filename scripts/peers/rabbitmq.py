"""RabbitMQ: persistent messages in a durable queue, published with confirms, consumed with a prefetch as large as the
producer's window and acknowledged many at a time; over AMQP 0-9-1 (rabbitmq.com/amqp-0-9-1-reference) without a client
library. An acknowledged job is recorded as done; that all are gone is seen at the end from an empty queue.

What a confirm says: a classic queue persists in batches, when it is idle or at an interval, so that few fsyncs do, and
confirms a batch after it (rabbitmq.com/docs/confirms, “Ack Latency for Persistent Messages”). With version 1 of its store,
the usual one until RabbitMQ 4, there is an fsync before each confirm (seen with strace, 3.10). Version 2, the only one
since then, hands what it confirms to the operating system and leaves it at that. A quorum queue, here with one member,
fsyncs its log before it confirms, many at a time. Nobody confirms acknowledgements: a quorum queue writes them to its log
as well, a classic queue to its files in its own time."""
import glob
import os
import struct

from .server import Server, connected, free_port, lifecycles, needs, produce

# Not the one in PATH: Debian's wrapper insists on the folders of the system's own server.
PROGRAM = "/usr/lib/rabbitmq/bin/rabbitmq-server"
missing = needs(PROGRAM)
_METHOD, _HEADER, _BODY = 1, 2, 3
_MOST = 131_072 - 8
_ACK, _EMPTY = (60, 80), (60, 72)


def missing_version_1():
    if missing():
        return missing()
    versions = [path.rsplit("-", 1)[1] for path in glob.glob("/usr/lib/rabbitmq/lib/rabbitmq_server-*")]
    if any(version.startswith("3.") for version in versions):
        return None
    return f"RabbitMQ {' '.join(versions)} has no classic queue that fsyncs (3 has)"


def _frame(kind, channel, payload):
    return struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"


def _method(name, arguments, channel=1):
    return _frame(_METHOD, channel, struct.pack(">HH", *name) + arguments)


def _text(text):
    return struct.pack("B", len(text)) + text


class _Line:
    """A connection with one channel."""

    def __init__(self, port):
        self.socket, self.rest = connected(port), b""
        self.socket.sendall(b"AMQP\0\0\x09\x01")
        self.wait((10, 10))
        login = b"\0guest\0guest"
        self.socket.sendall(_method((10, 11), struct.pack(">I", 0) + _text(b"PLAIN") + struct.pack(">I", len(login)) + login
                                    + _text(b"en_US"), 0))
        self.wait((10, 30))
        self.socket.sendall(_method((10, 31), struct.pack(">HIH", 1, _MOST + 8, 0), 0)
                            + _method((10, 40), _text(b"/") + b"\0\0", 0))
        self.wait((10, 41))
        self.call((20, 10), b"\0")

    def call(self, name, arguments):
        self.socket.sendall(_method(name, arguments))
        return self.wait((name[0], name[1] + 1))

    def wait(self, name):
        while True:
            for kind, payload in self.frames(self.socket.recv(1 << 16)):
                if kind == _METHOD and struct.unpack_from(">HH", payload) == name:
                    return payload[4:]

    def frames(self, told):
        """The frames that are whole by now, as (kind, payload)."""
        if not told:
            raise RuntimeError("rabbitmq-server hung up")
        data, place, frames = self.rest + told, 0, []
        while place + 8 <= len(data):
            kind, _, size = struct.unpack_from(">BHI", data, place)
            if place + 8 + size > len(data):
                break
            payload = data[place + 7:place + 7 + size]
            # That the server closes the connection or the channel is why.
            if kind == _METHOD and payload[:4] in (b"\0\x0a\0\x32", b"\0\x14\0\x28"):
                raise RuntimeError(f"rabbitmq-server: {payload[7:].decode(errors='replace')}")
            frames.append((kind, payload))
            place += 8 + size
        self.rest = data[place:]
        return frames


class _Confirmations:
    """Counts them: they come for one message or for all up to one, and not always in order."""

    def __init__(self, line):
        self.line, self.all_to, self.beyond = line, 0, set()

    def __call__(self, told):
        before = self.all_to + len(self.beyond)
        for _, payload in self.line.frames(told):
            klass, method, tag, many = struct.unpack_from(">HHQB", payload)
            if (klass, method) != _ACK:
                raise RuntimeError("rabbitmq-server refused a message")
            if many:
                self.all_to = max(self.all_to, tag)
                self.beyond = {one for one in self.beyond if one > self.all_to}
            else:
                self.beyond.add(tag)
            while self.all_to + 1 in self.beyond:
                self.all_to += 1
                self.beyond.remove(self.all_to)
        return self.all_to + len(self.beyond) - before


def _produce(port, plan):
    line = _Line(port)
    line.call((85, 10), b"\0")
    body = b"x" * plan.bytes
    persistent = struct.pack(">HHQHB", 60, 0, len(body), 0x1000, 2)
    job = (_method((60, 40), b"\0\0" + _text(b"") + _text(b"jobs") + b"\0") + _frame(_HEADER, 1, persistent)
           + b"".join(_frame(_BODY, 1, body[at:at + _MOST]) for at in range(0, len(body), _MOST)))
    produce(line.socket, plan, job, _Confirmations(line))


def _consume(words):
    """With a queue declared with such arguments."""
    def consume(port, plan, ready):
        line = _Line(port)
        arguments = b"".join(_text(word) + (b"I" + struct.pack(">i", value) if isinstance(value, int) else
                                            b"S" + struct.pack(">I", len(value)) + value) for word, value in words.items())
        line.call((50, 10), b"\0\0" + _text(b"jobs") + b"\x02" + struct.pack(">I", len(arguments)) + arguments)
        line.call((60, 10), struct.pack(">IHB", 0, plan.outstanding, 0))
        line.call((60, 20), b"\0\0" + _text(b"jobs") + _text(b"") + b"\0" + struct.pack(">I", 0))
        ready()
        done = taken = 0
        while done < plan.jobs:
            for frame, payload in line.frames(line.socket.recv(1 << 18)):
                if frame == _BODY:
                    taken += len(payload)
            # Deliveries on a channel are numbered from 1 on, so the number of jobs is the number of the last.
            if taken // plan.bytes > done:
                done = taken // plan.bytes
                line.socket.sendall(_method(_ACK, struct.pack(">QB", done, 1)))
        # The queue answers a get after the acknowledgements before it.
        line.socket.sendall(_method((60, 70), b"\0\0" + _text(b"jobs") + b"\0"))
        line.wait(_EMPTY)
    return consume


def _measure(folder, plan, words):
    port, names = free_port(), free_port()
    settings = dict(
        os.environ, HOME=folder, ERL_EPMD_PORT=str(names), ERL_EPMD_ADDRESS="127.0.0.1",
        RABBITMQ_NODENAME="kip-bench@localhost", RABBITMQ_NODE_IP_ADDRESS="127.0.0.1", RABBITMQ_NODE_PORT=str(port),
        RABBITMQ_DIST_PORT=str(free_port()), RABBITMQ_MNESIA_BASE=f"{folder}/data", RABBITMQ_LOG_BASE=f"{folder}/log",
        RABBITMQ_CONF_ENV_FILE=f"{folder}/none", RABBITMQ_CONFIG_FILE=f"{folder}/none",
        RABBITMQ_ADVANCED_CONFIG_FILE=f"{folder}/none.config", RABBITMQ_ENABLED_PLUGINS_FILE=f"{folder}/plugins",
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}")
    # The server of Erlang's names would be started by RabbitMQ and outlive it; ours ends with us.
    with Server(["epmd", "-port", str(names), "-address", "127.0.0.1"], names, folder):
        with Server([PROGRAM], port, folder, env=settings):
            return lifecycles(_produce, _consume(words), port, plan)


def classic(folder, plan):
    return _measure(folder, plan, {b"x-queue-type": b"classic", b"x-queue-version": 1})


def classic_version_2(folder, plan):
    return _measure(folder, plan, {b"x-queue-type": b"classic", b"x-queue-version": 2})


def quorum(folder, plan):
    return _measure(folder, plan, {b"x-queue-type": b"quorum"})
