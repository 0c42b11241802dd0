"""What a broker has said: each fact with the moment at which it was heard, in nanoseconds of CLOCK_MONOTONIC."""
import json, random, threading, time, uuid

import zmq

KINDS = ("plain", "effect")


def uuid7():
    value = int(time.time() * 1000) << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    return str(uuid.UUID(int=value))


class Facts:
    def __init__(self):
        self.lock, self.list = threading.Lock(), []

    def hear(self, what, name, value=None):
        with self.lock:
            self.list.append((time.monotonic_ns(), what, name, value))

    def until(self, moment=None):
        """By what they say: the names and values that were known at a moment."""
        known = {"enqueued": {}, "recorded": {}, "begun": {}, "settled": {}, "numbered": {}, "printed": {}}
        with self.lock:
            for at, what, name, value in self.list:
                if moment is None or at <= moment:
                    known[what][name] = value
        return known


class Producer(threading.Thread):
    """Enqueues small messages of jobs, with the same ids until they are confirmed."""

    def __init__(self, client, facts, pause):
        super().__init__(daemon=True)
        self.client, self.facts, self.pause, self.stopping, self.trouble = client, facts, pause, threading.Event(), None
        self.effects = 0

    def run(self):
        try:
            while not self.stopping.is_set():
                self.enqueue()
                time.sleep(random.uniform(0, self.pause))
        except Exception as error:  # noqa: BLE001 - it is told at the end
            self.trouble = error
        self.client.close()

    # Of each producer: a list of effects has 10,000 rows at the most.
    MOST_EFFECTS = 4_500

    def enqueue(self):
        jobs, payloads = [], []
        for _ in range(random.choice((1, 1, 5, 40))):
            kind = "effect" if self.effects < self.MOST_EFFECTS and random.random() < 0.33 else "plain"
            self.effects += kind == "effect"
            job = {"id": uuid7(), "kind": kind}
            if random.random() < 0.1:
                job["uniqueKey"] = "key/" + job["id"]
            if random.random() < 0.1:
                job["delayMs"] = str(random.randint(1, 3000))
            jobs.append(job)
            payloads.append(json.dumps({"padding": "x" * random.choice((0, 100, 100, 3000, 20000))}).encode())
        answer, _ = self.client.ask({"enqueue": {"jobs": jobs}}, payloads)
        if "enqueued" not in answer:
            raise RuntimeError(f"refused: {answer}")
        for job in jobs:
            self.facts.hear("enqueued", job["id"], job["kind"])

    def stop(self):
        self.stopping.set()
        self.join()
        if self.trouble:
            raise self.trouble


class Worker(threading.Thread):
    """Runs jobs at once, in the protocol's own steps, and hears what is recorded, begun and settled."""

    def __init__(self, endpoint, facts):
        super().__init__(daemon=True)
        self.facts, self.stopping = facts, threading.Event()
        self.endpoint, self.id = endpoint, str(uuid.uuid4())
        self.session, self.held, self.asked, self.number = None, {}, {}, 0

    def run(self):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(self.endpoint)
        beat = heard = 0.0
        while not self.stopping.is_set():
            now = time.monotonic()
            if now - heard > 1.5:
                self.session = None
            if now >= beat:
                beat = now + 0.4
                self.greet() if self.session is None else self.say({"heartbeat": {}})
                # What was not answered is said again.
                for job in list(self.held.values()):
                    self.step(job)
            while self.socket.poll(100):
                frames = self.socket.recv_multipart()
                heard = time.monotonic()
                self.take(json.loads(frames[1]), frames[2:])
        self.socket.close()

    def stop(self):
        self.stopping.set()
        self.join()

    def greet(self):
        self.number += 1
        holding = [{"id": job["id"], "attempt": job["attempt"]} for job in self.held.values()]
        self.say({"request": str(self.number), "hello": {
            "name": "facts", "kinds": KINDS, "credit": 200, "holding": holding}})

    def say(self, body, *payloads):
        (name,) = [name for name in body if name != "request"]
        body[name]["workerId"] = self.id
        if name != "hello":
            body[name]["session"] = self.session
        self.socket.send_multipart([b"KIP/1+json", json.dumps(body).encode(), *payloads])

    def step(self, job):
        """The next thing to say of a job."""
        if self.session is None:
            return
        about = {"jobId": job["id"], "attempt": job["attempt"], "key": "did/" + job["id"]}
        if job["state"] == "result":
            result = {"id": job["id"], "attempt": job["attempt"], "outcome": "SUCCEEDED"}
            return self.say({"results": {"results": [result]}}, self.result(job))
        self.number += 1
        self.asked[str(self.number)] = job
        if job["state"] == "begin":
            self.say({"request": str(self.number), "beginEffect": about})
        else:
            self.say({"request": str(self.number), "settleEffect": {**about, "settlement": "DONE"}}, self.result(job))

    @staticmethod
    def result(job):
        return json.dumps("did " + job["id"]).encode()

    def take(self, header, payloads):
        if "welcome" in header and header.get("request") == str(self.number):
            self.session = header["welcome"]["session"]
            for refused in header["welcome"].get("refused", []):
                self.held.pop(refused["id"], None)
        elif "work" in header and header["work"]["session"] == self.session:
            for job in header["work"]["jobs"]:
                self.held[job["id"]] = {"id": job["id"], "attempt": job["attempt"],
                                        "state": "begin" if job["kind"] == "effect" else "result"}
                self.step(self.held[job["id"]])
        elif "recorded" in header:
            for result in header["recorded"]["results"]:
                self.held.pop(result["id"], None)
                if result["status"] == "RECORDED":
                    self.facts.hear("recorded", result["id"], json.dumps("did " + result["id"]))
        elif "effectStanding" in header:
            self.stand(header["effectStanding"]["standing"], self.asked.pop(header.get("request"), None))
        elif header.get("error", {}).get("code") == "unknown-session":
            self.session = None

    def stand(self, standing, job):
        if job is None or job["id"] not in self.held:
            return
        key = "did/" + job["id"]
        if standing == "BEGUN":
            self.facts.hear("begun", key)
            job["state"] = "settle"
        elif standing in ("SETTLED", "DONE"):
            if standing == "SETTLED":
                self.facts.hear("settled", key, json.dumps("did " + job["id"]))
            job["state"] = "result"
        else:
            return self.held.pop(job["id"], None)
        self.step(job)
