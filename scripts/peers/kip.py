"""Kịp itself: a broker with a folder of its own, and whatever else of kip runs beside it."""
import os
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
BUILD = os.path.join(ROOT, ".build-release")
BIN = os.path.join(BUILD, "release")
PROGRAM = os.path.join(BIN, "kip")
# What a consumer may hold whose jobs do nothing.
QUICK = ("worker", "--concurrency", "64", "--prefetch", "8000")


class House:
    """Servers run while it is entered; those that were started last end first."""

    def __init__(self, folder):
        self.folder, self.servers = folder, {}
        endpoint = f"ipc://{folder}/kip"
        self.settings = dict(os.environ, KIP_BROKER=endpoint, KIP_BIND=endpoint, KIP_DATA=f"{folder}/data",
                             KIP_OFFICE=f"{folder}/none", KIP_LOG="warning")
        for name in ("KIP_OFFICE_PROFILE", "KIP_CREDENTIALS", "KIP_JOURNAL", "KIP_QUEUES"):
            self.settings.pop(name, None)
        self.log = open(f"{folder}/log", "w")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for name in list(self.servers)[::-1]:
            self.stop(name)
        self.log.close()

    def open(self, *words, **how):
        how = {"stdout": self.log, "stderr": self.log} | how
        return subprocess.Popen([PROGRAM, *words], env=self.settings, cwd=self.folder, **how)

    def start(self, *words):
        self.servers[words[0]] = self.open(*words)

    def start_worker(self):
        """Comes back when the broker knows it."""
        self.start(*QUICK)
        for _ in range(200):
            if self.run("workers", "list", "--json").strip():
                return
            time.sleep(0.05)
        raise RuntimeError(f"the worker did not come: {self.said()}")

    def stop(self, name):
        server = self.servers.pop(name)
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def run(self, *words):
        told = subprocess.run([PROGRAM, *words], env=self.settings, cwd=self.folder, capture_output=True, text=True)
        if told.returncode:
            raise RuntimeError(told.stderr.strip())
        return told.stdout

    def said(self):
        """The end of what the servers said; the folder is gone when somebody could look."""
        with open(self.log.name, errors="replace") as log:
            return log.read()[-2000:]
