#!/usr/bin/env python3
"""Enqueues a job over REQ and JSON: enqueue.py KIND PAYLOAD [KEY]. Needs python3-zmq and nothing else."""
import json
import os
import sys

import zmq

kind, payload = sys.argv[1], sys.argv[2]
job = {"kind": kind}
if len(sys.argv) > 3:
    job["uniqueKey"] = sys.argv[3]

socket = zmq.Context().socket(zmq.REQ)
socket.linger = 0
socket.rcvtimeo = 10_000
socket.connect(os.environ.get("KIP_BROKER", "tcp://127.0.0.1:7520"))
socket.send_multipart([b"KIP/1+json", json.dumps({"enqueue": {"jobs": [job]}}).encode(), payload.encode()])
try:
    protocol, header = socket.recv_multipart()
except zmq.Again:
    sys.exit("no broker answered within 10 s; is `kip broker` running?")
answer = json.loads(header)
if "error" in answer:
    sys.exit(answer["error"]["message"])
for enqueued in answer["enqueued"]["jobs"]:
    print(enqueued["id"], enqueued["outcome"])
