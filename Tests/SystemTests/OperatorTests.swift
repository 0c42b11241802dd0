import Foundation
import OwnThread
import Testing

/// What operators and newcomers ask of the real program.
@Suite(.serialized, .ownThread) struct OperatorTests {
    private static let faulty = House.kip.deletingLastPathComponent().appendingPathComponent("FaultyWorker")

    private func object(_ line: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test("options of a Swift kind count for jobs from the shell, and “kinds list” shows them with an example")
    func kindOptions() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start(program: Self.faulty)
        defer { House.end(worker, broker) }
        #expect(try await until { try house.kip("kinds", "list", "--json").lines.count == 6 })
        let job = try #require(try house.kip("enqueue", "act", "--payload", #"{"name": "a"}"#).lines.first)
        let shown = try object(try house.kip("jobs", "show", job, "--json").out)
        #expect((shown["job"] as? [String: Any])?["maxAttempts"] as? Int == 3)
        #expect((shown["payload"] as? [String: Any])?["name"] as? String == "a")
        let plain = try #require(
            try house.kip("enqueue", "act", "--payload", #"{"name": "b"}"#, "--ignore-kind-options").lines.first)
        let other = try object(try house.kip("jobs", "show", plain, "--json").out)
        #expect((other["job"] as? [String: Any])?["maxAttempts"] as? Int == 20)
        let kind = try house.kip("kinds", "list", "shouter")
        #expect(kind.out.contains("attempts 1"), "\(kind.out)")
        #expect(kind.out.contains("loud: true or false, may be left out"), "\(kind.out)")
        #expect(kind.out.contains("text: text\n"), "\(kind.out)")
        #expect(kind.out.contains(#"kip enqueue shouter --payload '{"loud":true,"text":"hello"}'"#), "\(kind.out)")
        #expect(try house.kip("kinds", "list", "shoutr").error.contains("is “shouter” meant?"))
    }

    @Test("“kinds list” of one of the office's kinds shows its payload's fields, and an example that can be pasted")
    func officeKind() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start("worker")
        defer { House.end(worker, broker) }
        #expect(try await until { try house.kip("kinds", "list", "apology-letter").code == 0 })
        let kind = try house.kip("kinds", "list", "apology-letter")
        let example = #"{"asOf":"2024-03-29","caseCode":"H01.23-240301-0007","promise":1}"#
        let lines = [
            "asOf: text\n", "caseCode: text\n", "promise: number, may be left out\n",
            "kip enqueue apology-letter --payload '\(example)'\n",
        ]
        for line in lines { #expect(kind.out.contains(line), "\(line) in \(kind.out)") }
        let shown = try object(try house.kip("kinds", "list", "apology-letter", "--json").out)
        #expect((shown["example"] as? [String: Any])?["caseCode"] as? String == "H01.23-240301-0007")
        let fields = try #require(shown["fields"] as? [[String: Any]])
        #expect(fields.compactMap { $0["name"] as? String } == ["asOf", "caseCode", "promise"])
        // Notices are made by the sweep alone; the others have an example each.
        let all = try house.kip("kinds", "list", "--json").lines.map(object)
        let without = all.filter { $0["example"] == nil }.compactMap { $0["name"] as? String }
        #expect(without == ["kip-bench", "reminder-notice"], "\(without)")
    }

    @Test("a kind, a queue that no worker serves: done, with a word on stderr, and doctor and top show what waits")
    func unserved() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start("worker")
        defer { House.end(worker, broker) }
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 1 })
        let job = try house.kip("enqueue", "late-case-swep")
        #expect(job.code == 0)
        #expect(job.lines.count == 1)
        #expect(job.error.contains("no connected worker takes the kind “late-case-swep”"), "\(job.error)")
        #expect(job.error.contains("is “late-case-sweep” meant?"), "\(job.error)")
        #expect(try house.kip("enqueue", "kip-bench").error.isEmpty)
        let elsewhere = try house.kip("enqueue", "kip-bench", "--queue", "nosuch")
        #expect(elsewhere.error.contains("its workers serve “default”"), "\(elsewhere.error)")
        let lines = #"{"kind": "kip-bench"}"# + "\n" + #"{"kind": "nokind"}"#
        #expect(try house.kip("enqueue", "--from", "-", input: lines).error.contains("“nokind”"))
        for words in [["pause", "nosuch"], ["limit", "nosuch", "--weight", "2"], ["resume", "nosuch"]] {
            let said = try house.run(House.kip.path, ["queues"] + words)
            #expect(said.code == 0)
            #expect(said.error.contains("no connected worker serves the queue “nosuch”"), "\(said.error)")
        }
        #expect(try house.kip("kinds", "pause", "nokind").error.contains("no connected worker takes the kind “nokind”"))
        #expect(try !house.kip("queues", "pause", "default").error.contains("no connected worker"))
        let doctor = try house.kip("doctor", "--json")
        let findings = try doctor.lines.map(object)
        #expect(findings.contains { ($0["text"] as? String)?.contains("“late-case-swep”") == true }, "\(doctor.out)")
        #expect(Set(findings.compactMap { $0["grade"] as? String }).isSubset(of: ["good", "warning", "bad"]))
        let top = try house.kip("top")
        #expect(top.out.contains("no worker takes “"), "\(top.out)")
    }

    @Test("what a handler and a worker say cannot command the terminal, wherever it is shown")
    func terminal() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start(program: Self.faulty)
        let named = try house.start("worker", "--name", "evil\u{202E}name")
        defer { House.end(worker, named, broker) }
        let payload = #"{"text": "a\u001b[2J\r\n\u009b1m\u2028\u202ekip: all is well"}"#
        let job = try #require(
            try house.kip("enqueue", "shouter", "--payload", payload, "--wait").lines.first)
        let shows = [
            ["jobs", "show", job], ["jobs", "explain", job], ["jobs", "list"], ["queues", "list"], ["workers", "list"],
            ["jobs", "wait", job, "--results"], ["jobs", "show", job, "--follow"], ["top"], ["kinds", "list"],
            ["jobs", "show", job, "--json"], ["jobs", "list", "--json"], ["workers", "list", "--json"],
        ]
        for words in shows {
            let result = try house.run(House.kip.path, words)
            for text in [result.out, result.error] { checkHarmless(text, words) }
        }
        #expect(try house.kip("jobs", "show", job).out.contains(#"\x1b[2J\r\n\x9b1m"#))
    }

    @Test("effects, schedules, their history and the record cannot command the terminal, whatever is on disk")
    func terminalOfRows() async throws {
        let house = try House()
        var broker = try house.start("broker")
        let worker = try house.start(program: Self.faulty)
        let payload = #"{"name": "a", "before": 0, "after": 0}"#
        #expect(try house.kip("enqueue", "act", "--payload", payload, "--wait").code == 0)
        let schedules = "schedules:\n  - {name: s, cron: 0 0 1 1 *, kind: act}\n"
        #expect(try house.kip("schedules", "apply", "-", input: schedules).code == 0)
        #expect(try house.kip("schedules", "trigger", "s").code == 0)
        #expect(try house.kip("jobs", "wait", "--idle", "--for", "240s").code == 0)
        House.end(worker)
        #expect(try house.kip("backup", "copy.db").code == 0)
        House.end(broker)
        let evil = "a\u{1B}[2J\r\n\u{9B}1m\u{2028}\u{202E}kip: all is well"
        #expect(
            try house.kip("restore", "copy.db", "--reconcile", "--nothing-since", "--by", evil).code == 0)
        // As an earlier release, or a hand, may have written them.
        let script = """
            import sqlite3, sys
            database, evil = sqlite3.connect(sys.argv[1]), sys.argv[2]
            database.execute("UPDATE effects SET worker = ?, settled_by = ?, receipt = CAST(? AS BLOB)", (evil,) * 3)
            database.execute("UPDATE triggers SET by = ?", (evil,))
            for member in ("queue", "owner"):
                database.execute("UPDATE schedules SET definition = json_set(definition, '$.' || ?, ?)", (member, evil))
            database.commit()
            """
        let changed = try house.run(
            "/usr/bin/python3", ["-c", script, house.folder.path + "/data/kip.db", evil])
        #expect(changed.code == 0, "\(changed.error)")
        broker = try house.start("broker")
        defer { House.end(broker) }
        let shows = [
            ["effects", "list"], ["effects", "show", "act/a"], ["schedules", "list"], ["schedules", "history", "s"],
            ["audit", "list"],
        ]
        for words in shows {
            let text = try house.run(House.kip.path, words)
            #expect(text.code == 0 && text.out.contains(#"a\x1b[2J\r\n\x9b1m"#), "\(words): \(text.out)\(text.error)")
            let json = try house.run(House.kip.path, words + ["--json"])
            #expect(json.code == 0 && json.out.contains(#"a\u001b[2J\r\n\u009b1m"#), "\(words): \(json.out)")
            for out in [text.out, text.error, json.out, json.error] { checkHarmless(out, words) }
        }
    }

    /// Nothing in a text commands a terminal, or passes for a line of its own.
    private func checkHarmless(_ text: String, _ words: [String]) {
        let bad = text.unicodeScalars.filter {
            $0 != "\n" && ($0.properties.generalCategory == .control || [0x2028, 0x202E].contains($0.value))
        }
        #expect(bad.isEmpty, "\(words): \(bad.map(\.value))")
        #expect(!text.contains("\nkip: all is well"), "\(words)")
    }

    @Test("jobs by the beginning of an id; several that fit are named, and none is touched")
    func prefixes() async throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let ids = try (0..<2).map { _ in try #require(try house.kip("enqueue", "k", "--hold").lines.first) }
        let common = String(zip(ids[0], ids[1]).prefix { $0 == $1 }.map(\.0))
        for words in [["show"], ["explain"], ["cancel"], ["release"], ["retry"], ["wait", "--for", "1s"]] {
            let several = try house.run(House.kip.path, ["jobs"] + words + [common])
            #expect(several.code == 65, "\(words)")
            for id in ids { #expect(several.error.contains(id), "\(words): \(several.error)") }
        }
        let own = String(ids[0].prefix(common.count + 1))
        #expect(try house.kip("jobs", "show", own).out.contains(ids[0]))
        #expect(try house.kip("jobs", "release", own).out == ids[0] + "\n")
        #expect(try house.kip("jobs", "show", "ffffffff").code == 65)
        #expect(try house.kip("jobs", "show", "nothex").code == 64)
    }

    @Test("cancel by filter: a dry run changes nothing, and a script has to say that it is meant")
    func cancels() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let ids = try (0..<3).map { number in
            try #require(try house.kip("enqueue", "import", "--key", "file/\(number)").lines.first)
        }
        _ = try house.kip("enqueue", "other")
        let dry = try house.kip("jobs", "cancel", "--kind", "import", "--dry-run")
        #expect(Set(dry.lines) == Set(ids))
        let refused = try house.kip("jobs", "cancel", "--kind", "import")
        #expect(refused.code == 64)
        #expect(refused.error.contains("this cancels 3 jobs. Say --yes"), "\(refused.error)")
        #expect(try house.kip("jobs", "list", "--state", "cancelled", "--json").lines.isEmpty)
        #expect(try house.kip("jobs", "cancel", "--kind", "import", "--key", "file/1", "--yes").lines == [ids[1]])
        #expect(Set(try house.kip("jobs", "cancel", "--kind", "import", "--yes").lines) == [ids[0], ids[2]])
        #expect(try house.kip("jobs", "list", "--key", "file/2", "--json").lines.count == 1)
        #expect(try house.kip("jobs", "list", "--since", "1h", "--until", "1s", "--json").lines.count <= 4)
        let page = try house.kip("jobs", "list", "--limit", "2", "--json")
        #expect(page.lines.count == 2)
        let last = try #require(page.error.split(separator: " ").last.map { $0.trimmingCharacters(in: .newlines) })
        #expect(try house.kip("jobs", "list", "--limit", "9", "--json", "--before", last).lines.count == 2)
        let woken = try house.kip("jobs", "retry", "--state", "cancelled", "--kind", "import", "--dry-run")
        #expect(Set(woken.lines) == Set(ids))
        #expect(try house.kip("jobs", "retry", "--state", "cancelled", "--key", "file/0").lines == [ids[0]])
    }

    @Test(
        "logs: starts and ends of jobs with the worker's name, workers that come and go; as JSON; wrong words refused")
    func logLines() async throws {
        let house = try House()
        let env = URL(fileURLWithPath: "/usr/bin/env")
        let broker = try house.start("KIP_LOG=info", House.kip.path, "broker", program: env)
        let worker = try house.start(
            "KIP_LOG=debug", "KIP_LOG_FORMAT=json", House.kip.path, "worker", "--name", "desk", program: env)
        #expect(try house.kip("enqueue", "kip-bench", "--wait").code == 0)
        House.end(worker)
        #expect(try await until { try house.logs().contains("a worker has left") })
        House.end(broker)
        let lines = try house.logs().split(separator: "\n").map(String.init)
        let jobs = try lines.filter { $0.hasPrefix("{") }.map(object)
        let start = try #require(jobs.first { $0["message"] as? String == "a job starts" })
        let end = try #require(jobs.first { $0["message"] as? String == "a job has ended" })
        #expect(start["kind"] as? String == "kip-bench")
        #expect(start["attempt"] as? String == "1")
        #expect(end["outcome"] as? String == "succeeded")
        #expect(Int(end["ms"] as? String ?? "") != nil)
        #expect(jobs.allSatisfy { $0["worker"] as? String == "desk" })
        #expect(lines.contains { $0.contains("worker=desk") && $0.hasSuffix("a worker has come") }, "\(lines)")
        #expect(try house.run("env", ["KIP_LOG=loud", House.kip.path, "broker"]).code == 64)
        let form = try house.run("env", ["KIP_LOG_FORMAT=xml", House.kip.path, "worker"])
        #expect(form.code == 64)
        #expect(form.error.contains("neither text nor json"))
    }

    @Test("a file that was named and is not there ends the program with 66")
    func namedFiles() throws {
        let house = try House()
        let cases = [
            ["worker", "--profile", "none.yaml"], ["broker", "--days-off", "none.yaml"],
            ["schedules", "apply", "none.yaml"], ["enqueue", "--from", "none.ndjson"],
            ["enqueue", "k", "--payload-file", "none.json"], ["worker", "--credentials", "none.key"],
            ["jobs", "list", "--credentials", "none.key"], ["cases", "import", "none.csv"],
        ]
        for words in cases {
            let result = try house.run("timeout", ["20", House.kip.path] + words)
            #expect(result.code == 66, "\(words): \(result.code) \(result.error)")
            #expect(result.error.contains("none."), "\(words): \(result.error)")
        }
        #expect(try house.run("env", ["KIP_CONFIG=none.yaml", House.kip.path, "jobs", "list"]).code == 66)
    }

    @Test("audit verify, calendar add-days and doctor print objects, too")
    func objects() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("kinds", "pause", "k").code == 0)
        let chains = try house.kip("audit", "verify", "--json").lines.map(object)
        #expect(chains.count == 2)
        #expect(chains.allSatisfy { $0["lines"] as? Int == 1 })
        #expect(Set(chains.compactMap { $0["last"] as? String }).count == 1)
        let days = House.root.appendingPathComponent("deploy/example/days-off.yaml").path
        let end = try house.kip("calendar", "add-days", "2024-02-06", "3", "--json", "--days-off", days)
        #expect(end.out == #"{"date":"2024-02-16"}"# + "\n")
    }

    @Test("only of an endpoint that is in use a broker asks whether another one runs there")
    func endpointInUse() throws {
        let house = try House()
        let endpoint = "tcp://127.0.0.1:\(Int.random(in: 30_000...60_000))"
        let broker = try house.start("broker", "--bind", endpoint, "--bind", house.endpoint)
        defer { House.end(broker) }
        while try house.kip("workers", "list").code != 0 {}
        for used in [endpoint, house.endpoint] {
            let second = try house.kip("broker", "--data", "other", "--bind", used)
            #expect(second.code == 69)
            #expect(second.error.contains("Is another broker running there?"), "\(second.error)")
        }
        for wrong in ["tcp://127.0.0.1:0;0.0.0.0:7520", "tcp://192.0.2.1:7520", "tcp://nosuch0:7520", "ipc://@kip"] {
            let refused = try house.kip("broker", "--data", "other", "--bind", wrong)
            #expect(refused.code == 69)
            #expect(refused.error.contains("cannot listen on \(wrong): "), "\(refused.error)")
            #expect(!refused.error.contains("another broker"), "\(refused.error)")
        }
    }

    @Test("what is not UTF-8, and a key twice, is refused, on the command line, in files and in lines")
    func text() throws {
        let house = try House()
        let script = #"kip enqueue k --payload "$(printf '"a\377"')""#
        let word = try house.run("sh", ["-c", script])
        #expect(word.code == 65)
        #expect(word.error.contains("not UTF-8"), "\(word.error)")
        let file = house.folder.appendingPathComponent("payload.json")
        try Data([0x22, 0xFF, 0x22]).write(to: file)
        #expect(try house.kip("enqueue", "k", "--payload-file", file.path).error.contains("not UTF-8 (byte 2)"))
        #expect(try house.kip("schedules", "apply", file.path).code == 65)
        let lines = try house.run("sh", ["-c", #"printf '{"kind":"k","payload":"\377"}\n' | kip enqueue --from -"#])
        #expect(lines.code == 65)
        #expect(lines.error.contains("line 1: it is not UTF-8"), "\(lines.error)")
        for line in [#"{"kind":"a","kind":"b"}"#, #"{"kind":"a","payload":{"x":1,"x":2}}"#] {
            let twice = try house.kip("enqueue", "--from", "-", input: line)
            #expect(twice.code == 65)
            #expect(twice.error.contains("line 1: it has the key “"), "\(twice.error)")
        }
        #expect(try house.kip("enqueue", "k", "--payload", #"{"x":1,"x":2}"#).error.contains("key “x” twice"))
    }
}
