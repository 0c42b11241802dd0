"""Recomputes a report's figures from its raw data, naively: plain loops, whole numbers, no cleverness.

Written from the rules in words, not from the program that it checks. Usage: naive_report.py FOLDER...
Each folder holds world.json and cases.csv; the figures are written there as naive.json.
"""
import csv
import datetime
import json
import sys
import unicodedata

ONE_DAY = datetime.timedelta(days=1)


def day(text):
    if text == "":
        return None
    if "/" in text:
        d, m, y = text.split("/")
        return datetime.date(int(y), int(m), int(d))
    return datetime.date.fromisoformat(text)


def same(text):
    """How names are compared."""
    text = unicodedata.normalize("NFC", text).lower().replace("–", "-")
    return " ".join(text.split()).strip(".;,-• ")


def last_of_month(year, month):
    following = datetime.date(year + 1, 1, 1) if month == 12 else datetime.date(year, month + 1, 1)
    return following - ONE_DAY


def months(year, first, last):
    return datetime.date(year, first, 1), last_of_month(year, last)


def period(text):
    if ".." in text:
        first, last = text.split("..")
        return day(first), day(last)
    if "-" not in text:
        return months(int(text), 1, 12)
    year, part = text.split("-")
    year = int(year)
    if part[0] == "Q":
        quarter = int(part[1])
        return months(year, quarter * 3 - 2, quarter * 3)
    if part == "H1":
        return months(year, 1, 6)
    if part == "H2":
        return months(year, 7, 12)
    if part == "9M":
        return months(year, 1, 9)
    return months(year, int(part), int(part))


def period_before(text):
    if ".." in text:
        first, last = period(text)
        length = last - first
        end = first - ONE_DAY
        return end - length, end
    if "-" not in text:
        return period(str(int(text) - 1))
    year, part = text.split("-")
    year = int(year)
    if part[0] == "Q":
        return period("%d-Q%d" % ((year - 1, 4) if part == "Q1" else (year, int(part[1]) - 1)))
    if part == "H1":
        return period("%d-H2" % (year - 1))
    if part == "H2":
        return period("%d-H1" % year)
    if part == "9M":
        return period("%d-9M" % (year - 1))
    return period("%d-%02d" % ((year - 1, 12) if part == "01" else (year, int(part) - 1)))


def in_period(case, start, end):
    if case["received"] > end:
        return False
    if case["resolved"] is not None and case["resolved"] < start:
        return False
    return True


def due_on(case, date):
    """The promised date as it is known on a day: moved by a time in which the clock stood, once that is over. A result
    while it stood is in time, if it had stood by the promised date."""
    due = case["promised"]
    if case["stood"] is None:
        return due
    first, until, result = *case["stood"], case["resolved"]
    came_meanwhile = result is not None and first <= result and (until is None or result < until)
    over = result if came_meanwhile else until
    if case["moved"] is not None and over is not None and over <= date:
        due = case["moved"]
    if came_meanwhile and result <= date and first <= due:
        due = max(due, result)
    return due


def is_late_and_open(case, end):
    """The promised date has passed, and the clock was not stopped by then and stands since."""
    if due_on(case, end) >= end:
        return False
    if case["stood"] is not None:
        first, until = case["stood"]
        stands = first <= end and (until is None or until > end)
        if stands and first <= due_on(case, end):
            return False
    return True


def row(cases, start, end):
    """The eleven numbers of the official form."""
    total = online = direct = carried = 0
    resolved = early = on_time = late = 0
    pending = pending_in_time = pending_overdue = 0
    for case in cases:
        if not in_period(case, start, end):
            continue
        total += 1
        if case["received"] < start:
            carried += 1
        elif case["channel"] == "trực tuyến":
            online += 1
        else:
            direct += 1
        if case["resolved"] is not None and case["resolved"] <= end:
            resolved += 1
            due = due_on(case, end)
            if case["resolved"] < due:
                early += 1
            if case["resolved"] == due:
                on_time += 1
            if case["resolved"] > due:
                late += 1
        else:
            pending += 1
            if is_late_and_open(case, end):
                pending_overdue += 1
            else:
                pending_in_time += 1
    return [total, online, direct, carried, resolved, early, on_time, late, pending, pending_in_time, pending_overdue]


def late_cases(cases, start, end):
    found = []
    for case in cases:
        if not in_period(case, start, end):
            continue
        if case["resolved"] is not None and case["resolved"] <= end:
            if case["resolved"] > due_on(case, end):
                found.append(case)
        elif is_late_and_open(case, end):
            found.append(case)
    return found


def apologies(cases, letters, start, end):
    late = in_time = afterwards = without = 0
    for case in late_cases(cases, start, end):
        late += 1
        if case["code"] not in letters:
            without += 1
        elif day(letters[case["code"]]) <= due_on(case, end):
            in_time += 1
        else:
            afterwards += 1
    return [late, in_time, afterwards, without]


def by(cases, key, start, end):
    table = {}
    for name in sorted({case[key] for case in cases}):
        table[name] = row([case for case in cases if case[key] == name], start, end)
    return table


def judge(number, whole, rule):
    if number is None:
        return "noData"
    if rule[0] == "rank":
        return "met" if number <= rule[1] else "notMet"
    if whole == 0:
        return "nothing"
    # Whole numbers on both sides: nothing is rounded.
    if rule[0] == "at least":
        return "met" if number * 100 >= rule[1] * whole else "notMet"
    if rule[0] == "more than":
        return "met" if number * 100 > rule[1] * whole else "notMet"
    if rule[0] == "less than":
        return "met" if number * 100 < rule[1] * whole else "notMet"
    raise ValueError(rule)


def points(now, before):
    """Hundredths of a percentage point, rounded half away from zero."""
    if now is None or before is None or now[1] == 0 or before[1] == 0:
        return None
    top = (now[0] * before[1] - before[0] * now[1]) * 10000
    whole = now[1] * before[1]
    return (2 * abs(top) + whole) // (2 * whole) * (1 if top >= 0 else -1)


def case_targets(cases, letters, fields, spans):
    """T1 to T6 by DOMAIN.md, section 2."""
    verdicts = {}

    def put(name, measure, rule):
        values = [measure(*span) for span in spans]
        verdicts[name] = [values[0], values[1], points(*values), judge(values[0][0], values[0][1], rule)]

    def on_time(some):
        def measure(start, end):
            numbers = row(some, start, end)
            return [numbers[5] + numbers[6], numbers[4]]
        return measure

    def late(some):
        def measure(start, end):
            numbers = row(some, start, end)
            return [numbers[7], numbers[4]]
        return measure

    for field in fields:
        own = [case for case in cases if case["field"] == field]
        if field == "Xử lý đơn":
            put("T2 " + field, on_time(own), ("at least", 98))
        elif field == "Khiếu nại, tố cáo":
            put("T3 " + field, on_time(own), ("at least", 95))
        elif field in ("Đất đai", "Đầu tư"):
            put("T4 " + field, late(own), ("less than", 2))
        else:
            put("T1 " + field, on_time(own), ("at least", 100))
    branch = "Chi nhánh Văn phòng Đăng ký đất đai"
    # 98 % in the body, 97 % in the appendix: the stricter one.
    put("T5 " + branch, on_time([case for case in cases if case["unit"] == branch]), ("at least", 98))

    def apologised(start, end):
        numbers = apologies(cases, letters, start, end)
        return [numbers[1], numbers[0]]

    put("T6 Toàn quận", apologised, ("at least", 100))
    return verdicts


def indicator_value(values, unit, name, combine, start, end, counted_to):
    own = [value for value in values if value["unit"] == unit and value["indicator"] == name]
    for value in own:
        if period(value["period"]) == (start, end):
            return [value["numerator"], value["denominator"]]
    inside = []
    for value in own:
        first, last = period(value["period"])
        if start <= first and last <= end:
            inside.append((first, last, value))
    if combine == "latest":
        best = None
        for first, last, value in inside:
            if best is None or last > best[1] or (last == best[1] and first < best[0]):
                best = (first, last, value)
        return None if best is None else [best[2]["numerator"], best[2]["denominator"]]
    number = whole = taken = 0
    cursor = start
    while True:
        best = None
        for first, last, value in inside:
            if first == cursor and (best is None or last > best[1]):
                best = (first, last, value)
        if best is None:
            break
        number += best[2]["numerator"]
        whole += best[2]["denominator"]
        taken += 1
        cursor = best[1] + ONE_DAY
    if taken == 0 or (counted_to == end and cursor <= end):
        return None
    return [number, whole]


INDICATORS = {
    # name: (who, how shorter periods combine, rule)
    "T9.1": ("wards and office", "sum", ("more than", 50)),
    "T13.2": ("wards", "latest", ("at least", 55)),
    "T14": (["tai-chinh"], "latest", ("more than", 95)),
    "T17": (["noi-vu"], "latest", ("rank", 5)),
}


def standing(values, as_of):
    """The last word of each unit, indicator and period that was known on the day."""
    words = {}
    for value in values:
        if day(value["receivedOn"]) > as_of:
            continue
        key = (value["unit"], value["indicator"], value["period"])
        if key not in words or day(value["receivedOn"]) >= day(words[key]["receivedOn"]):
            words[key] = value
    return list(words.values())


def indicator_targets(world, spans, counted_to, as_of):
    values = standing(world["indicators"], as_of)
    found = {}
    for name, (who, combine, rule) in INDICATORS.items():
        units = []
        for unit in world["units"]:
            if who == "wards" and unit["kind"] == "ward":
                units.append(unit["id"])
            elif who == "wards and office" and (unit["kind"] == "ward" or unit["id"] == "van-phong"):
                units.append(unit["id"])
            elif isinstance(who, list) and unit["id"] in who:
                units.append(unit["id"])
        sums = []
        missing = 0
        for place, (start, end) in enumerate(spans):
            number = whole = None
            for unit in units:
                got = indicator_value(values, unit, name, combine, start, end, counted_to if place == 0 else end)
                if got is None:
                    missing += 1 if place == 0 else 0
                    continue
                number = (number or 0) + got[0]
                whole = (whole or 0) + got[1]
            sums.append(None if number is None else [number, whole])
        verdict = judge(*(sums[0] or [None, None]), rule)
        found[name] = [sums[0], sums[1], verdict, missing]
    return found


def plan(world, start, end, as_of):
    done = set(world["done"])
    rows = {}
    for each in world["plans"]:
        for task in each["tasks"]:
            leads = {}
            for phrase in task["leads"]:
                for lead in world["leads"][phrase]:
                    leads[world["owners"].get(lead, lead)] = lead
            for place, milestone in enumerate(task["milestones"], 1):
                if milestone.get("suspect") is not None or milestone["kind"] != "by":
                    continue
                due = day(milestone["due"])
                for name, unit in leads.items():
                    numbers = rows.setdefault(name, [0, 0, 0, 0, 0])
                    numbers[0] += 1
                    if "%s/%d %s" % (task["id"], place, unit) in done:
                        numbers[1] += 1
                    elif due < as_of:
                        numbers[3] += 1
                    else:
                        numbers[2] += 1
                    if start <= due <= end:
                        numbers[4] += 1
    return rows


def moved_promise(promised, first, until, world):
    """A time in which the clock stood moves the promised date by the working days in it, unless it was late by then."""
    if first is None or until is None or first > promised:
        return None
    off = {day(text) for text in world["off"]}
    worked = {day(text) for text in world["worked"]}

    def works(date):
        return date in worked or (date.weekday() < 5 and date not in off)

    left = 0
    while first < until:
        left += 1 if works(first) else 0
        first += ONE_DAY
    while left > 0:
        promised += ONE_DAY
        left -= 1 if works(promised) else 0
    return promised


def read_cases(path, world):
    units = {}
    for unit in reversed(world["units"]):
        for text in [unit["id"], unit["name"]] + unit["aliases"]:
            units[same(text)] = unit["name"]
    fields = {same(field): field for field in world["fields"]}
    cases = []
    with open(path, encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            first, until = day(line["tam_dung_tu"]), day(line["tam_dung_den"])
            result = day(line["ngay_co_ket_qua"])
            came_meanwhile = None not in (first, result) and first <= result and (until is None or result < until)
            cases.append({
                "stood": None if first is None else (first, until),
                "moved": moved_promise(
                    day(line["ngay_hen_tra"]), first, result if came_meanwhile else until, world),
                "code": line["ma_ho_so"],
                "field": fields.get(same(line["linh_vuc"]), line["linh_vuc"]),
                "unit": units.get(same(line["don_vi"]), line["don_vi"]),
                "channel": line["hinh_thuc"],
                "received": day(line["ngay_tiep_nhan"]),
                "promised": day(line["ngay_hen_tra"]),
                "resolved": day(line["ngay_co_ket_qua"]),
            })
    return cases


def report(folder):
    with open(folder + "/world.json", encoding="utf-8") as file:
        world = json.load(file)
    cases = read_cases(folder + "/cases.csv", world)
    as_of = day(world["asOf"])
    start, end = period(world["period"])
    counted_to = min(end, as_of)
    before = period_before(world["period"])
    letters = {code: text for code, text in world["letters"].items() if day(text) <= as_of}
    spans = [(start, counted_to), before]
    fields = list(world["fields"])
    for case in cases:
        if case["field"] not in fields and in_period(case, start, counted_to):
            fields.append(case["field"])
    sections = {}
    for unit in sorted({case["unit"] for case in cases}):
        own = [case for case in cases if case["unit"] == unit]
        sections[unit] = {
            "fields": by(own, "field", start, counted_to),
            "apologies": apologies(own, letters, start, counted_to),
        }
    return {
        "total": row(cases, start, counted_to),
        "totalBefore": row(cases, *before),
        "fields": by(cases, "field", start, counted_to),
        "units": by(cases, "unit", start, counted_to),
        "sections": sections,
        "apologies": apologies(cases, letters, start, counted_to),
        "late": sorted(case["code"] for case in late_cases(cases, start, counted_to)),
        "verdicts": case_targets(cases, letters, fields, spans),
        "indicators": indicator_targets(world, [(start, end), before], counted_to, as_of),
        "plan": plan(world, start, end, as_of),
    }


for each in sys.argv[1:]:
    with open(each + "/naive.json", "w", encoding="utf-8") as out:
        json.dump(report(each), out, ensure_ascii=False)
