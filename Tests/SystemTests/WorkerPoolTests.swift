import Foundation
import KipWorker
import OwnThread
import Testing

@testable import kip

/// Worker processes under one, for real.
@Suite(.serialized, .ownThread) struct WorkerPoolTests {
    private func children(of pool: Process) throws -> [Int32] {
        // All threads may have started some.
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pool.processIdentifier)/task")
        return tasks.flatMap { task in
            let text = try? String(
                contentsOfFile: "/proc/\(pool.processIdentifier)/task/\(task)/children", encoding: .utf8)
            return (text ?? "").split(separator: " ").compactMap { Int32($0) }
        }
    }

    @Test("a worker process that is killed is started again, and work goes on")
    func restarts() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start("worker", "--processes", "2")
        defer { House.end(pool, broker) }
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 2 })
        let before = try children(of: pool)
        #expect(before.count == 2)
        kill(before[0], SIGKILL)
        #expect(
            try await until {
                let now = try children(of: pool)
                return now.count == 2 && !now.contains(before[0])
            })
        #expect(try house.kip("enqueue", "kip-bench", "--wait").code == 0)
    }

    @Test("a process that is too old leaves in good order, and another takes its place")
    func recycles() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start("worker", "--processes", "1", "--max-age", "1s")
        defer { House.end(pool, broker) }
        #expect(try await until { try children(of: pool).count == 1 })
        let first = try #require(try children(of: pool).first)
        #expect(try await until { try !children(of: pool).contains(first) })
        #expect(try await until { try house.kip("enqueue", "kip-bench", "--wait").code == 0 })
        // Who leaves gives back what it has; nobody is taken for lost.
        #expect(try house.kip("jobs", "list", "--json").lines.allSatisfy { $0.contains("\"losses\":0") })
    }

    @Test("a pool grows while jobs wait and all are busy, and shrinks when there is little to do")
    func scales() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start(
            "worker", "--name", "pool", "--processes", "1..3", "--scale-at", "100ms", "--shrink-after", "1s",
            "--concurrency", "1", "--prefetch", "0")
        defer { House.end(pool, broker) }
        #expect(try await until { try children(of: pool).count == 1 })
        let jobs = try house.run(
            "sh",
            [
                "-c",
                "for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo '{\"kind\": \"kip-bench\", \"payload\": {\"milliseconds\": 2000}}'; done | kip enqueue --from -",
            ])
        #expect(jobs.code == 0, "\(jobs.error)")
        #expect(try await until { try children(of: pool).count == 3 })
        // Each has a name of its own, by which the pool knows it.
        let names = try house.kip("workers", "list", "--json").lines
        #expect(names.allSatisfy { $0.contains("\"name\":\"pool/") })
        #expect(try await until { try children(of: pool).count == 1 })
        #expect(try house.kip("jobs", "wait", "--idle", "--for", "240s").code == 0)
        // Who was too many finished what it ran.
        let ended = try house.kip("jobs", "list", "--state", "succeeded", "--json").lines
        #expect(ended.count == 12)
        #expect(ended.allSatisfy { $0.contains("\"interruptions\":0") && $0.contains("\"losses\":0") })
    }

    @Test(
        "an operator drains one process of a pool: it ends with its work done, another takes its place, and the log says so"
    )
    func drained() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start(
            "KIP_LOG=info", "KIP_LOG_FORMAT=json", House.kip.path, "worker", "--name", "pool", "--processes", "2",
            program: URL(fileURLWithPath: "/usr/bin/env"))
        defer { House.end(pool, broker) }
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 2 })
        let first = try #require(try children(of: pool).first)
        let drained = try house.kip("workers", "drain", "pool/\(first)")
        #expect(drained.code == 0, "\(drained.error)")
        #expect(drained.lines.count == 1)
        #expect(
            try await until {
                let now = try children(of: pool)
                return now.count == 2 && !now.contains(first)
            })
        #expect(pool.isRunning)
        let lines = try house.logs().split(separator: "\n").filter {
            $0.contains("was drained; another takes its place")
        }
        #expect(lines.count == 1)
        let line = try JSONSerialization.jsonObject(with: Data((lines.first ?? "").utf8)) as? [String: String]
        #expect(line?["process"] == "\(first)")
    }

    @Test("each line of a pool's log has the name of the process that says it", arguments: ["text", "json"])
    func names(form: String) async throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let pool = try house.start(
            "worker", "--name", "pool", "--processes", "2", adding: ["KIP_LOG": "debug", "KIP_LOG_FORMAT": form])
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 2 })
        let workers = Set(try children(of: pool).map { "pool/\($0)" })
        for _ in 0..<4 { #expect(try house.kip("enqueue", "kip-bench", "--wait").code == 0) }
        House.end(pool)
        var seen: Set<String> = []
        for line in try house.logs().split(separator: "\n").map(String.init) {
            // The broker says little more than its endpoint.
            if !line.contains("kip.worker"), !line.contains("kip.pool") { continue }
            let name: String?
            if form == "json" {
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                name = object?["worker"] as? String
            } else {
                name = line.split(separator: " ").first { $0.hasPrefix("worker=") }.map { String($0.dropFirst(7)) }
            }
            #expect(name == "pool" || name.map(workers.contains) == true, "\(line)")
            if let name { seen.insert(name) }
        }
        #expect(seen.isSuperset(of: workers), "\(seen)")
    }

    @Test("a pool that is killed leaves no worker behind: each finishes what it runs, and leaves")
    func orphans() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start("worker", "--name", "pool", "--processes", "2", "--concurrency", "1")
        defer { House.end(pool, broker) }
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 2 })
        let workers = try children(of: pool)
        let payload = #"{"milliseconds": 3000}"#
        let ids = try (0..<2).map { _ in
            try #require(try house.kip("enqueue", "kip-bench", "--payload", payload).lines.first)
        }
        #expect(try await until { try house.kip("jobs", "list", "--state", "running", "--json").lines.count == 2 })
        House.kill(pool)
        #expect(try await until { workers.allSatisfy { kill($0, 0) != 0 } })
        #expect(try await until { try house.kip("workers", "list").error.contains("no worker is connected") })
        // What ran was finished: the first attempt's end is the job's. One that waited behind it, in the same worker's
        // hands, was given back.
        let ends = try ids.map { try house.kip("jobs", "show", $0, "--json").out }
        func isFinished(_ job: String) -> Bool {
            job.contains(#""state":"succeeded""#) && !job.contains(#""attempt":2,"#)
        }
        func isGivenBack(_ job: String) -> Bool {
            job.contains(#""outcome":"given back""#) && job.contains(#""failures":0,"#)
        }
        #expect(ends.contains(where: isFinished) && ends.allSatisfy { isFinished($0) || isGivenBack($0) }, "\(ends)")
    }

    @Test(
        "SIGHUP to a pool replaces its processes one after the other, and costs no attempt; to one worker it is a drain"
    )
    func hangup() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start("worker", "--name", "pool", "--processes", "2", "--concurrency", "1")
        defer { House.end(pool, broker) }
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 2 })
        let before = Set(try children(of: pool))
        for _ in 0..<4 { _ = try house.kip("enqueue", "kip-bench", "--payload", #"{"milliseconds": 800}"#) }
        kill(pool.processIdentifier, SIGHUP)
        #expect(
            try await until {
                let now = Set(try children(of: pool))
                return now.count == 2 && now.isDisjoint(with: before)
            })
        #expect(pool.isRunning)
        #expect(try house.kip("jobs", "wait", "--idle", "--for", "240s").code == 0)
        let ended = try house.kip("jobs", "list", "--state", "succeeded", "--json").lines
        #expect(ended.count == 4)
        #expect(ended.allSatisfy { $0.contains("\"losses\":0") })
        let single = try house.start("worker")
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 3 })
        kill(single.processIdentifier, SIGHUP)
        single.waitForEnd()
        #expect(single.terminationReason == .exit && single.terminationStatus == 0)
    }

    @Test("SIGHUP to a broker reads the days off anew and names what wants a restart; a slip changes nothing")
    func brokerHangup() async throws {
        let house = try House()
        func write(_ file: String, _ text: String) throws {
            try text.write(toFile: house.folder.path + "/" + file, atomically: true, encoding: .utf8)
        }
        let daysOff = House.root.path + "/deploy/example/days-off.yaml"
        try write("kip.yaml", "daysOff: \(daysOff)\nkeep: 7d\n")
        let script = "exec kip broker > log 2>&1"
        let environment = ["-u", "KIP_LEASE", "-u", "KIP_OFFICE_PROFILE", "KIP_LOG=info"]
        let broker = try house.start(
            environment[0], environment[1], environment[2], environment[3], environment[4], "bash", "-c", script,
            program: URL(fileURLWithPath: "/usr/bin/env"))
        defer { House.end(broker) }
        func log() -> String { (try? String(contentsOfFile: house.folder.path + "/log", encoding: .utf8)) ?? "" }
        // The first SIGHUP comes in the same moment as the line that says that the broker serves.
        let end = ContinuousClock.now + .seconds(90)
        while !log().contains("the broker serves"), ContinuousClock.now < end {}
        kill(broker.processIdentifier, SIGHUP)
        #expect(try await until { log().contains("were read anew") }, "\(log())")
        #expect(!log().contains("want a restart"))
        try write("kip.yaml", "daysOff: \(daysOff)\nlease: 7\n")
        kill(broker.processIdentifier, SIGHUP)
        #expect(try await until { log().contains("want a restart") && log().contains("settings=lease") })
        try write("kip.yaml", "keep: never\n")
        kill(broker.processIdentifier, SIGHUP)
        #expect(try await until { log().contains("were not read anew") && log().contains("--keep") })
        #expect(broker.isRunning)
        #expect(try house.kip("enqueue", "hello").code == 0)
    }

    @Test("workers that cannot start at all end the pool with their reason")
    func refused() throws {
        let house = try House()
        let result = try house.run(House.kip.path, ["worker", "--processes", "2", "--credentials", "nowhere.key"])
        #expect(result.code == 70)
        #expect(result.error.contains("as soon as it was started"))
    }

    @Test("a process is known by the name that was given, or by its machine's, short, and by its number")
    func names() {
        #expect(WorkerName.of("desk", process: 7, on: "queue.example") == "desk/7")
        #expect(WorkerName.of(nil, process: 7, on: "queue.example") == "queue/7")
        #expect(WorkerName.of(nil, process: 7, on: String(repeating: "x", count: 60)).count == 22)
        #expect(WorkerName.of(nil, process: 7, on: "") == "kip/7")
    }

    @Test("a child gets the same command for one process")
    func arguments() {
        let given = [
            "worker", "--processes", "4..6", "--max-age=1d", "--queues", "a,b", "--max-memory", "512", "--scale-at",
            "1s",
            "--shrink-after=30s",
        ]
        #expect(WorkerPool.ofChild(given) == ["worker", "--queues", "a,b", "--processes", "1", "--pooled"])
    }
}
