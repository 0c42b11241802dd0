import Foundation
import KipCore
import Testing

@testable import KipBroker

/// Cron against an independent implementation: cronsim, which follows Debian's cron (`pip install cronsim`).
@Suite struct OtherCronTests {
    private static func python(_ script: String) -> String? {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let out = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? String(decoding: out, as: UTF8.self) : nil
    }

    static let hasCronsim = python("import cronsim") != nil

    /// 2,000 expressions, `#` and `L` among them, with their next twelve times from a moment of the years 2000 to 2060.
    private static let script = """
        import calendar, datetime, random, cronsim
        random.seed(19)
        NAMES = {"month": "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), "day": "SUN MON TUE WED THU FRI SAT".split()}
        def field(low, high, names=None):
            def value(number):
                return names[number - low] if names and random.random() < 0.4 and number - low < len(names) else str(number)
            def part():
                a, b = sorted((random.randint(low, high), random.randint(low, high)))
                step = random.randint(1, 7)
                # cronsim reads 6-6/4 as 6/4, from 6 on; for cron it is a range of one.
                if a == b:
                    return value(a)
                return random.choice((value(a), f"{value(a)}-{value(b)}", f"{a}-{b}/{step}", f"*/{step}"))
            return "*" if random.random() < 0.35 else ",".join(part() for _ in range(random.choice((1, 1, 2, 3))))
        def weekday():
            dice = random.random()
            day = random.choice(NAMES["day"] + list("01234567"))
            if dice < 0.25:
                return ",".join(f"{random.choice(NAMES['day'] + list('01234567'))}#{random.randint(1, 5)}" for _ in range(random.choice((1, 1, 2))))
            if dice < 0.35:
                return f"{random.randint(0, 7)}L"
            return field(0, 6, NAMES["day"])
        made = 0
        while made < 2000:
            day = "L" if random.random() < 0.1 else field(1, 31)
            text = " ".join((field(0, 59), field(0, 23), day, field(1, 12, NAMES["month"]), weekday()))
            start = datetime.datetime.utcfromtimestamp(random.randint(946684800, 2840140800))
            times = []
            try:
                found = cronsim.CronSim(text, start)
                for _ in range(12):
                    times.append(str(calendar.timegm(next(found).timetuple())))
            except StopIteration:
                pass
            except cronsim.CronSimError:
                # Such as the 30th of February alone, which it does not take.
                continue
            print(calendar.timegm(start.timetuple()), ",".join(times) or "-", text, sep="\\t")
            made += 1
        """

    @Test(
        "2,000 random expressions have the twelve next times that cronsim finds",
        .enabled(if: hasCronsim, "cronsim is not installed (pip install cronsim)"))
    func cronsim() throws {
        let lines = try #require(Self.python(Self.script)).split(separator: "\n")
        #expect(lines.count == 2_000)
        var ordinals = 0
        for line in lines {
            let parts = line.split(separator: "\t").map(String.init)
            let (text, start) = (parts[2], try #require(Int64(parts[0])))
            let wanted = parts[1] == "-" ? [] : parts[1].split(separator: ",").compactMap { Int64($0) }
            let found = try CronExpression(text).nextTimes(
                12, after: Timestamp(milliseconds: start * 1000), in: .gmt
            ).map { $0.milliseconds / 1000 }
            // cronsim gives up after 50 years.
            #expect(Array(found.prefix(wanted.count)) == wanted, "\(text) after \(start)")
            if wanted.count < 12, found.count > wanted.count {
                #expect(found[wanted.count] - start > 49 * 365 * 86_400)
            }
            if text.contains("#") { ordinals += 1 }
        }
        #expect(ordinals > 300)
    }
}
