import Foundation
import OwnThread
import Testing

/// What jobs ask for beside a worker, from the command line through real processes.
@Suite(.serialized, .ownThread) struct ConditionTests {
    private let house: House

    init() throws {
        house = try House()
    }

    private func worker() throws -> Process {
        try house.start(program: House.kip.deletingLastPathComponent().appendingPathComponent("FaultyWorker"))
    }

    private func enqueue(_ arguments: String...) throws -> String {
        let result = try house.run(House.kip.path, ["enqueue"] + arguments)
        return try #require(result.lines.first, "\(result.error)")
    }

    private func state(of job: String) throws -> String {
        let shown = try house.kip("jobs", "show", job, "--json").out
        let object = try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [String: Any]
        return try #require((object?["job"] as? [String: Any])?["state"] as? String)
    }

    @Test(
        "a job comes after others, reads what they gave back, and is cancelled where one fails; until then its wait is explained"
    )
    func workflow() async throws {
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let parts = [
            try enqueue("counter", "--payload", #"{"to": 2, "milliseconds": 1}"#),
            try enqueue("counter", "--payload", #"{"to": 40, "milliseconds": 1}"#),
        ]
        let wrong = try enqueue("counter", "--payload", #"{"to": 1, "milliseconds": 1, "fails": true}"#)
        let sum = try enqueue("adder", "--after", parts.joined(separator: ","))
        let lost = try enqueue("adder", "--after", "\(parts[0]),\(wrong)")
        let rest = try enqueue("adder", "--after", "\(parts[0]),\(wrong)", "--on-parent-failed", "continue")
        let told = try house.kip("jobs", "explain", sum).out
        #expect(told.contains("is blocked") && told.contains(parts[0]) && told.contains(parts[1]), "\(told)")
        let worker = try worker()
        defer { House.end(worker) }
        #expect(try house.kip("jobs", "wait", sum, rest, "--for", "240s").code == 0)
        #expect(try house.kip("jobs", "wait", sum, rest, "--results").lines == ["42", "2"])
        let ends = try house.kip("jobs", "wait", rest, wrong, "--results")
        #expect(ends.code == 70 && ends.out == "2\n\n" && ends.error.contains("\(wrong) dead: "), "\(ends)")
        let unknown = try house.kip("jobs", "wait", "01a21582-f908-7000-ac37-8838724e16f3")
        #expect(unknown.code == 65 && unknown.error.contains("there is no job"), "\(unknown)")
        #expect(try house.kip("jobs", "show", rest).out.contains("result      2"))
        #expect(try state(of: lost) == "cancelled")
        #expect(try house.kip("jobs", "explain", lost).out.contains("\(wrong), which it came after, is dead"))
        let missing = try house.kip("enqueue", "adder", "--after", "01a21582-f908-7000-ac37-8838724e16f3")
        #expect(missing.code != 0 && missing.error.contains("is not there"), "\(missing)")
    }

    @Test("a second broker does not take the first one's endpoint, nor a file that is no socket")
    func taken() throws {
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let job = try enqueue("adder")
        let second = try house.kip("broker", "--data", "other")
        #expect(second.code == 69 && second.error.contains("another process serves it"), "\(second)")
        #expect(try house.kip("jobs", "show", job).code == 0)
        let file = house.folder.appendingPathComponent("notes.txt")
        try Data("kept".utf8).write(to: file)
        let third = try house.kip("broker", "--data", "third", "--bind", "ipc://\(file.path)")
        #expect(third.code == 69 && third.error.contains("no socket"), "\(third)")
        #expect(try Data(contentsOf: file) == Data("kept".utf8))
    }

    @Test("a file for a queue that takes few at once goes in several messages; of a queue that is full it is said")
    func shortQueue() throws {
        let broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("queues", "limit", "default", "--most-waiting", "150").code == 0)
        let lines = String(repeating: #"{"kind": "adder"}"# + "\n", count: 160)
        try lines.write(to: house.folder.appendingPathComponent("jobs.ndjson"), atomically: true, encoding: .utf8)
        let full = try house.kip("enqueue", "--from", "jobs.ndjson")
        #expect(full.code == 75 && full.error.contains("is full"), "\(full)")
        #expect(try house.kip("jobs", "list", "--json", "--limit", "1000").lines.count == 80)
        #expect(try house.kip("enqueue", "adder", "--priority", "-5").code == 0)
        let directory = try house.kip("enqueue", "--from", ".")
        #expect(directory.code == 66 && directory.error.contains("is a directory"), "\(directory)")
    }

    @Test("who cancelled a job is told until it is woken, and why one is not woken")
    func decisions() async throws {
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let first = try enqueue("adder", "--key", "sum", "--unique", "untilDone")
        #expect(try house.run("env", ["KIP_BY=Lan", House.kip.path, "jobs", "cancel", first]).lines == [first])
        #expect(try house.kip("jobs", "explain", first).out.contains("it was cancelled by Lan"))
        let second = try enqueue("adder", "--key", "sum", "--unique", "untilDone")
        let unknown = "01a21582-f908-7000-ac37-8838724e16f3"
        let kept = try house.kip("jobs", "retry", first, second, unknown)
        #expect(kept.code == 65 && kept.lines.isEmpty, "\(kept)")
        #expect(kept.error.contains("\(first): its unique key “sum” is another job's by now"), "\(kept)")
        #expect(kept.error.contains("\(second): it is available"), "\(kept)")
        #expect(kept.error.contains("\(unknown): there is no such job"), "\(kept)")
        #expect(try house.kip("jobs", "cancel", second).code == 0)
        #expect(try house.kip("jobs", "retry", first).lines == [first])
        #expect(!(try house.kip("jobs", "show", first).out.contains("cancelled by")))
    }

    @Test("four eyes: a held job runs when somebody has released it, whose name is kept; a kind can ask for it")
    func holds() async throws {
        let broker = try house.start("broker")
        let worker = try worker()
        defer { House.end(worker, broker) }
        let held = try enqueue("sleeper", "--payload", #"{"milliseconds": 1}"#, "--hold")
        #expect(try house.kip("kinds", "hold", "adder").code == 0)
        let byKind = try enqueue("adder")
        #expect(try house.kip("jobs", "list", "--state", "held", "--json").lines.count == 2)
        #expect(try house.run("env", ["KIP_BY=Lan", House.kip.path, "jobs", "release", held]).lines == [held])
        #expect(try house.kip("jobs", "release", "--kind", "adder").lines == [byKind])
        #expect(try house.kip("jobs", "wait", held, byKind, "--for", "240s").code == 0)
        #expect(try house.kip("jobs", "show", held).out.contains("released    Lan"))
        #expect(try house.kip("jobs", "release", held).code == 65)
        #expect(
            try house.kip("kinds", "list").lines.contains {
                $0.hasPrefix("adder ") && $0.contains("new jobs wait for their release")
            })
        #expect(try house.kip("kinds", "hold", "adder", "--off").code == 0)
        let audit = try house.kip("audit", "list").out
        #expect(audit.contains("kind adder, new jobs wait for their release") && audit.contains("release"), "\(audit)")
    }

    @Test("a queue is paused and resumed, and limits hold across worker processes")
    func limits() async throws {
        let broker = try house.start("broker")
        let workers = [try worker(), try worker()]
        defer { House.end(workers[0], workers[1], broker) }
        #expect(try house.kip("queues", "pause", "default").code == 0)
        #expect(try house.kip("queues", "limit", "default", "--concurrency", "2").code == 0)
        let jobs = try (0..<6).map { _ in try enqueue("sleeper", "--payload", #"{"milliseconds": 700}"#) }
        #expect(try house.kip("jobs", "explain", jobs[0]).out.contains("is paused"))
        #expect(try house.kip("queues", "list").out.contains("default: paused, at most 2 at once"))
        let listed = try house.kip("queues", "list", "--json").out
        #expect(listed.contains(#""concurrency":2"#) && listed.contains(#""paused":true"#), "\(listed)")
        #expect(try house.kip("queues", "resume", "default").code == 0)
        var most = 0
        var done = false
        while !done {
            most = max(most, try house.kip("jobs", "list", "--state", "running", "--json").lines.count)
            done = try house.kip("jobs", "list", "--state", "succeeded", "--json").lines.count == jobs.count
        }
        #expect(most == 2)
        #expect(try house.kip("queues", "limit", "default", "--rate", "1/0s").code == 64)
        #expect(try house.kip("queues", "limit", "default", "--most-waiting", "1").code == 0)
        #expect(try house.kip("queues", "pause", "default").code == 0)
        _ = try enqueue("sleeper")
        let full = try house.kip("enqueue", "sleeper")
        #expect(full.code == 75 && full.error.contains("full"), "\(full)")
    }

    @Test("progress and log lines of a handler are seen while it runs, and later")
    func progress() async throws {
        let broker = try house.start("broker")
        let worker = try worker()
        defer { House.end(worker, broker) }
        let job = try enqueue("counter", "--payload", #"{"to": 4, "milliseconds": 400}"#)
        let followed = try house.kip("jobs", "show", job, "--follow")
        #expect(followed.code == 0)
        #expect(followed.out.contains("number 1") && followed.out.contains("number 4"))
        #expect(followed.out.contains("of 4"))
        #expect(followed.out.contains("succeeded"))
        let again = try house.kip("jobs", "show", job, "--follow", "--json")
        #expect(again.code == 0 && again.lines.count == 1 && again.out.contains("number 4"), "\(again)")
        let later = try house.kip("jobs", "show", job).out
        #expect(later.contains("number 4") && later.contains("100 % at 4 of 4"), "\(later)")
    }

    @Test("what is too late expires, what is private is wiped, what is old is taken away")
    func retention() async throws {
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let late = try enqueue("sleeper", "--expires", "300ms")
        #expect(try await until { try state(of: late) == "expired" })
        let worker = try worker()
        defer { House.end(worker) }
        let secret = try enqueue("sleeper", "--payload", #"{"milliseconds": 1}"#, "--redact", "--wait")
        #expect(try house.kip("jobs", "show", secret).out.contains("payload     (wiped)"))
        let kept = try enqueue("sleeper", "--payload", #"{"milliseconds": 1}"#, "--keep", "1d", "--wait")
        #expect(try house.kip("jobs", "prune", "--older-than", "0s").error.contains("2 jobs are gone"))
        #expect(try house.kip("jobs", "show", kept).code == 0)
        #expect(try house.kip("jobs", "show", late).code != 0)
    }

    @Test("a job that waits in a worker behind others is not begun there when it is too late")
    func lateInWorker() async throws {
        let broker = try house.start("broker")
        let worker = try worker()
        defer { House.end(worker, broker) }
        // It runs four at once, and has more in its hands. They run until they are cancelled, which is when the late one has
        // expired, however slow the commands between are.
        let before = try (0..<4).map { _ in try enqueue("sleeper", "--payload", #"{"milliseconds": 3600000}"#) }
        #expect(
            try await until { try house.kip("jobs", "list", "--state", "running", "--json").lines.count == 4 })
        let late = try enqueue("sleeper", "--payload", #"{"milliseconds": 1}"#, "--expires", "1s")
        try await Task.sleep(for: .milliseconds(1_200))
        #expect(try house.run(House.kip.path, ["jobs", "cancel"] + before).code == 0)
        #expect(try await until { try state(of: late) == "expired" })
    }

    @Test("options that make no sense are refused, and nothing is enqueued")
    func refused() throws {
        let broker = try house.start("broker")
        defer { House.end(broker) }
        for arguments in [
            ["--unique", "untilDone"], ["--concurrency", "2"], ["--on-parent-failed", "perhaps"], ["--after", "me"],
            ["--after", ""], ["--after", "01a21582-f908-7000-ac37-8838724e16f3,"], ["--key", ""],
            ["--retry", "often"], ["--on-conflict", "fight", "--key", "k"], ["--expires", "soon"],
        ] {
            let result = try house.run(House.kip.path, ["enqueue", "sleeper"] + arguments)
            #expect(result.code == 64, "\(arguments): \(result)")
        }
        let lines = #"{"kind": "sleeper", "concurrency": 2}"#
        let result = try house.kip("enqueue", "--from", "-", input: lines + "\n")
        #expect(result.code == 65 && result.error.contains("line 1"), "\(result)")
        let misspelt = try house.kip("enqueue", "--from", "-", input: #"{"kind": "sleeper", "prioritty": 5}"# + "\n")
        #expect(misspelt.code == 65 && misspelt.error.contains("prioritty"), "\(misspelt)")
        #expect(try house.kip("enqueue", "--from", "-", "--hold", input: #"{"kind": "sleeper"}"# + "\n").code == 64)
        #expect(try house.kip("worker", "--processes", "2", "--max-memory=-1").code == 64)
        #expect(try house.kip("jobs", "list", "--json").lines.isEmpty)
    }
}
