import Foundation
import KipClient
import OwnThread
import Testing

/// What README and scripts show, run as it stands there.
@Suite(.serialized, .ownThread) struct ExampleTests {
    private func text(_ path: String) throws -> String {
        try String(contentsOf: House.root.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("the worker of the README is the one that is built here, has 15 lines, and greets")
    func worker() async throws {
        let source = try text("Tests/ExampleWorker/Greeter.swift")
        #expect(source.split(separator: "\n", omittingEmptySubsequences: false).dropLast().count <= 15)
        #expect(try text("README.md").contains("```swift\n\(source)```"))
        let house = try House()
        let broker = try house.start("broker")
        let greeter = try house.start(
            program: House.kip.deletingLastPathComponent().appendingPathComponent("ExampleWorker"))
        defer { House.end(broker) }
        let id = try #require(
            try house.kip("enqueue", "greeting", "--payload", #"{"name": "Lan"}"#).lines.first)
        #expect(try house.kip("jobs", "wait", id, "--for", "240s").code == 0)
        #expect(try house.kip("jobs", "show", id).out.contains("Xin chào Lan"))
        House.end(greeter)
        #expect(greeter.terminationStatus == 0)
        #expect(try await until { try house.kip("workers", "list").error.contains("no worker is connected") })
    }

    @Test("the Python of the README enqueues its job once, in the clear and with a key, also if the broker comes late")
    func python() throws {
        let readme = try text("README.md")
        let start = try #require(readme.range(of: "```python\n")).upperBound
        let end = try #require(readme.range(of: "```", range: start..<readme.endIndex)).lowerBound
        let script = readme[start..<end] + "print(header.decode())\n"
        let house = try House()
        let path = house.folder.appendingPathComponent("sample.py").path
        // Sooner than a reader would: the first question goes to nobody.
        let hasty = script.replacingOccurrences(of: "5_000, 0", with: "700, 0")
        try hasty.replacingOccurrences(of: "range(5)", with: "range(300)").write(
            toFile: path, atomically: false, encoding: .utf8)
        let port = Int.random(in: 30_000...60_000)
        let command =
            "(sleep 1; exec kip broker --bind ipc://$PWD/kip) & /usr/bin/python3 sample.py; code=$?; kill $!; wait $!; exit $code"
        let late = try house.run("sh", ["-c", command])
        #expect(late.code == 0, "\(late.error)")
        #expect(late.out.contains("no answer yet") && late.out.contains(#""outcome":"CREATED""#), "\(late.out)")
        let guarded = try house.start(
            "broker", "--curve", "--bind", "tcp://127.0.0.1:\(port)", "--bind", house.endpoint)
        defer { House.end(guarded) }
        while try house.kip("workers", "list").code != 0 {}
        let key = try house.kip("keys", "new", "desk", "--role", "producer", "--kinds", "greeting", "--to", "desk.key")
        #expect(key.code == 0, "\(key.error)")
        let environment = ["KIP_CREDENTIALS=desk.key", "KIP_BROKER=tcp://127.0.0.1:\(port)"]
        let withKey = try house.run("env", environment + ["/usr/bin/python3", path])
        #expect(withKey.code == 0, "\(withKey.error)")
        #expect(withKey.out.contains(#""outcome":"CREATED""#), "\(withKey.out)")
        #expect(try house.kip("jobs", "list", "--kind", "greeting", "--json").lines.count == 2)
    }

    @Test("the workflow in Python is one message: parts, and what comes after all of them")
    func workflow() throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start(
            program: House.kip.deletingLastPathComponent().appendingPathComponent("FaultyWorker"))
        defer { House.end(worker, broker) }
        let script = House.root.appendingPathComponent("scripts/examples/workflow.py").path
        let parts = (1...3).map { #"{"to": \#($0), "milliseconds": 1}"# }
        let made = try house.run("/usr/bin/python3", [script, "counter", "adder"] + parts)
        #expect(made.code == 0, "\(made.error)")
        #expect(made.lines.count == 4)
        let sum = try #require(made.lines.last)
        #expect(try house.kip("jobs", "wait", sum, "--for", "240s", "--results").lines == ["6"])
        #expect(try house.kip("jobs", "show", sum).out.contains("not after"))
    }

    @Test("the command of the cron example enqueues, once a day however often it runs")
    func cron() throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let line = try #require(
            try text("scripts/examples/kip.cron").split(separator: "\n").first { $0.contains("kip enqueue") })
        // Five fields of time and the user; cron itself reads \% as %.
        let command = line.split(separator: " ", maxSplits: 6, omittingEmptySubsequences: true)[6]
            .replacingOccurrences(of: "\\%", with: "%")
        let first = try house.run("sh", ["-c", command])
        let second = try house.run("sh", ["-c", command])
        #expect(first.code == 0, "\(first.error)")
        #expect(first.lines.count == 1)
        #expect(first.out == second.out)
        #expect(try house.kip("jobs", "list", "--kind", "late-case-sweep", "--json").lines.count == 1)
    }

    @Test("the demo leaves letters, notices and a report, and makes none twice", .timeLimit(.minutes(15)))
    func demo() throws {
        let house = try House()
        let data = house.folder.appendingPathComponent("demo").path
        let demo = House.root.appendingPathComponent("scripts/demo").path
        func run() throws -> House.Result {
            try house.run("env", ["KIP_BINARY=\(House.kip.path)", "bash", demo, "--data", data])
        }
        let first = try run()
        #expect(first.code == 0, "\(first.error)")
        let folders = ["thu-xin-loi", "nhac-viec", "bao-cao"]
        func made() throws -> [[String]] {
            try folders.map { try FileManager.default.contentsOfDirectory(atPath: "\(data)/out/\($0)").sorted() }
        }
        let before = try made()
        #expect(before.allSatisfy { !$0.isEmpty })
        let second = try run()
        #expect(second.code == 0, "\(second.error)")
        #expect(second.out.contains("none was made twice"))
        #expect(try made() == before)
        try audits(house, office: data + "/office")
    }

    /// The audit passes on the demo's data, and fails when one letter is removed.
    private func audits(_ house: House, office: String) throws {
        let audit = [
            "letters", "audit", "--period", "2024-Q1", "--as-of", "2024-03-29", "--office", office,
        ]
        let whole = try house.run(House.kip.path, audit)
        #expect(whole.code == 0, "\(whole.error)")
        #expect(whole.out.contains("missing 0, doubled 0, not sent 0, returned 0, uncertain 0"))
        let remove = """
            import sqlite3, sys
            office = sqlite3.connect(sys.argv[1])
            office.execute("DELETE FROM documents WHERE key = (SELECT min(key) FROM documents WHERE kind = 'letter')")
            office.commit()
            """
        #expect(try house.run("/usr/bin/python3", ["-c", remove, office + "/office.db"]).code == 0)
        let lacking = try house.run(House.kip.path, audit)
        #expect(lacking.code == 65)
        #expect(lacking.out.contains("missing 1"))
    }
}
