#!/usr/bin/env python3
"""Enqueues parts and what comes after all of them, in one message: all are stored, or none.

workflow.py PART-KIND AFTER-KIND PAYLOAD… makes a job of PART-KIND for each payload, and one of AFTER-KIND that waits for
them and is not begun any more after eight hours. Prints the ids, the last one last. Needs python3-zmq and nothing else.
"""
import json
import os
import secrets
import sys
import time
import uuid

import zmq


def uuid7():
    """RFC 9562, section 5.7: ids that grow with time keep the broker's index small. Ours, so that sending again is safe."""
    moment = int(time.time() * 1000) << 80
    return str(uuid.UUID(int=moment | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)))


part, after, payloads = sys.argv[1], sys.argv[2], sys.argv[3:]
jobs = [{"id": uuid7(), "kind": part} for _ in payloads]
jobs.append({
    "id": uuid7(),
    "kind": after,
    "conditions": {
        "after": [job["id"] for job in jobs],
        "onParentFailed": "CANCEL",
        "expiresAtMs": str(int((time.time() + 8 * 3600) * 1000)),
    },
})
frames = [payload.encode() for payload in payloads] + [b"{}"]

socket = zmq.Context().socket(zmq.REQ)
socket.linger = 0
socket.rcvtimeo = 10_000
socket.connect(os.environ.get("KIP_BROKER", "tcp://127.0.0.1:7520"))
socket.send_multipart([b"KIP/1+json", json.dumps({"enqueue": {"jobs": jobs}}).encode(), *frames])
try:
    protocol, header = socket.recv_multipart()
except zmq.Again:
    sys.exit("no broker answered within 10 s; is `kip broker` running?")
answer = json.loads(header)
if "error" in answer:
    sys.exit(answer["error"]["message"])
for enqueued in answer["enqueued"]["jobs"]:
    print(enqueued["id"])
