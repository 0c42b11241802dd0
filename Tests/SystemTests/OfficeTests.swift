import Foundation
import OwnThread
import Testing

@Suite(.serialized, .ownThread) struct OfficeDayTests {
    @Test("a day of the office: letters, notices and a report, each once, also when everything runs twice")
    func day() throws {
        let house = try House()
        let broker = try house.start("broker")
        let workers = try (0..<2).map { _ in try house.start("worker") }
        defer { House.end(workers[0], workers[1], broker) }
        try house.kip("plan", "import", House.root.appendingPathComponent("deploy/example/plan.yaml").path)
        let cases = try house.kip("cases", "sample", "--count", "300", "--seed", "7", "--as-of", "2024-03-29").out
        try cases.write(to: house.folder.appendingPathComponent("cases.csv"), atomically: true, encoding: .utf8)
        #expect(try house.kip("cases", "import", "cases.csv").out.hasPrefix("300 hồ sơ mới"))

        func sweep() throws {
            for (kind, payload) in [
                ("late-case-sweep", #"{"asOf": "2024-03-29"}"#), ("reminder-sweep", #"{"asOf": "2024-03-29"}"#),
                ("report-compilation", #"{"period": "2024-Q1", "asOf": "2024-03-29"}"#),
            ] {
                let result = try house.kip("enqueue", kind, "--payload", payload, "--wait")
                #expect(result.code == 0, "\(kind): \(result.error)")
            }
            #expect(try house.kip("jobs", "wait", "--idle", "--for", "240s").code == 0)
        }
        try sweep()
        let letters = try house.kip("letters", "list", "--json").lines
        let outbox = house.folder.appendingPathComponent("office/outbox").path
        let notices = try FileManager.default.contentsOfDirectory(atPath: outbox)
        #expect(letters.count > 5)
        #expect(notices.contains("2024-03-29-noi-vu.eml"))
        let numbers = letters.compactMap { line -> Int? in
            (try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["number"] as? Int
        }
        #expect(numbers.sorted() == Array(1...letters.count))

        try sweep()
        #expect(try house.kip("letters", "list", "--json").lines == letters)
        #expect(try FileManager.default.contentsOfDirectory(atPath: outbox).sorted() == notices.sorted())
        // One report, in each of its files.
        #expect(try house.kip("reports", "list", "--json").lines.count == 3)

        try house.kip("letters", "export", "--to", "letters")
        let files = try FileManager.default.contentsOfDirectory(
            atPath: house.folder.appendingPathComponent("letters").path)
        #expect(files.count == letters.count)
        let fonts = try house.run("pdffonts", ["letters/\(try #require(files.first))"]).lines.dropFirst(2)
        let families = Set(
            fonts.compactMap { $0.split(separator: "+").last?.split(whereSeparator: { "- ".contains($0) }).first })
        #expect(families.count == 1, "\(fonts)")
        #expect(fonts.allSatisfy { $0.contains(" yes yes yes ") })
    }

    @Test("workers that die while letters are written leave no gap in the numbers, no letter twice and none behind")
    func deaths() async throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        // On a busy machine a worker writes dozens between two looks: enough must be left for the last death.
        let cases = try house.kip("cases", "sample", "--count", "4500", "--seed", "11", "--as-of", "2024-03-29").out
        #expect(try house.kip("cases", "import", "-", input: cases).code == 0)
        func numbered() throws -> [(number: Int, file: String)] {
            try house.kip("letters", "list", "--json").lines.map { line in
                let letter = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return (try #require(letter?["number"] as? Int), try #require(letter?["fileName"] as? String))
            }
        }
        try house.kip("enqueue", "late-case-sweep", "--payload", #"{"asOf": "2024-03-29"}"#)
        for death in 1...5 {
            let worker = try house.start("worker")
            let before = try numbered().count
            #expect(try await until { try numbered().count > before + death })
            House.kill(worker)
        }
        let worker = try house.start("worker")
        defer { House.end(worker) }
        // A worker that died within the laying of a page leaves a doubt for a person; she has looked, and it is not there.
        #expect(
            try await until {
                for line in try house.kip("effects", "list", "--state", "uncertain", "--json").lines {
                    let effect = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    try house.kip("effects", "resolve", try #require(effect?["key"] as? String), "--redo")
                }
                // One that was killed with three workers waits for her, too.
                try house.kip("jobs", "retry", "--state", "quarantined")
                // In one look: between several a job could pass from one state to another.
                let queues = try house.kip("queues", "list", "--json").lines.map { line in
                    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                }
                return !queues.isEmpty
                    && queues.allSatisfy { queue in
                        ["available", "running", "scheduled", "uncertain", "quarantined"].allSatisfy {
                            queue[$0] as? Int == 0
                        }
                    }
            })
        let letters = try numbered()
        #expect(letters.count > 30)
        #expect(letters.map(\.number).sorted() == Array(1...letters.count))
        let tray = try FileManager.default.contentsOfDirectory(
            atPath: house.folder.appendingPathComponent("office/print").path)
        #expect(Set(letters.map(\.file)).subtracting(tray) == [])
        let audit = try house.kip(
            "letters", "audit", "--from", "2024-01-01", "--to", "2024-03-28", "--as-of", "2024-03-29", "--json")
        let rows = try audit.lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        // What has no letter waits for data, and nothing else.
        for row in rows where row["number"] == nil { #expect(row["lacks"] as? String != "") }
        #expect(Set(rows.filter { $0["number"] != nil }.compactMap { $0["verdict"] as? String }) == ["apologised"])
    }

    @Test("a cut-off file changes nothing, a bad row is named and written to the rejects")
    func imports() throws {
        let house = try House()
        let cases = try house.kip("cases", "sample", "--count", "20", "--seed", "3").out
        let cut = String(cases.dropLast(40))
        let refused = try house.kip("cases", "import", "-", input: cut)
        #expect(refused.code == 65)
        // There is no office yet, as nothing came into it.
        #expect(try house.kip("cases", "list", "--as-of", "2024-03-29").code == 66)
        let bad =
            cases.replacingOccurrences(of: "hinh_thuc", with: "hinh_thuc")
            + "000.00.01.H29-240101-9999,Thủ tục,Hộ tịch,Phòng Tư pháp,A,,,,,31/02/2024,05/03/2024,,,,,,,\r\n"
        try bad.write(to: house.folder.appendingPathComponent("b.csv"), atomically: true, encoding: .utf8)
        #expect(try house.kip("cases", "import", "b.csv", "--strict").code == 65)
        let result = try house.kip("cases", "import", "b.csv")
        #expect(result.out.contains("20 hồ sơ mới, 0 thay đổi, 0 giữ nguyên, 1 dòng không nhập được"))
        #expect(result.error.contains("b.csv:22: ngay_tiep_nhan"))
        let rejects = try String(contentsOf: house.folder.appendingPathComponent("b.csv.rejects.csv"), encoding: .utf8)
        #expect(rejects.contains("31/02/2024"))
        // The report is in one language, days are said as tables have them, and a code in any spelling.
        for word in ["rejected", "unchanged", "nothing was", "more row"] {
            #expect(!(result.out + result.error).contains(word), "\(result.out + result.error)")
        }
        #expect(result.error.contains("các dòng không nhập được nằm trong b.csv.rejects.csv"))
        let list = try house.kip("cases", "list", "--as-of", "29/03/2024", "--json")
        #expect(list.code == 0)
        let first = try JSONSerialization.jsonObject(with: Data(try #require(list.lines.first).utf8)) as? [String: Any]
        let code = try #require(first?["code"] as? String)
        #expect(try house.kip("cases", "show", code.lowercased()).out.contains(code))
        let mode =
            try FileManager.default.attributesOfItem(
                atPath: house.folder.appendingPathComponent("b.csv.rejects.csv").path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(
        "a dry run shows the first rows without citizens and what would change, and makes no office; days are asked about"
    )
    func dryRun() throws {
        let house = try House()
        let cases = try house.kip("cases", "sample", "--count", "20", "--seed", "3", "--as-of", "2024-03-29").out
        let trial = try house.kip("cases", "import", "-", "--dry-run", input: cases)
        #expect(trial.code == 0)
        #expect(trial.out.contains("sẽ là: 20 hồ sơ mới, 0 thay đổi, 0 giữ nguyên, 0 dòng không nhập được"))
        #expect(trial.out.contains("000.00.") && !trial.out.contains("028 3000"))
        #expect(try house.kip("cases", "list").code == 66)
        #expect(try house.kip("cases", "import", "-", input: cases).out.hasPrefix("20 hồ sơ mới"))
        let again = try house.kip("cases", "import", "-", "--dry-run", input: cases)
        #expect(again.out.contains("sẽ là: 0 hồ sơ mới, 0 thay đổi, 20 giữ nguyên, 0 dòng không nhập được"))
        let head = "Mã hồ sơ;Tên thủ tục;Lĩnh vực;Đơn vị;Ngày tiếp nhận;Ngày hẹn trả\r"
        let both = head + "BN-1;Khai sinh;Hộ tịch;Phòng Tư pháp;01/03/2024;08/03/2024\r"
        let asked = try house.kip("cases", "import", "-", input: both)
        #expect(asked.code == 65)
        #expect(asked.error.contains("--dates day-first"))
        #expect(try house.kip("cases", "import", "-", "--dates", "day-first", input: both).out.hasPrefix("1 hồ sơ mới"))
        // Not a word of a case file: an error, not an empty import.
        #expect(try house.kip("cases", "import", "-", input: head).code == 65)
    }

    @Test("settings are taken from the flag, then the variable, then kip.yaml, and a misspelt one is named")
    func settings() throws {
        let house = try House()
        let path = house.folder.appendingPathComponent("kip.yaml")
        func run(_ yaml: String, _ words: String...) throws -> House.Result {
            try yaml.write(to: path, atomically: true, encoding: .utf8)
            return try house.run("env", ["-u", "KIP_BROKER", House.kip.path] + words + ["--timeout", "0"])
        }
        #expect(try run("broker: ipc:///tmp/a-broker", "queues", "list").error.contains("ipc:///tmp/a-broker"))
        let flag = try run("broker: ipc:///tmp/a-broker", "queues", "list", "--broker", "ipc:///tmp/another")
        #expect(flag.error.contains("ipc:///tmp/another"))
        #expect(flag.code == 69)
        let wrong = try run("brokr: ipc:///tmp/a-broker", "queues", "list")
        #expect(wrong.code == 65)
        #expect(wrong.error.contains("kip.yaml: “brokr” is not a setting"))
        let list = try run("broker: [1]", "queues", "list")
        #expect(list.error.contains("“broker” is neither a text nor a number"))
    }

    @Test(
        "a schedule file that says something wrong is refused by name, and changes nothing",
        arguments: [
            (
                "{name: a, cron: 0 0 * * *, kind: k, priority: '5'}",
                "schedule “a”: “priority” is “5”, not a whole number"
            ),
            ("{name: a, cron: 0 0 * * *, kind: k, paused: 3}", "“paused” is “3”, not true or false"),
            ("{name: a, cron: 0 0 * * *, kind: k, timezone: 7}", "“timezone” is “7”, not text"),
            ("{name: a, cron: 0 0 * * *}", "“kind” is missing"),
            ("{name: a, kind: k}", "schedule “a”: “cron” is missing, such as “30 7 * * MON-FRI”, or “rule”"),
            (
                "{name: a, kind: k, cron: 0 0 * * *, rule: every working day at 07:30}",
                "schedule “a”: it has “cron” and “rule”; give one of the two"
            ),
            ("{name: a, kind: k, rule: every day at 07:30}", "schedule “a”: the rule “every day at 07:30”"),
            ("{name: a, kind: k, rule: 12th working day of the week at 07:30}", "never comes"),
            ("{name: a, kind: k, cron: 0 0 * * L}", "“FRIL”"),
            (
                "{name: a, kind: k, cron: 0 0 * * *, jitter: soon}",
                "“jitter” is “soon”, not a duration such as 30s, 5m or 1h"
            ),
            ("{name: a, kind: k, cron: 0 0 * * *, jitter: 2d}", "schedule “a”: “jitter” is “2d”; a day is the most"),
            ("{name: a, kind: k, cron: 0 0 * * *, overlap: wait}", "overlap is “wait”, not allow or skip"),
            ("{name: a, cron: 61 0 * * *, kind: k}", "schedule “a”"),
            ("{name: a, cron: 0 0 * * *, kind: k, timezone: Mars/Olympus}", "Mars/Olympus"),
            ("{name: a, cron: 0 0 * * *, kind: k, colour: red}", "“colour” is not a setting"),
        ])
    func wrongSchedules(schedule: String, reason: String) throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let text = "schedules:\n  - {name: good, cron: 0 0 * * *, kind: k}\n  - \(schedule)\n"
        let refused = try house.kip("schedules", "apply", "-", input: text)
        #expect(refused.code == 65)
        #expect(refused.error.contains(reason), "\(refused.error)")
        #expect(try house.kip("schedules", "list", "--json").lines.isEmpty)
    }

    @Test("the schedules that are shipped are taken, and a trigger enqueues")
    func schedules() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let file = House.root.appendingPathComponent("deploy/schedules.yaml").path
        let applied = try house.kip("schedules", "apply", file)
        #expect(applied.code == 0, "\(applied.error)")
        #expect(try house.kip("schedules", "trigger", "reminders").lines.count == 1)
        #expect(try house.kip("jobs", "list", "--kind", "reminder-sweep", "--json").lines.count == 1)
        #expect(
            try house.kip("schedules", "next", "reminders", "--limit", "3").lines.allSatisfy {
                $0.hasSuffix("07:30:00 +07")
            })
    }

    @Test("the calendar tells what is not certain, and how a term comes about")
    func calendar() throws {
        let house = try House()
        let checked = try house.kip("calendar", "check", "--years", "2024..2027")
        #expect(checked.code == 65)
        #expect(checked.lines.contains("2024  18/04/2024 Giỗ Tổ Hùng Vương: tính theo luật"))
        #expect(checked.lines.last?.hasPrefix("2027  chưa có danh sách ngày nghỉ chính thức") == true)
        #expect(try house.kip("calendar", "show", "2030").out.contains("thứ Sáu, ngày 01/02/2030: nghỉ, Tết Âm lịch"))
        #expect(try house.kip("calendar", "add-days", "2024-02-06", "3").lines == ["2024-02-16"])
        #expect(try house.kip("calendar", "add-days", "--", "2024-02-16", "-3").lines == ["2024-02-06"])
        let explained = try house.kip("calendar", "explain", "2024-02-06T15:30", "--working-days", "3")
        #expect(explained.lines.last == "Hạn cuối: 17:00, thứ Sáu, ngày 16/02/2024.")
        for wrong in [["2024-02-06"], ["2024-02-06T15:30"], ["2024-02-06T15:30", "--hours", "0"]] {
            #expect(try house.run(House.kip.path, ["calendar", "explain"] + wrong).code == 64, "\(wrong)")
        }
    }
}

@Suite(.serialized, .ownThread) struct PlanCommandTests {
    @Test("the plan on the command line: owners, standings, done and open again, each kept")
    func plan() throws {
        let house = try House()
        let plan = House.root.appendingPathComponent("deploy/example/plan.yaml").path
        let imported = try house.kip("plan", "import", plan)
        #expect(imported.out.hasPrefix("plan 04/KH-UBND: 92 tasks"))
        // Two tasks of the plan for 2024 are due “Trong năm 2023”; nothing else is doubtful, and all owners are known.
        #expect(imported.error.split(separator: "\n").count == 3, "\(imported.error)")
        #expect(imported.error.contains("1.7 “Trong năm 2023”"), "\(imported.error)")
        let trial = try house.kip("plan", "import", plan, "--dry-run", "--office", "nowhere")
        #expect(trial.code == 0)
        #expect(trial.out.contains("01/01/2024 – 31/03/2024"), "\(trial.out)")
        #expect(!FileManager.default.fileExists(atPath: house.folder.path + "/nowhere/office.db"))
        #expect(try house.kip("plan", "owners", "--strict").code == 0)
        func standing(_ milestone: String, _ date: String) throws -> String? {
            try house.kip("plan", "tasks", "--as-of", date, "--json").lines.compactMap { line -> String? in
                let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return row?["milestone"] as? String == milestone ? row?["standing"] as? String : nil
            }.first
        }
        #expect(try standing("2.2/1", "2024-04-01") == "overdue")
        let done = try house.kip("plan", "done", "2.2/1", "--by", "Lan", "--on", "2024-03-25", "--note", "KH 12")
        #expect(done.lines == ["2.2/1 of plan 04/KH-UBND: done since 2024-03-25"])
        #expect(try standing("2.2/1", "2024-04-01") == "done")
        #expect(try standing("2.2/1", "2024-03-24") == "soon")
        try house.kip("plan", "reopen", "2.2/1", "--by", "Bình", "--on", "2024-04-01")
        #expect(try standing("2.2/1", "2024-04-01") == "overdue")
        try house.kip("plan", "done", "1.4/1", "--unit", "noi-vu", "--by", "Lan", "--on", "2024-03-25")
        #expect(try house.kip("plan", "history", "--json").lines.count == 3)
        for (words, reason) in [
            (["1.4"], "task 1.4 has 3 milestones"), (["9.9"], "there is no milestone “9.9”"),
            (["1.4/1", "--unit", "cong-an"], "“cong-an” does not lead 1.4/1"),
        ] {
            let refused = try house.run(House.kip.path, ["plan", "done"] + words)
            #expect(refused.code == 65)
            #expect(refused.error.contains(reason), "\(refused.error)")
        }
        #expect(try house.kip("plan", "history", "--json").lines.count == 3)
    }

    @Test("owners that nobody knows are named, and fail where that is asked for")
    func strangers() throws {
        let house = try House()
        let plan = """
            plan: 1/KH
            issued: 2024-01-04
            agency: A
            tasks:
              - {id: "1", title: t, deliverables: [], leads: [Ông Ba], coordinators: [], deadline: d, milestones: []}
            """
        try plan.write(to: house.folder.appendingPathComponent("p.yaml"), atomically: true, encoding: .utf8)
        #expect(try house.kip("plan", "import", "p.yaml").error.contains("Ông Ba"))
        #expect(try house.kip("plan", "owners").code == 0)
        let strict = try house.kip("plan", "owners", "--strict")
        #expect(strict.code == 65)
        #expect(strict.out.contains("ông ba"))
    }
}
