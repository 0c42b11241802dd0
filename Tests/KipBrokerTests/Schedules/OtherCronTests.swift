import Foundation
import KipCore
import Testing

@testable import KipBroker

/// Cron against an independent implementation: croniter, which Debian has (`python3-croniter`, 1.3.5), with the time zones of
/// Python's zoneinfo.
@Suite struct OtherCronTests {
    private static let python = "/usr/bin/python3"
    private static let hasPython = FileManager.default.isExecutableFile(atPath: python)

    /// 250 expressions, `#` and `L` among them, each with its next twelve times from a moment of the years 2000 to 2045.
    ///
    /// croniter counts days and hours as if the clocks never changed; zoneinfo says at which moments these are. Where clocks
    /// change, the script goes by the rule of `CronExpression`: a time that is left out is the first moment after the gap, and
    /// one that is repeated is meant once, the first time. (croniter by itself fires a time in the gap an hour late, or not
    /// at all, and a repeated one twice.)
    ///
    /// Left out is what croniter 1.3.5 gets wrong, or reads differently, each where it is marked with a number.
    private static let script = """
        import calendar, datetime, random, sys, zoneinfo
        try:
            from croniter import CroniterBadDateError, croniter
        except ImportError:
            sys.exit("python3-croniter is not installed; scripts/setup installs it")
        zone, utc = zoneinfo.ZoneInfo(sys.argv[1]), datetime.timezone.utc
        random.seed(sys.argv[1])
        MONTHS = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()
        DAYS = "SUN MON TUE WED THU FRI SAT".split()

        def field(low, high, names=None, steps=range(1, 8)):
            def value(number):
                return names[number - low] if names and random.random() < 0.4 and number - low < len(names) else str(number)
            def part():
                a, b = sorted((random.randint(low, high), random.randint(low, high)))
                if a == b:
                    return value(a)
                return random.choice((value(a), f"{value(a)}-{value(b)}", f"{a}-{b}/{random.randint(1, 7)}"))
            dice = random.random()
            if dice < 0.35:
                return "*"
            if dice < 0.5:
                return f"*/{random.choice(steps)}"
            return ",".join(part() for _ in range(random.choice((1, 1, 2, 3))))

        def day_of_month():
            # 1. In a month without its last day croniter skips the first days of the next one: of “1,31” the 1st of March. So
            # days from 29 on stand alone, and the steps end before them.
            dice = random.random()
            if dice < 0.1:
                return "L"
            return str(random.randint(29, 31)) if dice < 0.2 else field(1, 28, steps=(8, 9, 11, 13))

        def day_of_week():
            \"""For Kịp and for croniter, which writes the last Friday L5.\"""
            dice = random.random()
            if dice < 0.25:
                text = ",".join(f"{random.choice(DAYS + list('01234567'))}#{random.randint(1, 5)}"
                                for _ in range(random.choice((1, 1, 2))))
                return text, text
            if dice < 0.35:
                day = random.randint(0, 6)
                return f"{day}L", f"L{day}"
            text = field(0, 6, DAYS)
            return text, text

        def moment(local):
            \"""The moment, in seconds since 1970, at which the zone's clocks show a time, by the rule of Kịp.\"""
            def shown(second):
                return datetime.datetime.fromtimestamp(second, zone).replace(tzinfo=None)
            naive = calendar.timegm(local.timetuple())
            early, late = naive - 26 * 3600, naive + 26 * 3600
            first = int(local.replace(tzinfo=zone).timestamp())
            if shown(first) == local:
                return first
            while late - early > 1:
                middle = (early + late) // 2
                early, late = (middle, late) if shown(middle) < local else (early, middle)
            return late

        def start_time():
            \"""Half of them lie in the two days before a change of clocks, if one comes within 400 days.\"""
            start = random.randint(946684800, 2366841600)
            if random.random() < 0.5:
                return start
            def offset(second):
                return datetime.datetime.fromtimestamp(second, zone).utcoffset()
            change = next((day for day in range(400) if offset(start + day * 86400) != offset(start)), None)
            return start if change is None else start + change * 86400 - random.randint(0, 2 * 86400)

        made = 0
        while made < 250:
            day, (weekday, others) = day_of_month(), day_of_week()
            rest = [field(0, 59), field(0, 23), day, field(1, 12, MONTHS)]
            # 2. With an nth or a last weekday croniter forgets the days of the month.
            if ("#" in weekday or "L" in weekday) and not day.startswith("*"):
                rest[2] = day = "*"
            # 3. A field that begins with a star restricts as a step does, and makes the two days meet, as in Vixie cron;
            # croniter asks whether they shall.
            meet = day.startswith("*") or weekday.startswith("*")
            start = start_time()
            local = datetime.datetime.fromtimestamp(start, zone).replace(tzinfo=None)
            # It gives up after 30 years; Kịp searches all that the calendar has.
            other = croniter(" ".join(rest + [others]), local, day_or=not meet, max_years_between_matches=30)
            # 4. A list of all days of the week is a star for croniter.
            if other.expanded[4] == ["*"] and not meet:
                continue
            times = []
            try:
                # Of those in a gap several are one moment; of those that were repeated some may be over.
                while len(times) < 12:
                    at = moment(other.get_next(datetime.datetime))
                    if at > start and at not in times:
                        times.append(at)
            except CroniterBadDateError:
                # 5. Of two days of which one never comes, such as 30 February or any Monday, it finds neither.
                if not meet:
                    continue
            print(start, ",".join(map(str, times)) or "-", " ".join(rest + [weekday]), sep="\\t")
            made += 1
        """

    private static func run(_ zone: String) throws -> (lines: [Substring], error: String) {
        let process = Process()
        let files = ["out", "error"].map {
            FileManager.default.temporaryDirectory.appendingPathComponent("kip-cron-\(UUID().uuidString)-\($0)")
        }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", script, zone]
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOf: $0, encoding: .utf8) }
        return (texts[0].split(separator: "\n"), texts[1])
    }

    @Test(
        "250 random expressions have the twelve next times that croniter finds, in eight time zones",
        .enabled(if: hasPython, "there is no /usr/bin/python3"),
        arguments: [
            "UTC", "Asia/Ho_Chi_Minh", "Asia/Kathmandu", "Europe/Berlin", "America/New_York", "America/Havana",
            "Australia/Lord_Howe", "Pacific/Apia",
        ])
    func croniter(name: String) throws {
        let zone = try #require(TimeZone(identifier: name))
        let (lines, error) = try Self.run(name)
        try #require(lines.count == 250, "\(error)")
        var ordinals = 0
        for line in lines {
            let parts = line.split(separator: "\t").map(String.init)
            let (text, start) = (parts[2], try #require(Int64(parts[0])))
            let wanted = parts[1] == "-" ? [] : parts[1].split(separator: ",").compactMap { Int64($0) }
            let found = try CronExpression(text).nextTimes(
                12, after: Timestamp(milliseconds: start * 1000), in: zone
            ).map { $0.milliseconds / 1000 }
            #expect(Array(found.prefix(wanted.count)) == wanted, "\(text) after \(start)")
            // It gave up: what comes is far away.
            if wanted.count < found.count {
                let last = wanted.last ?? start
                #expect(found[wanted.count] - last > 28 * 365 * 86_400, "\(text) after \(start)")
            }
            if text.contains("#") { ordinals += 1 }
        }
        #expect(ordinals > 30)
    }
}
