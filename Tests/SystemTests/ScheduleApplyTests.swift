import Foundation
import KipClient
import KipCore
import OwnThread
import Testing

@testable import kip

/// “kip schedules apply”: whose set, what is removed, and what jobs ask for.
@Suite(.serialized, .ownThread) struct ScheduleApplyTests {
    private static func file(_ names: String..., more: String = "") -> String {
        names.isEmpty
            ? "schedules: []\n"
            : "schedules:\n" + names.map { "  - {name: \($0), cron: 0 7 * * *, kind: k\(more)}\n" }.joined()
    }

    private func names(_ house: House) throws -> [String] {
        try house.kip("schedules", "list", "--json").lines.map { line in
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            return "\(object["owner"] ?? "")/\(object["name"] ?? "")"
        }
    }

    @Test("nothing is removed without a word: a file with fewer schedules, or none, is refused in a script")
    func removes() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("schedules", "apply", "-", input: Self.file("a", "b")).code == 0)
        for (text, words) in [
            (Self.file(), "the file has no schedules: this removes 2"), (Self.file("a"), "removes 1 schedule: b"),
        ] {
            let refused = try house.kip("schedules", "apply", "-", input: text)
            #expect(refused.code == 64)
            #expect(refused.error.contains(words), "\(refused.error)")
            #expect(try names(house) == ["/a", "/b"])
        }
        let dry = try house.kip("schedules", "apply", "-", "--dry-run", input: Self.file("a", "c"))
        #expect(dry.code == 0)
        #expect(dry.error.contains("would be added: c"), "\(dry.error)")
        #expect(dry.error.contains("would be removed: b"), "\(dry.error)")
        #expect(try names(house) == ["/a", "/b"])
        #expect(try house.kip("schedules", "apply", "-", "--remove", input: Self.file("a")).code == 0)
        #expect(try names(house) == ["/a"])
        #expect(try house.kip("schedules", "apply", "-", "--remove", input: Self.file()).code == 0)
        #expect(try names(house) == [])
    }

    @Test("an owner's file and a Swift client's call leave other owners' schedules alone")
    func owners() async throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("schedules", "apply", "-", "--owner", "office", input: Self.file("a")).code == 0)
        let client = try KipClient(endpoint: house.endpoint)
        let own = ScheduleRecord(
            name: "own", cron: "0 7 * * *", timeZone: "UTC", kind: "k", payload: "{}", queue: "", priority: 0,
            catchUp: "once", paused: false)
        #expect(try await client.apply([own], owner: "team").map(\.owner) == ["team"])
        #expect(try await client.apply([own], owner: "team", isDryRun: true).count == 1)
        await #expect(throws: KipClientError.self) { try await client.apply([], owner: "team") }
        await #expect(throws: KipClientError.self) { try await client.apply([own]) }
        #expect(try names(house) == ["office/a", "team/own"])
        let taken = try house.kip("schedules", "apply", "-", input: Self.file("a"))
        #expect(taken.code == 65)
        #expect(taken.error.contains("belongs to the owner “office”"), "\(taken.error)")
        try await client.apply([], owner: "team", removingAll: true)
        #expect(try names(house) == ["office/a"])
    }

    @Test("a schedule says what enqueue can say of a job; what is a single job's is refused by name, with the reason")
    func options() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let more =
            ", delay: 10, maxAttempts: 3, retry: '1s,5s', timeout: 30s, within: 1h30m, expires: 2h, hold: true, "
            + "concurrencyKey: one, concurrency: 2, onWorkerLost: quarantine, redact: true, keep: 7d, "
            + "ignoreKindOptions: true, queue: mail, priority: 5"
        let applied = try house.kip("schedules", "apply", "-", input: Self.file("a", more: more))
        #expect(applied.code == 0, "\(applied.error)")
        let id = try #require(try house.kip("schedules", "trigger", "a").lines.first)
        let shown = try house.kip("jobs", "show", id, "--json").out
        let object = try #require(try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any])
        let job = try #require(object["job"] as? [String: Any])
        #expect(job["state"] as? String == "held")
        #expect([job["maxAttempts"], job["timeout"], job["priority"]].compactMap { $0 as? Int } == [3, 30_000, 5])
        #expect([job["queue"], job["concurrencyKey"]].compactMap { $0 as? String } == ["mail", "one"])
        let created = try #require(job["createdAt"] as? Int)
        #expect(job["deadline"] as? Int == created + 5_400_000)
        let list = try house.kip("schedules", "list")
        #expect(list.out.contains("timeout 30 s"), "\(list.out)")
        #expect(list.out.contains("delay 10 s"), "\(list.out)")
        for key in ["key: x", "after: []", "at: x", "id: x"] {
            let refused = try house.kip("schedules", "apply", "-", input: Self.file("a", more: ", \(key)"))
            #expect(refused.code == 65)
            #expect(refused.error.contains("is not a setting of a schedule: "), "\(refused.error)")
        }
        for wrong in ["timeout: soon", "maxAttempts: many", "onWorkerLost: cry", "concurrency: 2", "maxAttempts: -1"] {
            let refused = try house.kip("schedules", "apply", "-", input: Self.file("a", more: ", \(wrong)"))
            #expect(refused.code == 65, "\(wrong)")
            #expect(refused.error.contains("schedule “a”: “\(wrong.split(separator: ":")[0])”"), "\(refused.error)")
        }
    }

    @Test(
        "durations are read one way: units, several of them, a bare number of seconds, as they are printed",
        arguments: [
            ("500ms", 500), ("30s", 30_000), ("30", 30_000), ("1.5", 1_500), ("10m", 600_000), ("1h30m", 5_400_000),
            ("1 h 30 m", 5_400_000), ("2d", 172_800_000), ("0", 0), ("1m500ms", 60_500),
        ] as [(String, Int64)])
    func durations(text: String, milliseconds: Int64) throws {
        #expect(try TimeText.duration(text, "--x") == .milliseconds(milliseconds))
        let words = Duration.milliseconds(milliseconds).words
        #expect(try TimeText.duration(words, "--x") == .milliseconds(milliseconds))
    }

    @Test(
        "moments are read as they are typed, on this machine's clocks, and as commands print them",
        arguments: [
            ("2024-03-29", 1_711_645_200), ("2024-03-29 07:30", 1_711_672_200), ("2024-03-29T07:30", 1_711_672_200),
            ("2024-03-29 07:30:05", 1_711_672_205), ("2024-03-29 07:30:00 +07", 1_711_672_200),
            ("2024-03-29 07:30:00 -0330", 1_711_710_000), ("2024-03-29T07:30:00Z", 1_711_697_400),
        ] as [(String, Int64)])
    func moments(text: String, seconds: Int64) throws {
        let zone = try #require(TimeZone(identifier: "Asia/Ho_Chi_Minh"))
        #expect(try TimeText.localMoment(text, "--at", in: zone).milliseconds == seconds * 1_000)
        let printed = LocalTime.text(seconds * 1_000, in: zone)
        #expect(try TimeText.localMoment(printed, "--at", in: zone).milliseconds == seconds * 1_000)
    }

    @Test("a time that the clocks leave out is refused, and one that they show twice is one of the two")
    func clockChange() throws {
        let zone = try #require(TimeZone(identifier: "Europe/Berlin"))
        #expect(throws: Failure.self) { try TimeText.localMoment("2024-03-31 02:30", "--at", in: zone) }
        #expect(try TimeText.localMoment("2024-03-31 03:00", "--at", in: zone).milliseconds == 1_711_846_800_000)
        let twice = try TimeText.localMoment("2024-10-27 02:30", "--at", in: zone).milliseconds
        #expect([1_729_989_000_000, 1_729_992_600_000].contains(twice))
    }

    @Test(
        "what is no moment is none",
        arguments: [
            "", "2024-02-30", "2024-3-9", "29/03/2024", "2024-03-29 24:00", "2024-03-29 7:30", "2024-03-29 07:30 ",
        ])
    func noMoment(text: String) {
        #expect(throws: Failure.self) { try TimeText.localMoment(text, "--at") }
    }

    @Test(
        "what is no duration is none",
        arguments: ["", "s", "1x", "-5s", "1h-30m", "m10", "1..5s", "½h", "inf", "0x10", "1e3"])
    func noDuration(text: String) {
        #expect(throws: Failure.self) { try TimeText.duration(text, "--x") }
    }
}
