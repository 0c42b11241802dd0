#!/usr/bin/env python3
"""Enqueues a job over REQ and JSON: enqueue.py KIND PAYLOAD [KEY]. Needs python3-zmq and nothing else."""
import json
import os
import sys
import time
import uuid

import zmq

kind, payload = sys.argv[1], sys.argv[2]
# The job's own id (UUIDv7: milliseconds, then chance): sending it again does no harm.
bits = uuid.uuid4().int & (0xFFF << 64 | (1 << 62) - 1)
job = {"id": str(uuid.UUID(int=int(time.time() * 1000) << 80 | 7 << 76 | 2 << 62 | bits)), "kind": kind}
if len(sys.argv) > 3:
    job["uniqueKey"] = sys.argv[3]

socket = zmq.Context().socket(zmq.REQ)
socket.linger = 0
socket.rcvtimeo = 5_000
socket.req_relaxed = 1  # it may ask again without an answer
socket.connect(os.environ.get("KIP_BROKER", "tcp://127.0.0.1:7520"))
for attempt in range(3):
    socket.send_multipart([b"KIP/1+json", json.dumps({"enqueue": {"jobs": [job]}}).encode(), payload.encode()])
    try:
        protocol, header = socket.recv_multipart()
        break
    except zmq.Again:
        print("no answer yet; is `kip broker` running?", file=sys.stderr)
else:
    sys.exit(f"no broker answered; whether job {job['id']} is stored is not known")
answer = json.loads(header)
if "error" in answer:
    sys.exit(answer["error"]["message"])
for enqueued in answer["enqueued"]["jobs"]:
    print(enqueued["id"], enqueued["outcome"])
