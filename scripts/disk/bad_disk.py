"""A disk that fails by plan: a broker (or an office) works while some sync, write, open, truncate or rename answers EIO or
ENOSPC, writes one half, or takes long. What was confirmed is there afterwards, also on a disk that has lost for ever what a
failed sync should have written; and what was refused as not stored is not there."""
import contextlib, json, os, random, shutil, subprocess, tempfile, threading, time

from . import environment, facts, powercuts, preload, replay

OFFICE_CALLS = ("sync", "sync", "write", "open", "truncate", "rename", "link", "unlink")
OFFICE_FILES = ("office.db-wal", "office.db-wal", "office.db", ".pdf", "office.last", "")
CALLS = ("sync", "sync", "sync", "write", "write", "open", "truncate")
FILES = ("kip.db-wal", "kip.db-wal", "kip.db", "kip.journal", "")
FAULTS = ("EIO", "EIO", "ENOSPC", "SHORT", "SLOW700")


def plan(calls=CALLS, files=FILES):
    """One to three faults, such as “sync@kip.db-wal:17:EIO”."""
    def one():
        call, file = random.choice(calls), random.choice(files)
        number = random.choice((random.randint(1, 12), random.randint(5, 60), random.randint(20, 150)))
        fault = random.choice([fault for fault in FAULTS if call == "write" or fault != "SHORT"])
        return f"{call}@{file}:{number}{random.choice(('', '', '+'))}:{fault}"
    return ",".join(one() for _ in range(random.choice((1, 1, 2, 3))))


class Prober(threading.Thread):
    """Sends jobs once, and notes those that the broker says it has not stored."""

    def __init__(self, Client, endpoint):
        super().__init__(daemon=True)
        self.client, self.stopping, self.denied, self.unknown = Client(endpoint), threading.Event(), [], 0

    def run(self):
        while not self.stopping.is_set():
            identity = facts.uuid7()
            body = json.dumps({"request": identity[:8], "enqueue": {"jobs": [{"id": identity, "kind": "probe"}]}})
            with contextlib.suppress(Exception):
                self.client.socket.send_multipart([b"KIP/1+json", body.encode(), b"{}"], 1)
            end = time.monotonic() + 0.5
            while time.monotonic() < end and self.client.socket.poll(50):
                answer = json.loads(self.client.socket.recv_multipart()[1])
                error = answer.get("error", {})
                if "nothing was stored" in error.get("message", ""):
                    self.denied.append(identity)
                self.unknown += error.get("code") == "unknown"
                break
            time.sleep(0.01)
        self.client.close()

    def stop(self):
        self.stopping.set()
        self.join()


def run(options, House, Client):
    end, tries, confirmed, lost, doubled = time.monotonic() + options.seconds, 0, 0, [], []
    counts = {"rounds of the office": 0, "ended by itself": 0, "refused to start": 0, "said unknown": 0, "said not stored": 0}
    folder = tempfile.mkdtemp(prefix="kip-disk-")
    library = preload(folder)
    while tries == 0 or time.monotonic() < end:
        # One that was reported can be tried again.
        given = os.environ.get("KIP_DISK_PLAN")
        if tries % 4 == 3 or given and "office" in given:
            faults = given or plan(OFFICE_CALLS, OFFICE_FILES)
            seen = office_round(options, House, Client, library, faults, counts)
        else:
            faults = given or plan()
            seen = broker_round(options, House, Client, library, faults, counts)
        lost += [f"[{faults}] {text}" for text in seen[1]]
        doubled += [f"[{faults}] {text}" for text in seen[2]]
        tries, confirmed = tries + 1, confirmed + seen[0]
    shutil.rmtree(folder)
    note = ", ".join(f"{count} {what}" for what, count in counts.items())
    if lost or doubled:
        note = "; ".join((lost + doubled)[:4])
    return {"fault": "a disk that fails by plan", "tries": tries, "confirmed": confirmed, "lost": len(lost),
            "doubled": len(doubled), "note": note}


def broker_round(options, House, Client, library, faults, counts):
    house = House(options, lease=1.0)
    lost = []
    try:
        house.disk, house.records = (os.path.join(house.folder, name) for name in ("disk", "records"))
        for folder in (house.disk, house.records):
            os.mkdir(folder)
        house.data = os.path.join(house.disk, "data")
        good = {**house.environment, **environment(library, house.disk, house.records)}
        good.pop("KIP_DISK_PLAN", None)
        house.environment = {**good, "KIP_DISK_PLAN": faults}
        house.start_broker()
        house.environment = good
        known = facts.Facts()
        producer, worker = facts.Producer(Client(house.endpoint), known, 0.02), facts.Worker(house.endpoint, known)
        prober = Prober(Client, house.endpoint)
        for thread in (producer, worker, prober):
            thread.start()
        stop, had_served = time.monotonic() + random.uniform(1.5, 3), False
        while time.monotonic() < stop:
            time.sleep(0.05)
            had_served = had_served or bool(known.list)
            if house.broker.poll() is None:
                continue
            # As systemd does. The disk is well again.
            if house.broker.returncode < 0:
                lost.append(f"the broker died of signal {-house.broker.returncode}")
            counts["ended by itself" if had_served else "refused to start"] += 1
            house.start_broker()
        house.broker.kill()
        house.broker.wait()
        # What is refused now was refused to one who will ask again.
        for thread in (producer, worker, prober):
            thread.stopping.set()
        denied = list(prober.denied)
        counts["said unknown"] += prober.unknown
        counts["said not stored"] += len(denied)
        then = known.until()
        del house.environment["LD_PRELOAD"]
        doubled = check(house, Client, house.disk, then, denied, "the disk", lost)
        for how in ("kept", "dropped", "some"):
            doubled += gate(house, Client, then, denied, how, lost)
        # Ends the producer, which goes on until it is answered.
        house.start_broker()
        for thread in (producer, worker, prober):
            thread.join()
        house.confirmed = {}
        return len(then["enqueued"]), lost, doubled
    finally:
        house.end()


def office_round(options, House, Client, library, faults, counts):
    """An office whose disk fails: numbers that were told stay, there is no gap and no double, and work goes on."""
    counts["rounds of the office"] += 1
    house, lost, doubled = House(options, lease=2.0), [], []
    try:
        house.disk, house.records = (os.path.join(house.folder, name) for name in ("disk", "records"))
        for folder in (house.disk, house.records):
            os.mkdir(folder)
        powercuts.use_office(house)
        plain = dict(house.environment)
        plain.pop("KIP_DISK_PLAN", None)
        good = {**plain, **environment(library, house.disk, house.records)}
        bad = {**good, "KIP_DISK_PLAN": faults}
        house.environment = plain
        house.start_broker()
        known, client = facts.Facts(), Client(house.endpoint)
        if powercuts.import_cases(house, plain, bad) != 0 and powercuts.import_cases(house, plain, good) != 0:
            lost.append("case files are not imported when the disk is well again")
        house.environment = bad
        worker = house.spawn(house.program("kip"), "worker", "--concurrency", "2")
        house.environment = good
        client.ask({"enqueue": {"jobs": [{"kind": "late-case-sweep"}]}}, [b'{"asOf": "2024-03-29"}'])
        stop = time.monotonic() + random.uniform(2, 4)
        while time.monotonic() < stop:
            powercuts.letters(house, client, known, time.monotonic() + 0.2)
            if worker.poll() is not None:
                if worker.returncode < 0:
                    lost.append(f"the worker died of signal {-worker.returncode}")
                counts["ended by itself" if known.list else "refused to start"] += 1
                worker = house.spawn(house.program("kip"), "worker", "--concurrency", "2")
        worker.kill()
        worker.wait()
        then = known.until()
        lost += [f"the disk: {text}" for text in powercuts.lost_numbers(house, house.disk, then, plain)]
        for how in ("kept", "dropped", "some"):
            image = rebuild(house, how)
            lost += [f"after a power cut ({how}): {text}" for text in powercuts.lost_numbers(house, image, then, plain)]
            shutil.rmtree(image, ignore_errors=True)
        house.environment = plain
        house.workers.append(house.spawn(house.program("kip"), "worker", "--concurrency", "4"))
        numbers = rest(house, client, plain)
        lost += [f"there is no number {n}" for n in range(1, max(numbers, default=0) + 1) if n not in numbers]
        doubled += [f"number {n} was given twice" for n in set(numbers) if numbers.count(n) > 1]
        client.close()
        return len(numbers), lost, doubled
    finally:
        house.end()


def rest(house, client, plain):
    """Waits until every letter has its number, and returns the numbers. What is uncertain waits for a person."""
    end = time.monotonic() + 90
    while time.monotonic() < end:
        time.sleep(0.3)
        answer, _ = client.ask({"listJobs": {"limit": 1000}})
        jobs = answer["jobList"].get("jobs", [])
        if all(job["state"] in ("SUCCEEDED", "UNCERTAIN", "QUARANTINED", "DEAD", "HELD") for job in jobs):
            break
    else:
        raise RuntimeError(f"the office does not come to an end: {[j for j in jobs if j['state'] != 'SUCCEEDED'][:3]}")
    listed = subprocess.run([house.program("kip"), "letters", "list", "--json"], env=plain, capture_output=True, text=True,
                            cwd=house.folder, check=True)
    return sorted(json.loads(line)["number"] for line in listed.stdout.splitlines())


def rebuild(house, how):
    disk, image = replay.Disk(), os.path.join(house.folder, "image")
    for record in replay.records(house.records):
        disk.take(record)
    for path, content in disk.image(random, how).items():
        path = os.path.join(image, os.path.relpath(path, house.disk))
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with open(path, "wb") as file:
            file.write(content)
    return image


def gate(house, Client, then, denied, how, lost):
    """A power cut after all that: what a failed sync should have written is lost with the rest that was not synced."""
    image = rebuild(house, how)
    try:
        if os.environ.get("KIP_KEEP_IMAGES"):
            shutil.copytree(house.records, os.environ["KIP_KEEP_IMAGES"] + "/records", dirs_exist_ok=True)
        return check(house, Client, image, then, denied if how != "some" else [], f"after a power cut ({how})", lost)
    finally:
        shutil.rmtree(image, ignore_errors=True)


def check(house, Client, image, then, denied, where, lost):
    missing, doubled = powercuts.look(house, Client, image, then, denied)
    lost += [f"{where}: {text}" for text in missing]
    return [f"{where}: {text}" for text in doubled]
