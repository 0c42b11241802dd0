#!/usr/bin/env python3
"""A worker in Python over DEALER and JSON. It greets: kind hello-python, payload {"name": "Lan"}."""
import json
import os
import signal
import time
import uuid

import zmq


def greet(payload):
    return {"greeting": "Xin chào " + payload["name"]}


HANDLERS = {"hello-python": greet}
WORKER = str(uuid.uuid4())
socket = zmq.Context().socket(zmq.DEALER)
socket.linger = 1000
socket.connect(os.environ.get("KIP_BROKER", "tcp://127.0.0.1:7520"))
session, greeting, beat, heartbeat_seconds, lease_seconds, heard = None, 0, 0.0, 2.0, 15.0, time.monotonic()
unrecorded = {}  # id -> (result, payload): kept until the broker has it on disk
leaving = False


def leave(*_):
    global leaving
    leaving = True


def say(body, *payloads):
    socket.send_multipart([b"KIP/1+json", json.dumps(body).encode(), *payloads])


def send_result(result, payload):
    say({"results": {"workerId": WORKER, "session": session, "results": [result]}}, payload)


def run(job, payload):
    result = {"id": job["id"], "attempt": job["attempt"], "outcome": "SUCCEEDED"}
    output = b""
    try:
        output = json.dumps(HANDLERS[job["kind"]](json.loads(payload)), ensure_ascii=False).encode()
    except Exception as error:  # whatever the handler says is the job's error
        result.update(outcome="FAILED", error=f"{type(error).__name__}: {error}")
    unrecorded[job["id"]] = (result, output)
    send_result(result, output)


signal.signal(signal.SIGTERM, leave)
signal.signal(signal.SIGINT, leave)
# Whoever started this worker may have blocked them: a thread of a Swift program does, and a child inherits it.
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
while not (leaving and not unrecorded):
    now = time.monotonic()
    if session and now - heard > lease_seconds:
        session, beat = None, 0.0
    if now >= beat:
        if session:
            say({"heartbeat": {"workerId": WORKER, "session": session, "draining": leaving}})
        else:
            holding = [{"id": r["id"], "attempt": r["attempt"]} for r, _ in unrecorded.values()]
            greeting += 1
            say({"request": greeting, "hello": {"workerId": WORKER, "name": "python", "kinds": list(HANDLERS), "credit": 1,
                           "holding": holding}})
        beat = now + heartbeat_seconds
    if not socket.poll(200):
        continue
    header, payloads = (lambda frames: (json.loads(frames[1]), frames[2:]))(socket.recv_multipart())
    heard = time.monotonic()
    if "welcome" in header and int(header.get("request", 0)) == greeting:  # to the last hello, not to one before it
        session, heartbeat_seconds = header["welcome"]["session"], header["welcome"]["heartbeatSeconds"]
        lease_seconds, beat = header["welcome"]["leaseSeconds"], heard + heartbeat_seconds
        for result, output in unrecorded.values():
            send_result(result, output)
    elif "work" in header and header["work"]["session"] == session:
        for job, payload in zip(header["work"]["jobs"], payloads):
            run(job, payload)
    elif "recorded" in header:
        for result in header["recorded"]["results"]:
            unrecorded.pop(result["id"], None)
    elif "drain" in header:  # an operator wants this worker to finish and leave
        leave()
    elif header.get("error", {}).get("code") == "unknown-session":
        session, beat = None, 0.0
if session:
    say({"goodbye": {"workerId": WORKER, "session": session}})
