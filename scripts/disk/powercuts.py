"""Power cuts by replay: broker and office work under load on a disk that records; then the disk is rebuilt as it may have
been left at many moments, and a real broker and a real office start on each."""
import base64, collections, contextlib, json, os, random, shutil, subprocess, time

from . import environment, facts, preload, replay

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
WAYS = ("kept", "dropped", "some", "pages", "sectors")


def run(options, House, Client):
    house = House(options, lease=2.0)
    try:
        house.disk, house.records = (os.path.join(house.folder, name) for name in ("disk", "records"))
        for folder in (house.disk, house.records):
            os.mkdir(folder)
        house.data = os.path.join(house.disk, "data")
        recorded = environment(preload(house.folder), house.disk, house.records)
        known = facts.Facts()
        work(house, Client, known, recorded, options.seconds)
        return cuts(house, Client, known, options)
    finally:
        house.end()


def work(house, Client, known, recorded, seconds):
    """The load: producers, a worker that hears every answer, a restart, a kill -9, and an office that gives numbers."""
    use_office(house)
    plain = dict(house.environment)
    house.environment.update(recorded)
    house.start_broker()
    import_cases(house, plain, house.environment)
    office = house.spawn(house.program("kip"), "worker", "--concurrency", "2")
    house.workers.append(office)
    producers = [facts.Producer(Client(house.endpoint), known, 0.02) for _ in range(2)]
    worker = facts.Worker(house.endpoint, known)
    for thread in [*producers, worker]:
        thread.start()
    client = Client(house.endpoint)
    client.ask({"enqueue": {"jobs": [{"kind": "late-case-sweep"}]}}, [b'{"asOf": "2024-03-29"}'])
    for number, end in enumerate((house.broker.terminate, house.broker.kill, None)):
        letters(house, client, known, time.monotonic() + seconds / 3)
        if end:
            (house.broker.terminate if number == 0 else house.broker.kill)()
            house.broker.wait(30)
            house.start_broker()
    letters(house, client, known, time.monotonic() + 1)
    for thread in [*producers, worker]:
        thread.stop()
    client.close()
    # The power is cut: nobody ends in good order.
    for process in (office, house.broker):
        process.kill()
        process.wait()
    house.environment = plain


def use_office(house):
    house.environment.update(
        KIP_OFFICE=os.path.join(house.disk, "office"), KIP_OFFICE_PROFILE=os.path.join(ROOT, "deploy/example/office.yaml"))


def import_cases(house, plain, environment):
    """Returns the exit code of the import."""
    cases = subprocess.run([house.program("kip"), "cases", "sample", "--count", "600"], env=plain, capture_output=True,
                           check=True, cwd=house.folder).stdout
    return subprocess.run([house.program("kip"), "cases", "import", "-"], input=cases, env=environment, stdout=house.log,
                          stderr=house.log, cwd=house.folder).returncode


def letters(house, client, known, end):
    """Hears of letters that have their official numbers, until a moment."""
    while time.monotonic() < end:
        time.sleep(0.1)
        listed, _ = client.ask({"listJobs": {"state": "SUCCEEDED", "kind": "apology-letter", "limit": 1000}})
        for job in listed["jobList"].get("jobs", []):
            if job["id"] in known.until()["numbered"]:
                continue
            _, payloads = client.ask({"showJob": {"id": job["id"]}})
            report = json.loads(payloads[1])
            if report.get("number"):
                known.hear("numbered", job["id"], report["number"])
        printed(house, client, known)


def printed(house, client, known):
    """Files in the print tray are whole and durable when no letter is under way."""
    tray = os.path.join(house.disk, "office", "print")
    with contextlib.suppress(FileNotFoundError):
        files = {name: os.path.getsize(os.path.join(tray, name)) for name in os.listdir(tray) if not name.startswith(".")}
        waiting, _ = client.ask({"listJobs": {"kind": "apology-letter", "state": "RUNNING", "limit": 1}})
        if not waiting["jobList"].get("jobs"):
            for name in set(files) - set(known.until()["printed"]):
                known.hear("printed", name, files[name])


def cuts(house, Client, known, options):
    everything = replay.records(house.records)
    shutil.rmtree(house.records)
    # From the first confirmed job on, there is something to lose.
    first = min(at for at, *_ in known.list)
    later = [number for number, record in enumerate(everything) if record.time >= first]
    count = options.images or max(10, min(400, int(options.seconds * 4)))
    moments = sorted(random.sample(later, min(count, len(later))))
    disk, at, ways = replay.Disk(), 0, collections.Counter()
    lost, doubled, confirmed = [], [], 0
    for number, moment in enumerate(moments):
        while at <= moment:
            disk.take(everything[at])
            at += 1
        until = everything[at].time - 1 if at < len(everything) else time.monotonic_ns()
        facts_then = known.until(until)
        how = WAYS[number % len(WAYS)]
        ways[how] += 1
        image = os.path.join(house.folder, "image")
        for path, content in disk.image(random, how).items():
            path = os.path.join(image, os.path.relpath(path, house.disk))
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
            with open(path, "wb") as file:
                file.write(content)
        confirmed += len(facts_then["enqueued"])
        missing, twice = look(house, Client, image, facts_then)
        lost += [f"cut {number} ({how}): {text}" for text in missing]
        doubled += [f"cut {number} ({how}): {text}" for text in twice]
        if (missing or twice) and os.environ.get("KIP_KEEP_IMAGES"):
            shutil.copytree(image, os.path.join(os.environ["KIP_KEEP_IMAGES"], f"{number}-{how}"))
        shutil.rmtree(image)
    numbers = len(known.until()["numbered"])
    note = f"{len(everything)} records; {', '.join(f'{n} {way}' for way, n in ways.items())}; {numbers} official numbers"
    if lost or doubled:
        note = "; ".join((lost + doubled)[:5])
    return {"fault": "power cuts by replay", "tries": len(moments), "confirmed": confirmed, "lost": len(lost),
            "doubled": len(doubled), "note": note}


def look(house, Client, image, then, denied=()):
    """Starts broker and office on an image. Returns what is lost, and what would be done twice.

    denied: jobs that were refused as not stored.
    """
    lost, doubled = [], []
    data, endpoint = os.path.join(image, "data"), f"ipc://{house.folder}/cut"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(house.folder + "/cut")
    log = os.path.join(house.folder, "cut.log")
    with open(log, "wb") as stderr:
        broker = subprocess.Popen(
            [house.program("kip"), "broker", "--data", data, "--bind", endpoint], env={**house.environment, "KIP_LOG": "warning"},
            cwd=house.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
    client = Client(endpoint)
    try:
        try:
            client.ask({"ping": {}}, patience=30)
        except TimeoutError:
            return [f"the broker did not start ({broker.poll()}): {open(log, errors='replace').read()[-300:]}"], []
        if "nothing is handed out" in open(log, errors="replace").read():
            lost.append("the broker is held")
        lost += lost_jobs(client, then)
        there = [i for i, state in states_of(client, denied).items() if state != "STATE_UNSPECIFIED"]
        lost += [f"job {i} was refused as not stored, and is there" for i in there]
        effects(client, then, lost, doubled)
        lost += lost_numbers(house, image, then)
    finally:
        client.close()
        broker.kill()
        broker.wait()
    return lost, doubled


def states_of(client, ids):
    states, ids = {}, list(ids)
    for start in range(0, len(ids), 1000):
        answer, _ = client.ask({"states": {"ids": ids[start:start + 1000]}})
        states.update(zip(ids[start:start + 1000], answer["stateList"].get("states", [])))
    return states


def lost_jobs(client, then):
    lost = []
    # A worker may hear that a job is recorded before the producer has heard that it is there.
    states = states_of(client, {**then["enqueued"], **then["recorded"]})
    missing = [i for i in then["enqueued"] if states.get(i, "STATE_UNSPECIFIED") == "STATE_UNSPECIFIED"]
    undone = [i for i in then["recorded"] if states.get(i) != "SUCCEEDED"]
    lost += [f"confirmed job {i} is not there" for i in missing]
    lost += [f"recorded job {i} is {states.get(i)}" for i in undone]
    for identity in random.sample(list(then["recorded"]), min(20, len(then["recorded"]))):
        if states.get(identity) == "SUCCEEDED":
            _, payloads = client.ask({"showJob": {"id": identity}})
            if payloads[1].decode() != then["recorded"][identity]:
                lost.append(f"the result of {identity} is {payloads[1][:80]}")
    return lost


def effects(client, then, lost, doubled):
    """A begun effect that is not known any more would be done again."""
    answer, _ = client.ask({"listEffects": {"prefix": "did/", "limit": 10000}})
    found = {effect["key"]: effect for effect in answer["effectList"].get("effects", [])}
    if answer["effectList"].get("more"):
        raise RuntimeError("more than 10,000 effects; fewer --seconds")
    doubled += [f"effect {key} was begun and is not known" for key in then["begun"] if key not in found]
    for key, receipt in then["settled"].items():
        effect = found.get(key, {})
        if base64.b64decode(effect.get("receipt", "")).decode() != receipt:
            lost.append(f"the receipt of {key} is not there: {effect}")


def lost_numbers(house, image, then, environment=None):
    if not then["numbered"] and not then["printed"]:
        return []
    office = os.path.join(image, "office")
    listed = subprocess.run([house.program("kip"), "letters", "list", "--json", "--office", office],
                            env=environment or house.environment, capture_output=True, text=True, cwd=house.folder)
    if listed.returncode != 0:
        return [f"the register cannot be read: {listed.stderr[-300:]}"]
    known = {str(json.loads(line).get("number")) for line in listed.stdout.splitlines()}
    lost = [f"the official number {number} of job {job} is not in the register"
            for job, number in then["numbered"].items() if str(number) not in known]
    for name, size in then["printed"].items():
        path = os.path.join(office, "print", name)
        if not os.path.exists(path) or os.path.getsize(path) != size:
            lost.append(f"the printed letter {name} is not there, or not whole")
    data = os.path.join(image, "data")
    data = data if os.path.exists(data) else house.data
    verdict = subprocess.run([house.program("kip"), "audit", "verify", "--office", office, "--data", data],
                             env=environment or house.environment, capture_output=True, text=True, cwd=house.folder)
    if verdict.returncode != 0:
        lost.append(f"the record is not whole: {verdict.stderr[-300:]}")
    return lost
