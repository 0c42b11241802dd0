#!/usr/bin/env python3
"""Records what a revision's own broker, worker and client say to each other, byte for byte.

    record.py BUILD-DIRECTORY REPOSITORY OUT

BUILD-DIRECTORY holds that revision's `kip` and `FaultyWorker`, REPOSITORY is its checkout, OUT a new folder. Each peer
talks through a proxy of its own. A line of a file is a message: who says it (peer-N, or the
broker to peer N), what it is, its frames in base64. Beside it,
NAME.meaning has what each protobuf header says, as protoc reads it with that revision's kip.proto.
"""
import base64, json, os, signal, subprocess, sys, tempfile, threading, time
import zmq

build, repository, out = map(os.path.abspath, sys.argv[1:4])
work = tempfile.mkdtemp(prefix="kip-record-")
broker_endpoint = f"ipc://{work}/kip"
proto = f"{repository}/Sources/KipCore/Wire/kip.proto"
context = zmq.Context()
os.makedirs(out)


class Proxy:
    """Stands between peers and the broker: one connection to the broker for each of theirs."""

    def __init__(self, name):
        self.name, self.messages, self.running = name, [], True
        self.front = context.socket(zmq.ROUTER)
        self.endpoint = f"tcp://127.0.0.1:{self.front.bind_to_random_port('tcp://127.0.0.1')}"
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        backs, numbers, poller = {}, {}, zmq.Poller()
        poller.register(self.front, zmq.POLLIN)
        while self.running:
            for socket, _ in poller.poll(50):
                if socket is self.front:
                    identity, *frames = socket.recv_multipart()
                    if identity not in backs:
                        backs[identity] = context.socket(zmq.DEALER)
                        backs[identity].linger = 0
                        backs[identity].connect(broker_endpoint)
                        poller.register(backs[identity], zmq.POLLIN)
                        numbers[identity] = len(backs)
                    self.messages.append((f"peer-{numbers[identity]}", frames))
                    backs[identity].send_multipart(frames)
                else:
                    identity = next(i for i, back in backs.items() if back is socket)
                    frames = socket.recv_multipart()
                    self.messages.append((f"broker-{numbers[identity]}", frames))
                    self.front.send_multipart([identity] + frames)
        for socket in [self.front, *backs.values()]:
            socket.close(0)

    def end(self):
        self.running = False
        self.thread.join()
        lines, meanings = [], []
        for who, frames in self.messages:
            if frames and frames[0] == b"":
                frames = frames[1:]
            if frames[0] == b"KIP/1":
                meaning = subprocess.run(
                    ["protoc", "--decode=kip.Header", f"--proto_path={os.path.dirname(proto)}", proto],
                    input=frames[1], capture_output=True, check=True).stdout.decode()
                what = next(l for l in meaning.splitlines() if not l.startswith("request")).split()[0]
            else:
                meaning = ""
                what = next(k for k in json.loads(frames[1]) if k != "request") + "-json"
            # Signs of life are many and alike.
            if what in ("alive", "heartbeat") and sum(l.split()[:2] == [who, what] for l in lines) >= 2:
                continue
            lines.append(" ".join([who, what] + [base64.b64encode(f).decode() or "-" for f in frames]))
            meanings.append(meaning)
        with open(f"{out}/{self.name}.messages", "w") as file:
            file.write("\n".join(lines) + "\n")
        if any(meanings):
            with open(f"{out}/{self.name}.meaning", "w") as file:
                file.write("---\n".join(meanings))


def start(*command, **environment):
    return subprocess.Popen(
        [f"{build}/{command[0]}", *command[1:]], cwd=work, env={**os.environ, **environment},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kip(*arguments, to=broker_endpoint, **environment):
    return subprocess.run(
        [f"{build}/kip", *arguments, "--broker", to], cwd=work, env={**os.environ, **environment},
        capture_output=True, text=True, timeout=60).stdout.strip()


def act(name, after=0):
    return json.dumps({"name": name, "before": 0, "after": after})


def broker():
    process = start("kip", "broker", "--data", "data", "--bind", broker_endpoint, "--lease", "3")
    while subprocess.run([f"{build}/kip", "workers", "list", "--broker", broker_endpoint], cwd=work,
                         capture_output=True).returncode not in (0, 66):
        time.sleep(0.1)
    return process


def end(process, how=signal.SIGTERM):
    process.send_signal(how)
    process.wait()


def client():
    proxy = Proxy("client")
    ask = lambda *arguments: kip(*arguments, to=proxy.endpoint)
    kept = ask("enqueue", "act", "--payload", act("kept"), "--key", "act/kept", "--priority", "5",
               "--queue", "letters", "--max-attempts", "3", "--job-timeout", "30s", "--quarantine-on-loss")
    ask("enqueue", "act", "--payload", act("kept"), "--key", "act/kept")
    ask("enqueue", "act", "--payload", act("another"), "--key", "act/kept")
    ask("enqueue", "act", "--payload", act("another"), "--key", "act/kept", "--keep-existing")
    later = ask("enqueue", "sleeper", "--payload", '{"milliseconds":1}', "--delay", "10m", "--queue", "slow")
    ask("enqueue", "sleeper", "--payload", '{"milliseconds":1}', "--at", "2030-03-29T07:30:00+07:00")
    with open(f"{work}/jobs.ndjson", "w") as file:
        for number in range(3):
            print(json.dumps({"kind": "bulk", "payload": {"n": number}, "queue": "bulk", "timeout": "5s",
                              "onWorkerLost": "quarantine", "key": f"bulk/{number}"}), file=file)
    ask("enqueue", "--from", f"{work}/jobs.ndjson")
    with open(f"{work}/schedules.yaml", "w") as file:
        file.write("""schedules:
  - name: nightly
    kind: sleeper
    cron: 30 2 * * *
    timezone: Asia/Ho_Chi_Minh
    payload: { milliseconds: 1 }
    queue: nights
    priority: 3
    catchUp: all
""")
    ask("schedules", "apply", f"{work}/schedules.yaml")
    ask("schedules", "list")
    ask("schedules", "trigger", "nightly")
    ask("schedules", "history", "nightly")
    ask("jobs", "list")
    ask("jobs", "show", kept)
    ask("jobs", "show", "00000000-0000-7000-8000-000000000000")
    ask("jobs", "cancel", later)
    ask("jobs", "wait", later)
    ask("jobs", "retry", later)
    ask("jobs", "cancel", later)
    ask("queues", "list")
    ask("workers", "list")
    ask("effects", "list")
    ask("doctor")
    proxy.end()


def worker():
    proxy = Proxy("worker")
    world = f"{work}/world"
    first = start("FaultyWorker", KIP_BROKER=proxy.endpoint, WORLD=world, RECONCILES="1")
    done = kip("enqueue", "act", "--payload", act("done"), "--wait")
    kip("enqueue", "act", "--payload", act("done"), "--wait")
    kip("enqueue", "act", "--payload", '{"nobody":"knows"}', "--wait")
    cancelled = kip("enqueue", "sleeper", "--payload", '{"milliseconds":60000}')
    time.sleep(1.5)
    kip("jobs", "cancel", cancelled)
    end(first)
    # An effect that certainly did not happen, in a world that cannot be written.
    helpless = start("FaultyWorker", KIP_BROKER=proxy.endpoint, WORLD="/nowhere/world")
    kip("enqueue", "act", "--payload", act("helpless"), "--max-attempts", "1", "--wait")
    end(helpless)
    # An effect in doubt: who began it is killed, another looks it up.
    doubtful = start("FaultyWorker", KIP_BROKER=proxy.endpoint, WORLD=world)
    kip("enqueue", "act", "--payload", act("doubtful", 30000))
    time.sleep(2)
    end(doubtful, signal.SIGKILL)
    seer = start("FaultyWorker", KIP_BROKER=proxy.endpoint, WORLD=world, RECONCILES="1", PLACES="1")
    time.sleep(7)
    # The broker goes and comes again while a job runs.
    global serving
    long = kip("enqueue", "sleeper", "--payload", '{"milliseconds":9000}')
    time.sleep(1)
    end(serving)
    serving = broker()
    kip("jobs", "wait", long)
    # A drain: one runs, two wait in the worker and are given back.
    for _ in range(3):
        kip("enqueue", "sleeper", "--payload", '{"milliseconds":1500}')
    time.sleep(0.5)
    end(seer)
    proxy.end()


def effects():
    proxy = Proxy("effects")
    doubtful = start("FaultyWorker", KIP_BROKER=broker_endpoint, WORLD=f"{work}/world")
    kip("enqueue", "act", "--payload", act("asked", 30000))
    time.sleep(2)
    end(doubtful, signal.SIGKILL)
    time.sleep(4)
    kip("effects", "list", "--state", "uncertain", to=proxy.endpoint)
    kip("effects", "resolve", "act/asked", "--done", '"by hand"', to=proxy.endpoint)
    kip("effects", "list", to=proxy.endpoint)
    kip("effects", "show", "act/asked", to=proxy.endpoint)
    proxy.end()


def children():
    proxy = Proxy("children")
    office = {"KIP_OFFICE_PROFILE": f"{repository}/deploy/example/office.yaml"}
    sample = subprocess.run([f"{build}/kip", "cases", "sample", "--count", "50"], cwd=work, capture_output=True,
                            env={**os.environ, **office}).stdout
    subprocess.run([f"{build}/kip", "cases", "import", "-"], cwd=work, input=sample, capture_output=True,
                   env={**os.environ, **office})
    process = start("kip", "worker", "--broker", proxy.endpoint, "--name", "office/1", "--concurrency", "1", **office)
    kip("enqueue", "late-case-sweep", "--payload", '{"asOf": "2024-03-29"}', "--wait")
    time.sleep(1)
    end(process)
    proxy.end()


def scripts():
    """What scripts say in JSON, on REQ and DEALER sockets; also a worker in JSON, which nothing forbids."""
    proxy = Proxy("scripts")
    asking = context.socket(zmq.REQ)
    asking.connect(proxy.endpoint)

    def say(header, *payloads):
        asking.send_multipart([b"KIP/1+json", json.dumps(header).encode(), *[json.dumps(p).encode() for p in payloads]])
        return json.loads(asking.recv_multipart()[1])

    job = "01900000-0000-7000-8000-00000000000"
    say({"enqueue": {"jobs": [
        {"id": job + "1", "kind": "json-job", "queue": "json", "uniqueKey": "demo-1", "priority": 3, "timeoutMs": "1000",
         "backoff": {"baseMs": "10", "factor": 2, "capMs": "100", "jitter": 0.5}, "keyConflict": "KEEP_EXISTING",
         "onWorkerLost": "QUARANTINE", "maxAttempts": 4},
        {"id": job + "2", "kind": "json-job", "queue": "json"}]}}, {"a": 1}, {"b": "Lan"})
    say({"request": "7", "enqueue": {"jobs": [{"id": job + "1", "kind": "json-job", "uniqueKey": "demo-1"}]}}, {"a": 2})
    say({"enqueue": {"jobs": [{"kind": ""}]}}, {})
    say({"showJob": {"id": job + "1"}})
    say({"listJobs": {"kind": "json-job", "limit": 5}})
    say({"states": {"ids": [job + "1", job + "9"]}})
    say({"listQueues": {}})
    say({"ping": {}})
    name = "01900000-0000-7000-8000-0000000000aa"
    worker = context.socket(zmq.DEALER)
    worker.connect(proxy.endpoint)

    def tell(header, *payloads):
        worker.send_multipart([b"KIP/1+json", json.dumps(header).encode(), *[json.dumps(p).encode() for p in payloads]])

    def hear():
        assert worker.poll(5_000)
        return json.loads(worker.recv_multipart()[1])

    tell({"request": 1, "hello": {"workerId": name, "name": "script", "kinds": ["json-job"],
                                  "queues": ["json"], "credit": 2}})
    session, leased = None, []
    tell({"heartbeat": {"workerId": name, "session": "1"}})
    while session is None or len(leased) < 2:
        answer = hear()
        if "welcome" in answer:
            session = answer["welcome"]["session"]
        leased += answer.get("work", {}).get("jobs", [])
    tell({"heartbeat": {"workerId": name, "session": session, "holding": [j["id"] for j in leased]}})
    hear()
    tell({"request": 3, "beginEffect": {"workerId": name, "session": session, "jobId": leased[0]["id"],
                                        "attempt": 1, "key": "json/1"}})
    hear()
    tell({"request": 4, "settleEffect": {"workerId": name, "session": session, "jobId": leased[0]["id"],
                                         "attempt": 1, "key": "json/1", "settlement": "DONE"}}, "sent")
    hear()
    tell({"request": 5, "results": {"workerId": name, "session": session, "results": [
        {"id": leased[0]["id"], "attempt": 1, "outcome": "SUCCEEDED",
         "children": [{"id": job + "3", "kind": "json-child", "queue": "json"}]},
        {"id": leased[1]["id"], "attempt": 1, "outcome": "FAILED", "error": "not today", "retryAfterMs": "5"}]}},
        {"answer": 42}, {"child": True}, "")
    hear()
    tell({"goodbye": {"workerId": name, "session": session}})
    time.sleep(0.5)
    say({"cancelJobs": {"ids": [job + "2", job + "3"], "by": "script"}})
    for socket in (asking, worker):
        socket.close(0)
    proxy.end()


serving = broker()
for part in (client, worker, effects, children, scripts):
    print(part.__name__, flush=True)
    part()
end(serving)
subprocess.run(["protoc", f"--proto_path={os.path.dirname(proto)}", f"--descriptor_set_out={work}/set", proto], check=True)
with open(f"{work}/set", "rb") as descriptor, open(f"{out}/kip.descriptor", "w") as file:
    file.write(base64.encodebytes(descriptor.read()).decode())
