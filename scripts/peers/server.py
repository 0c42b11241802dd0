"""A peer's server with a port of its own, and the two processes that use it."""
import multiprocessing
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connected(port):
    line = socket.create_connection(("127.0.0.1", port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


class Server:
    """Runs while it is entered; `port` answers by then."""

    def __init__(self, words, port, folder):
        self.words, self.port, self.folder = words, port, folder

    def __enter__(self):
        self.log = open(f"{self.folder}/server.log", "w")
        self.process = subprocess.Popen(self.words, cwd=self.folder, stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                connected(self.port).close()
                return self
            except OSError:
                time.sleep(0.05)
        self.process.kill()
        raise RuntimeError(f"{self.words[0]} did not answer on port {self.port}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def produce(port, plan, job, lines):
    """Keeps so many jobs outstanding; the confirmation of each is so many lines."""
    line = connected(port)
    sent = confirmed = heard = 0
    room = plan.outstanding
    while confirmed < plan.jobs:
        room = min(room, plan.jobs - sent)
        if room:
            line.sendall(job * room)
            sent += room
        told = line.recv(1 << 18)
        if not told or b"-ERR" in told:
            raise RuntimeError(f"the server: {told.decode() or 'it hung up'}")
        room, heard = divmod(heard + told.count(b"\n"), lines)
        confirmed += room


def lifecycles(produce, consume, port, plan):
    """Jobs a second from the first enqueue to the last recorded result, with a process for either side."""
    begun = multiprocessing.Value("d", 0)
    ready = multiprocessing.Event()

    def producer():
        ready.wait()
        begun.value = time.monotonic()
        produce(port, plan)

    sides = multiprocessing.get_context("fork")
    side = sides.Process(target=producer)
    side.start()
    consume(port, plan, ready.set)
    ended = time.monotonic()
    side.join()
    if side.exitcode:
        raise RuntimeError("the producer failed")
    return plan.jobs / (ended - begun.value)
