"""Celery on Redis: one process that enqueues with apply_async, which comes back when Redis has the job, so that only one is
outstanding; one worker process (pool solo: prefork and threads were no quicker with jobs that do nothing); results in Redis
too. It runs in whichever Python has Celery: Debian's python3-celery and python3-redis belong to /usr/bin/python3."""
import functools
import os
import subprocess
import sys
import time

from . import redis
from .server import Server, connected, free_port

_SCRIPTS = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


@functools.cache
def _python():
    # In another folder, so that it does not take the modules here for the libraries of those names.
    for python in (sys.executable, "/usr/bin/python3"):
        if not subprocess.run([python, "-c", "import celery, redis"], cwd="/", capture_output=True).returncode:
            return python


def missing():
    return redis.missing() or (None if _python() else "python3-celery with python3-redis is not installed")


def _asked(line, *words):
    """Redis's answer, a number."""
    line.sendall(redis.command(*words))
    told = line.recv(100)
    if not told:
        raise RuntimeError("redis-server hung up")
    return int(told[1:])


def _measure(folder, plan, fsync):
    port = free_port()
    address = f"redis://127.0.0.1:{port}"
    # Results in a database of their own, so that their number is that of its keys. The process that enqueues does not want
    # them: with a backend it would subscribe to each.
    settings = dict(os.environ, PYTHONPATH=_SCRIPTS, KIP_CELERY_BROKER=f"{address}/0")
    worker = Server([_python(), "-m", "celery", "-A", "peers.celery_job", "worker", "--pool", "solo", "--without-gossip",
                     "--without-mingle", "--without-heartbeat"], None, folder,
                    env=dict(settings, KIP_CELERY_RESULTS=f"{address}/1"))
    with redis.server(folder, port, fsync), worker:
        broker, results = connected(port), connected(port)
        results.sendall(redis.command("SELECT", "1"))
        results.recv(100)
        until = time.monotonic() + 60
        while not _asked(broker, "EXISTS", "_kombu.binding.celery"):
            if worker.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("Celery's worker did not start")
            time.sleep(0.05)
        producer = Server([_python(), "-m", "peers.celery_job", str(plan.jobs), str(plan.bytes)], None, folder, env=settings)
        with producer:
            while _asked(results, "DBSIZE") < plan.jobs:
                if worker.process.poll() is not None or producer.process.poll():
                    raise RuntimeError(f"Celery failed: {worker.said()[-1000:]} {producer.said()[-1000:]}")
                time.sleep(0.01)
            return plan.jobs / (time.monotonic() - float(producer.said().partition("begun ")[2].split()[0]))


def always(folder, plan):
    return _measure(folder, plan, "always")


def everysec(folder, plan):
    return _measure(folder, plan, "everysec")
