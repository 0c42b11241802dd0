import Foundation
import KipClient
import OwnThread
import Testing

/// Effects, backups and the record, with real processes that are killed.
@Suite(.serialized, .ownThread) struct SafetyTests {
    private static let faulty = House.kip.deletingLastPathComponent().appendingPathComponent("FaultyWorker")

    private func world(_ house: House) -> [String] {
        let text = try? String(contentsOf: house.folder.appendingPathComponent("world"), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    private func wait(_ seconds: Int = 240, until isTrue: () async throws -> Bool) async throws {
        for _ in 0..<(seconds * 20) {
            if try await isTrue() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("it did not come to that in \(seconds) s")
    }

    @Test("kill -9 in the middle of an effect: the job waits for a person, who decides, and it happened once")
    func uncertain() async throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let victim = try house.start(program: Self.faulty)
        let payload = #"{"name": "letter-1", "before": 0, "after": 60000}"#
        let id = try #require(try house.kip("enqueue", "act", "--payload", payload).lines.first)
        try await wait { world(house) == ["letter-1"] }
        House.kill(victim)
        let heir = try house.start(program: Self.faulty)
        defer { House.end(heir) }
        try await wait { try house.kip("jobs", "list", "--state", "uncertain").out.contains(id) }
        #expect(try house.kip("jobs", "retry", id).code == 65)
        let listed = try house.kip("effects", "list", "--state", "uncertain")
        #expect(listed.out.contains("act/letter-1"))
        #expect(try house.kip("effects", "resolve", "act/letter-1").code == 64)
        let decided = try house.kip("effects", "resolve", "act/letter-1", "--done", #""seen in the tray""#)
        #expect(decided.code == 0, "\(decided.error)")
        #expect(try house.kip("jobs", "wait", id, "--for", "240s").code == 0)
        #expect(try house.kip("jobs", "show", id).out.contains("seen in the tray"))
        #expect(world(house) == ["letter-1"])
        let record = try house.kip("audit", "list").out
        #expect(record.contains("effect-begun") && record.contains("effect-done"))
        #expect(try house.kip("audit", "verify").code == 0)
        #expect(try house.kip("effects", "resolve", "act/letter-1", "--redo").error.contains("in doubt"))
    }

    @Test("a job that kills its workers is quarantined after three, and its neighbours end well")
    func killer() async throws {
        let house = try House()
        let broker = try house.start("broker", "--lease", "0.5")
        defer { House.end(broker) }
        let id = try #require(try house.kip("enqueue", "killer", "--payload", #"{"name": "k"}"#).lines.first)
        var neighbours: [String] = []
        for _ in 0..<5 {
            let payload = #"{"milliseconds": 300}"#
            neighbours.append(try #require(try house.kip("enqueue", "sleeper", "--payload", payload).lines.first))
        }
        var workers: [Process] = []
        // The broker may hear of the third loss when a fourth worker has just been started.
        defer { for worker in workers where worker.isRunning { House.end(worker) } }
        try await wait(60) {
            if workers.last?.isRunning != true { workers.append(try house.start(program: Self.faulty)) }
            return try house.kip("jobs", "show", id).out.contains("quarantined")
        }
        #expect(world(house) == ["killed by k", "killed by k", "killed by k"])
        let heir = try house.start(program: Self.faulty)
        defer { House.end(heir) }
        for neighbour in neighbours {
            #expect(try house.kip("jobs", "wait", neighbour, "--for", "240s").code == 0)
            #expect(!(try house.kip("jobs", "show", neighbour).out.contains("3 lost workers")))
        }
        #expect(try house.kip("jobs", "show", id).out.contains("3 lost workers"))
        #expect(try house.kip("jobs", "cancel", id).code == 0)
        #expect(try house.kip("audit", "list").out.contains("cancel"))
    }

    @Test("thirty jobs of a dead worker run together on the next one, and jobs of another kind go on meanwhile")
    func isolation() async throws {
        let house = try House()
        let broker = try house.start("broker", "--lease", "0.5")
        defer { House.end(broker) }
        let victim = try house.start(program: Self.faulty, adding: ["PLACES": "40"])
        let lines = (0..<30).map { _ in #"{"kind": "sleeper", "payload": {"milliseconds": 3600000}}"# }
        let ids = try house.kip("enqueue", "--from", "-", input: lines.joined(separator: "\n")).lines
        func running() throws -> [String] {
            try house.kip("jobs", "list", "--state", "running", "--kind", "sleeper", "--json").lines
        }
        try await wait { try running().count == 30 }
        House.kill(victim)
        let heir = try house.start(program: Self.faulty, adding: ["PLACES": "100"])
        defer { House.end(heir) }
        try await wait { try running().count { $0.contains(#""attempt":2"#) } == 30 }
        // They are held up by none of the thirty.
        for _ in 0..<5 {
            let id = try #require(try house.kip("enqueue", "adder").lines.first)
            #expect(try house.kip("jobs", "wait", id, "--for", "240s").code == 0)
        }
        #expect(try running().count == 30)
        #expect(try house.run(House.kip.path, ["jobs", "cancel"] + ids).code == 0)
    }

    @Test("a backup of a running broker, more effects, a restore: held, reconciled, nothing happens twice")
    func restore() async throws {
        let house = try House()
        var broker = try house.start("broker")
        let worker = try house.start(program: Self.faulty)
        func act(_ name: String) throws -> String {
            try #require(
                try house.kip(
                    "enqueue", "act", "--payload", #"{"name": "\#(name)", "before": 0, "after": 0}"#, "--key", name
                ).lines.first)
        }
        #expect(try house.kip("jobs", "wait", try act("before"), "--for", "240s").code == 0)
        House.end(worker)
        let waiting = try act("since")
        let backup = try house.kip("backup", "copy.db")
        #expect(backup.code == 0, "\(backup.error)")
        #expect(try house.kip("backup", "copy.db").code == 73)
        // The register goes along, or nothing does.
        #expect(try house.kip("backup", "both.db", "--register", "office-copy.db").code == 66)
        #expect(!FileManager.default.fileExists(atPath: house.folder.path + "/both.db"))
        #expect(try house.kip("backup", "both.db", "--register", "both.db").code != 0)
        #expect(try house.kip("plan", "import", House.root.path + "/deploy/example/plan.yaml").code == 0)
        let both = try house.kip("backup", "both.db", "--register", "office-copy.db")
        #expect(both.code == 0, "\(both.error)")
        #expect(both.lines.count == 2)
        #expect(try house.run("mkdir", ["put-back"]).code == 0)
        // The log of another register lies there, as workers leave it: it must not be played into the copy.
        try Data("log of another".utf8).write(to: house.folder.appendingPathComponent("put-back/office.db-wal"))
        let put = try house.kip("restore", "--register", "office-copy.db", "--office", "put-back")
        #expect(put.code == 0, "\(put.error)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: house.folder.path + "/put-back").contains {
                $0.hasPrefix("office.db.replaced-") && $0.hasSuffix("-wal")
            })
        #expect(try house.kip("restore", "--register", "copy.none", "--office", "put-back").code == 66)
        #expect(
            try house.kip("plan", "tasks", "--office", "put-back", "--json").lines
                == house.kip("plan", "tasks", "--json").lines)
        let second = try house.start(program: Self.faulty)
        #expect(try house.kip("jobs", "wait", waiting, "--for", "240s").code == 0)
        #expect(try house.kip("restore", "copy.db").code == 75)
        House.end(second, broker)
        #expect(try house.kip("restore", "copy.db").code == 0)
        #expect(try house.kip("doctor").out.contains("kip restore --reconcile"))
        // Opened as it is, it hands nothing out.
        broker = try house.start("broker")
        let third = try house.start(program: Self.faulty)
        defer { House.end(third) }
        try await wait { try house.kip("workers", "list").out.contains("act") }
        #expect(try house.kip("jobs", "wait", waiting, "--for", "1s").code == 75)
        #expect(try house.kip("jobs", "cancel", waiting).error.contains("restored from a backup"))
        House.end(broker)
        let report = try house.kip("restore", "--reconcile")
        #expect(report.out.contains("done       act/since"), "\(report.out)\(report.error)")
        broker = try house.start("broker")
        defer { House.end(broker) }
        #expect(try house.kip("jobs", "wait", waiting, "--for", "240s").code == 0)
        #expect(world(house) == ["before", "since"])
        #expect(try house.kip("audit", "verify").code == 0)
        let doctor = try house.kip("doctor")
        #expect(doctor.code == 0, "\(doctor.out)")
    }

    @Test("the short form of scripts/torture: fourteen faults, nothing lost, nothing doubled", .timeLimit(.minutes(20)))
    func torture() async throws {
        let house = try House()
        let script = House.root.appendingPathComponent("scripts/torture").path
        let bin = House.kip.deletingLastPathComponent().path
        // On a thread of its own: it takes minutes, and the threads of Swift Concurrency are few.
        let result = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Swift.Result { try house.run(script, ["--seconds", "3", "--bin", bin]) })
            }
        }
        let faults = result.lines.filter { !$0.contains("lost=0 doubled=0") && !$0.contains("skipped") }
        #expect(result.code == 0, "\(faults)\n\(result.error.suffix(4_000))\n\(result.out)")
        #expect(result.lines.last?.hasSuffix("lost=0 doubled=0") == true)
    }
}
