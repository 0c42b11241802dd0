import Foundation
import KipClient
import KipCore
import OwnThread
import Testing

@Suite(.serialized, .ownThread) struct CrashTests {
    @Test("kill -9 of a worker in mid-job: its jobs are run by another, each ends once")
    func workerKilled() async throws {
        let house = try House()
        let broker = try house.start("broker")
        let victim = try house.start("worker", "--concurrency", "2", "--name", "victim")
        defer { House.end(broker) }
        let client = try KipClient(endpoint: house.endpoint)
        let requests = (0..<4_000).map { _ in JobRequest(kind: "kip-bench", payload: Array("{}".utf8)) }
        let ids = try await client.enqueue(requests).map(\.id)
        House.kill(victim)
        let heir = try house.start("worker", "--concurrency", "16")
        defer { House.end(heir) }
        let states = try await client.wait(ids, timeout: .seconds(200))
        #expect(states.allSatisfy { $0 == .succeeded })
        #expect(Set(ids).count == ids.count)
    }

    @Test("kill -9 of the broker in mid-load: every confirmed job ends once")
    func brokerKilled() async throws {
        let house = try House()
        var broker = try house.start("broker")
        let worker = try house.start("worker", "--concurrency", "16")
        // Beside all other tests, with a broker that is killed three times: it is lost jobs that count here, not the time.
        let client = try KipClient(endpoint: house.endpoint, timeout: .seconds(120))
        let producing = Task {
            try await withThrowingTaskGroup(of: [JobID].self) { group in
                for _ in 0..<50 {
                    group.addTask {
                        var confirmed: [JobID] = []
                        for _ in 0..<100 {
                            let request = JobRequest(kind: "kip-bench", payload: Array("{}".utf8))
                            confirmed.append(try await client.enqueue(request).id)
                        }
                        return confirmed
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
        }
        for _ in 0..<3 {
            try await Task.sleep(for: .milliseconds(150))
            House.kill(broker)
            broker = try house.start("broker")
        }
        defer { House.end(worker, broker) }
        guard let ids = try? await producing.value else {
            Issue.record("the jobs were not confirmed; broker runs: \(broker.isRunning)\n\(try house.logs())")
            return
        }
        #expect(ids.count == 5_000)
        let states = try await client.wait(ids, timeout: .seconds(200))
        #expect(states.allSatisfy { $0 == .succeeded })
        let queue = try await client.queues().first
        #expect(queue?.succeeded == 5_000)
        #expect(queue?.available == 0)
    }

    @Test("SIGTERM drains: what a worker holds is finished or given back, nothing is lost, no attempt is counted")
    func drains() async throws {
        let house = try House()
        let broker = try house.start("broker")
        defer { House.end(broker) }
        let client = try KipClient(endpoint: house.endpoint)
        let requests = (0..<5_000).map { _ in JobRequest(kind: "kip-bench", payload: Array("{}".utf8)) }
        let ids = try await client.enqueue(requests).map(\.id)
        for _ in 0..<3 {
            let worker = try house.start("worker", "--concurrency", "2")
            while try await client.workers().isEmpty {}
            House.end(worker)
            #expect(worker.terminationStatus == 0)
            // Its goodbye is on its way yet where the broker is busy.
            while try await !client.workers().isEmpty {}
        }
        let heir = try house.start("worker", "--concurrency", "16")
        defer { House.end(heir) }
        let states = try await client.wait(ids, timeout: .seconds(200))
        #expect(states.allSatisfy { $0 == .succeeded })
    }
}
