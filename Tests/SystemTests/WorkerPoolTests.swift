import Foundation
import Testing

@testable import kip

/// Worker processes under one, for real.
@Suite(.serialized) struct WorkerPoolTests {
    private func children(of pool: Process) throws -> [Int32] {
        // All threads may have started some.
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pool.processIdentifier)/task")
        return tasks.flatMap { task in
            let text = try? String(
                contentsOfFile: "/proc/\(pool.processIdentifier)/task/\(task)/children", encoding: .utf8)
            return (text ?? "").split(separator: " ").compactMap { Int32($0) }
        }
    }

    /// Waits until something holds, for at most 30 s.
    private func until(_ condition: () throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if try condition() { return true }
            // The thread is free for the handlers of other tests.
            try await Task.sleep(for: .milliseconds(200))
        }
        return false
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

    @Test("workers that cannot start at all end the pool with their reason")
    func refused() throws {
        let house = try House()
        let result = try house.run(House.kip.path, ["worker", "--processes", "2", "--broker", "nonsense://x"])
        #expect(result.code == 70)
        #expect(result.error.contains("as soon as it was started"))
    }

    @Test("a child gets the same command for one process")
    func arguments() {
        let given = ["worker", "--processes", "4", "--max-age=1d", "--queues", "a,b", "--max-memory", "512"]
        #expect(WorkerPool.ofChild(given) == ["worker", "--queues", "a,b", "--processes", "1"])
    }
}
