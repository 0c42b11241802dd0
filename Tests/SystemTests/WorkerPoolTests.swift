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
        #expect(try house.kip("jobs", "wait", "--idle", "--for", "60s").code == 0)
        // Who was too many finished what it ran.
        let ended = try house.kip("jobs", "list", "--state", "succeeded", "--json").lines
        #expect(ended.count == 12)
        #expect(ended.allSatisfy { $0.contains("\"interruptions\":0") && $0.contains("\"losses\":0") })
    }

    @Test("an operator drains one process of a pool: it ends with its work done, and another takes its place")
    func drained() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let pool = try house.start("worker", "--name", "pool", "--processes", "2")
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
