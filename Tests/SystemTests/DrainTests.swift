import Foundation
import OwnThread
import Testing

/// `kip workers drain` on real processes.
@Suite(.serialized, .ownThread) struct DrainTests {
    @Test("a worker that is drained ends with code 0, after what it runs")
    func drains() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let worker = try house.start("worker", "--name", "desk")
        defer { House.end(worker, broker) }
        #expect(try await until { try house.kip("workers", "list", "--json").lines.count == 1 })
        let job = try #require(
            try house.kip("enqueue", "kip-bench", "--payload", #"{"milliseconds": 1500}"#).lines.first)
        #expect(try await until { try house.kip("jobs", "list", "--state", "running", "--json").lines.count == 1 })
        #expect(try house.kip("workers", "drain", "des").code == 0)
        #expect(try await until { !worker.isRunning })
        #expect(worker.terminationStatus == 0)
        #expect(try house.kip("jobs", "show", job).out.contains("succeeded"))
        #expect(try await until { try house.kip("workers", "list").error.contains("no worker is connected") })
        #expect(try house.kip("workers", "drain", "desk").code == 65)
    }

    @Test("so does a program that is a worker and nothing else")
    func program() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let greeter = try house.start(
            program: House.kip.deletingLastPathComponent().appendingPathComponent("ExampleWorker"))
        defer { House.end(greeter, broker) }
        var list: [String] = []
        #expect(
            try await until {
                list = try house.kip("workers", "list", "--json").lines
                return list.count == 1
            })
        let worker = try #require(
            try JSONSerialization.jsonObject(with: Data(list.joined().utf8)) as? [String: Any])
        let id = try #require(worker["id"] as? String)
        #expect(try house.kip("workers", "drain", id).out == id + "\n")
        #expect(try await until { !greeter.isRunning })
        #expect(greeter.terminationStatus == 0)
    }
}
