#!/usr/bin/env python3
"""A worker in Python over DEALER and JSON. It greets: kind hello-python, payload {"name": "Lan", "seconds": 0}.

Handlers run in a thread, so that the worker says that it lives however long they take. KIP_CREDENTIALS names the file of
“kip keys new --role worker”, for a broker that wants a key.
"""
import json
import os
import queue
import signal
import threading
import time
import uuid

import zmq


def greet(payload):
    time.sleep(payload.get("seconds", 0))
    return {"greeting": "Xin chào " + payload["name"]}


HANDLERS = {"hello-python": greet}
WORKER = str(uuid.uuid4())
context = zmq.Context()
socket = context.socket(zmq.DEALER)
socket.linger = 1000
if "KIP_CREDENTIALS" in os.environ:
    key = dict(line.split(" = ") for line in open(os.environ["KIP_CREDENTIALS"]).read().splitlines() if " = " in line)
    socket.curve_serverkey, socket.curve_publickey, socket.curve_secretkey = (
        key[name].encode() for name in ("server", "public", "secret"))
socket.connect(os.environ.get("KIP_BROKER", "tcp://127.0.0.1:7520"))
session, greeting, beat, heartbeat_seconds, lease_seconds, heard = None, 0, 0.0, 2.0, 15.0, time.monotonic()
running = {}  # id -> the leased job
unrecorded = {}  # id -> (result, output): kept until the broker has it on disk
leaving = False
todo, done = queue.Queue(), queue.Queue()
woken = context.socket(zmq.PULL)  # a handler has ended
woken.bind("inproc://done")
poller = zmq.Poller()
poller.register(socket, zmq.POLLIN)
poller.register(woken, zmq.POLLIN)


def leave(*_):
    global leaving
    leaving = True


def say(body, *payloads):
    socket.send_multipart([b"KIP/1+json", json.dumps(body).encode(), *payloads])


def send_result(result, output):
    say({"results": {"workerId": WORKER, "session": session, "results": [result]}}, output)


def run_handlers():
    wake = context.socket(zmq.PUSH)
    wake.connect("inproc://done")
    while True:
        job, payload = todo.get()
        result, output = {"id": job["id"], "attempt": job["attempt"], "outcome": "SUCCEEDED"}, b""
        try:
            output = json.dumps(HANDLERS[job["kind"]](json.loads(payload)), ensure_ascii=False).encode()
        except Exception as error:  # whatever the handler says is the job's error
            result.update(outcome="FAILED", error=f"{type(error).__name__}: {error}")
        done.put((result, output))
        wake.send(b"")


threading.Thread(target=run_handlers, daemon=True).start()
signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, leave)
# Whoever started this worker may have blocked them: a thread of a Swift program does, and a child inherits it.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
while not (leaving and not running and not unrecorded):
    now = time.monotonic()
    if session and now - heard > lease_seconds:
        session, beat = None, 0.0
    if now >= beat:
        if session:
            say({"heartbeat": {"workerId": WORKER, "session": session, "draining": leaving}})
        else:
            holding = [*running.values(), *(result for result, _ in unrecorded.values())]
            greeting += 1
            say({"request": greeting, "hello": {
                "workerId": WORKER, "name": "python", "kinds": list(HANDLERS), "credit": 1,
                "holding": [{"id": job["id"], "attempt": job["attempt"]} for job in holding]}})
        beat = now + heartbeat_seconds
    ready = dict(poller.poll(200))
    while woken in ready and not done.empty():
        woken.recv()
        result, output = done.get()
        # A job that was taken away meanwhile is in other hands.
        if running.pop(result["id"], {}).get("attempt") == result["attempt"]:
            unrecorded[result["id"]] = (result, output)
            if session:
                send_result(result, output)
    if socket not in ready:
        continue
    frames = socket.recv_multipart()
    header, payloads, heard = json.loads(frames[1]), frames[2:], time.monotonic()
    if "welcome" in header and int(header.get("request", 0)) == greeting:  # to the last hello, not to one before it
        session, heartbeat_seconds = header["welcome"]["session"], header["welcome"]["heartbeatSeconds"]
        lease_seconds, beat = header["welcome"]["leaseSeconds"], heard + heartbeat_seconds
        for lost in header["welcome"].get("refused", []):
            running.pop(lost["id"], None)
        for result, output in unrecorded.values():
            send_result(result, output)
    elif "work" in header and header["work"]["session"] == session:
        for job, payload in zip(header["work"]["jobs"], payloads):
            running[job["id"]] = job
            todo.put((job, payload))
    elif "recorded" in header:
        for result in header["recorded"]["results"]:
            unrecorded.pop(result["id"], None)
    elif "revoked" in header:  # cancelled, or in other hands: its result is not wanted
        for lost in header["revoked"].get("jobs", []):
            running.pop(lost["id"], None)
    elif "drain" in header:  # an operator wants this worker to finish and leave
        leave()
    elif header.get("error", {}).get("code") == "unknown-session":
        session, beat = None, 0.0
if session:
    say({"goodbye": {"workerId": WORKER, "session": session}})
