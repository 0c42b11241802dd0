import Foundation
import OwnThread
import Testing

/// Schedules as an operator meets them.
@Suite(.serialized, .ownThread) struct ScheduleTests {
    private static let rules = """
        schedules:
          - {name: first, rule: first working day of the month at 07:30, kind: k, jitter: 5m, overlap: skip}
          - {name: daily, rule: every working day at 07:30, kind: k}
          - {name: seconds, cron: 15 30 7 L * *, kind: k}
        """

    /// Lists of days off of this year and the next that leave nothing of the next 40 days.
    private static func fortyDaysOff() -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: "Asia/Ho_Chi_Minh") ?? .gmt
        let days = (0..<40).map {
            calendar.dateComponents([.year, .month, .day], from: Date.now.addingTimeInterval(Double($0) * 86_400))
        }
        let year = days[0].year ?? 0
        return [year, year + 1].map { year in
            let off = days.filter { $0.year == year }
                .map { String(format: "%04d-%02d-%02d", year, $0.month ?? 0, $0.day ?? 0) }
            return "\"\(year)\":\n  off: [\(off.joined(separator: ", "))]\n"
        }.joined()
    }

    private func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    private func nextAt(_ name: String, in house: House) throws -> Int64? {
        for line in try house.kip("schedules", "list", "--json").lines {
            let schedule = try object(line)
            if schedule["name"] as? String == name { return (schedule["nextAt"] as? NSNumber)?.int64Value }
        }
        return nil
    }

    @Test("a broker without an office counts Monday to Friday; “next” shows ten of the times that it will fire for")
    func withoutOffice() throws {
        let house = try House()
        func kip(_ words: String..., input: String? = nil) throws -> House.Result {
            try house.run(
                "env", ["-u", "KIP_OFFICE_PROFILE", "KIP_OFFICE=/nowhere", House.kip.path] + words, input: input)
        }
        let broker = try house.start(
            "-u", "KIP_OFFICE_PROFILE", "KIP_OFFICE=/nowhere", House.kip.path, "broker",
            program: URL(fileURLWithPath: "/usr/bin/env"))
        defer { House.end(broker) }
        let applied = try kip("schedules", "apply", "-", input: Self.rules)
        #expect(applied.code == 0, "\(applied.error)")
        #expect(applied.out.contains("first working day of the month at 07:30"))
        #expect(applied.error.contains("kip: added: daily, first, seconds"), "\(applied.error)")
        let again = try kip("schedules", "apply", "-", "--json", input: Self.rules)
        #expect(again.out == #"{"added":[],"changed":[],"removed":[]}"# + "\n")
        let next = try kip("schedules", "next", "daily")
        #expect(next.error.isEmpty, "\(next.error)")
        #expect(next.lines.count == 10)
        #expect(next.lines.allSatisfy { $0.hasSuffix("07:30:00 +07") && !$0.hasPrefix("S") })
        let json = try kip("schedules", "next", "daily", "--json", "--limit", "1")
        let first = try object(json.out)["at"] as? NSNumber
        #expect(try nextAt("daily", in: house) == first?.int64Value)
        let monthly = try kip("schedules", "next", "first", "--limit", "3")
        #expect(monthly.lines.count == 3)
        #expect(monthly.error.contains("up to 5 m later"))
        #expect(try kip("schedules", "next", "seconds").lines.allSatisfy { $0.hasSuffix("07:30:15 +07") })
        #expect(try kip("schedules", "next", "daily", "--limit", "0").code == 64)
    }

    @Test(
        "the broker goes by the office's days off, and by new ones when it starts again; “next” says where it differs")
    func daysOff() throws {
        let house = try House()
        let list = house.folder.appendingPathComponent("off.yaml")
        try "\"2000\":\n  off: []\n".write(to: list, atomically: true, encoding: .utf8)
        var broker = try house.start("broker", "--days-off", "off.yaml")
        defer { House.end(broker) }
        #expect(try house.kip("schedules", "apply", "-", input: Self.rules).code == 0)
        let before = try #require(try nextAt("daily", in: house))
        #expect(Double(before) / 1000 < Date.now.timeIntervalSince1970 + 5 * 86_400)
        House.end(broker)

        try Self.fortyDaysOff().write(to: list, atomically: true, encoding: .utf8)
        broker = try house.start("broker", "--days-off", "off.yaml")
        let here = try house.kip("schedules", "next", "daily", "--json", "--days-off", "off.yaml")
        #expect(here.error.isEmpty, "\(here.error)")
        let after = try #require(try nextAt("daily", in: house))
        #expect(Double(after) / 1000 > Date.now.timeIntervalSince1970 + 39 * 86_400)
        #expect(here.lines.count == 10)
        #expect((try object(here.lines[0])["at"] as? NSNumber)?.int64Value == after)
        // With other days off the first time is the broker's all the same, and the difference is said.
        try "\"2000\":\n  off: []\n".write(
            to: house.folder.appendingPathComponent("none.yaml"), atomically: true, encoding: .utf8)
        let elsewhere = try house.kip("schedules", "next", "daily", "--json", "--days-off", "none.yaml")
        #expect((try object(elsewhere.lines[0])["at"] as? NSNumber)?.int64Value == after)
        #expect(elsewhere.lines.count == 10)
        #expect(elsewhere.error.contains("give the days off that the broker has"))
        #expect(elsewhere.error.contains("there is no list of days off for 20"))
    }

    @Test("a list of days off that cannot be read stops the broker by name, and so does one that is named and missing")
    func wrongDaysOff() throws {
        let house = try House()
        try "2024: [nonsense".write(
            to: house.folder.appendingPathComponent("off.yaml"), atomically: true, encoding: .utf8)
        let refused = try house.kip("broker", "--days-off", "off.yaml")
        #expect(refused.code == 65)
        #expect(refused.error.contains("off.yaml is not a list of days off"))
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("schedules", "apply", "-", input: Self.rules).code == 0)
        let missing = try house.kip("schedules", "next", "daily", "--days-off", "gone.yaml")
        #expect(missing.code == 66)
        #expect(missing.error.contains("gone.yaml is not there"))
    }

    @Test("pause and resume by hand, over a restart; a file states anew what pauses")
    func pause() throws {
        let house = try House()
        var broker = try house.start("broker")
        defer { House.end(broker) }
        let file = "schedules:\n  - {name: often, cron: '* * * * * *', kind: k}\n"
        #expect(try house.kip("schedules", "apply", "-", input: file).code == 0)
        let paused = try house.kip("schedules", "pause", "often")
        #expect(paused.code == 0, "\(paused.error)")
        #expect(paused.out.contains("paused"))
        let next = try house.kip("schedules", "next", "often")
        #expect(next.lines.count == 10)
        #expect(next.error.contains("“often” is paused"))
        House.end(broker)
        broker = try house.start("broker")
        #expect(try nextAt("often", in: house) == nil)
        func firings() throws -> Int { try house.kip("schedules", "history", "often", "--json").lines.count }
        let before = try firings()
        // Longer than the schedule's second; nothing is waited for that could come sooner.
        Thread.sleep(forTimeInterval: 1.5)
        #expect(try firings() == before)
        #expect(try house.kip("schedules", "resume", "often").code == 0)
        #expect(try nextAt("often", in: house) != nil)
        let deadline = Date.now.addingTimeInterval(20)
        while try firings() <= before, Date.now < deadline { Thread.sleep(forTimeInterval: 0.1) }
        #expect(try firings() > before)
        #expect(try house.kip("schedules", "pause", "often").code == 0)
        #expect(try house.kip("schedules", "apply", "-", input: file).code == 0)
        #expect(try nextAt("often", in: house) != nil)
        let unknown = try house.kip("schedules", "pause", "sometimes")
        #expect(unknown.code == 65)
        #expect(unknown.error.contains("there is no schedule “sometimes”"))
        let nothing = try house.kip("schedules", "history", "sometimes")
        #expect(nothing.code == 65)
        #expect(nothing.error.contains("there is no schedule “sometimes”"))
    }
}
