"""A peer's server with a port of its own, and the two processes that use it."""
import math
import multiprocessing
import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time


def needs(program):
    """Tells what scripts/bench cannot measure without; nothing where it is there."""
    return lambda: None if shutil.which(program) else f"{os.path.basename(program)} is not installed"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connected(port):
    """A connection that fails rather than wait for ever for a server that has gone silent."""
    line = socket.create_connection(("127.0.0.1", port), timeout=60)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


class Server:
    """Runs while it is entered; `port` answers by then, where it has one. It leads a session of its own: so Ctrl-C reaches
    only us, and nothing that it started stays when it is ended."""

    def __init__(self, words, port, folder, stop=signal.SIGTERM, **how):
        self.words, self.port, self.folder, self.stop, self.how = words, port, folder, stop, how

    def __enter__(self):
        log, self.log = tempfile.mkstemp(dir=self.folder)
        self.process = subprocess.Popen(self.words, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        start_new_session=True, **self.how)
        os.close(log)
        try:
            if self.port and not self.answers():
                raise RuntimeError(f"{self.words[0]} did not answer on port {self.port}: {self.said()[-2000:]}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def answers(self):
        until = time.monotonic() + 60
        while time.monotonic() < until and self.process.poll() is None:
            try:
                connected(self.port).close()
                return True
            except OSError:
                time.sleep(0.05)
        return False

    def __exit__(self, *_):
        try:
            self.process.send_signal(self.stop)
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            pass
        finally:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()


def produce(line, plan, job, count):
    """Keeps so many jobs outstanding; `count` tells how many confirmations there are in what the server said."""
    if plan.rate:
        return _produce_paced(line, plan, job, count)
    sent = confirmed = 0
    while confirmed < plan.jobs:
        room = min(plan.outstanding - (sent - confirmed), plan.jobs - sent)
        if room:
            line.sendall(job * room)
            sent += room
        told = line.recv(1 << 18)
        if not told:
            raise RuntimeError("the server hung up")
        confirmed += count(told)


class Pace:
    """When jobs of a steady rate are due, and how long each then took: whatever became of those before, so that a slow
    answer cannot hide others (“coordinated omission”, G. Tene). Confirmations come in the order of the jobs."""

    def __init__(self, plan):
        self.plan, self.start, self.sent, self.confirmed = plan, time.monotonic() + 0.05, 0, 0

    def due(self):
        """Jobs that are due by now and have not been sent; they count as sent."""
        by_now = min(self.plan.jobs, math.floor((time.monotonic() - self.start) * self.plan.rate) + 1)
        jobs, self.sent = max(0, by_now - self.sent), max(by_now, self.sent)
        return jobs

    def wait(self):
        """Seconds until the next is due; None = there is none."""
        if self.sent == self.plan.jobs:
            return None
        return max(0, self.start + self.sent / self.plan.rate - time.monotonic())

    def note(self, jobs):
        """So many more are confirmed."""
        now = time.monotonic()
        for job in range(self.confirmed, self.confirmed + jobs):
            self.plan.waits[job] = now - self.start - job / self.plan.rate
        self.confirmed += jobs


def _produce_paced(line, plan, job, count):
    pace = Pace(plan)
    while pace.confirmed < plan.jobs:
        jobs = pace.due()
        if jobs:
            line.sendall(job * jobs)
        if select.select([line], [], [], pace.wait())[0]:
            told = line.recv(1 << 18)
            if not told:
                raise RuntimeError("the server hung up")
            pace.note(count(told))


def by_lines(lines):
    """Counts confirmations of so many lines each."""
    heard = 0

    def count(told):
        nonlocal heard
        if b"-ERR" in told:
            raise RuntimeError(f"the server: {told.decode()}")
        confirmed, heard = divmod(heard + told.count(b"\n"), lines)
        return confirmed

    return count


def lifecycles(produce, consume, port, plan):
    """Jobs a second from the first enqueue to the last recorded result, with a process for either side. Where the plan has a
    rate, its `waits` are the seconds from when each job was due to its confirmation."""
    fork = multiprocessing.get_context("fork")
    plan.waits = fork.RawArray("d", plan.jobs) if plan.rate else None
    begun, ended, ready = fork.Value("d", 0), fork.Value("d", 0), fork.Event()

    def producer():
        ready.wait()
        begun.value = time.monotonic()
        produce(port, plan)

    def consumer():
        consume(port, plan, ready.set)
        ended.value = time.monotonic()

    def quietly(side):
        # Ctrl-C is ours: we end both.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        side()

    sides = [fork.Process(target=quietly, args=(side,), name=side.__name__) for side in (producer, consumer)]
    try:
        for side in sides:
            side.start()
        while any(side.exitcode is None for side in sides):
            if any(side.exitcode for side in sides):
                break
            time.sleep(0.02)
        for side in sides:
            if side.exitcode:
                raise RuntimeError(f"the {side.name} failed")
    finally:
        for side in sides:
            if side.pid:
                side.kill()
                side.join()
    return plan.jobs / (ended.value - begun.value)
