import ArgumentParser
import Foundation
import KipClient
import KipCore

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure this installation: durable lifecycles a second.",
        discussion: """
            Enqueues no-op jobs from this process with a bounded number outstanding and waits until all have run. A
            broker and a worker of the kind “kip-bench” must run: kip worker --concurrency 64 --prefetch 448.
            """)

    @Option(name: .long, help: "How many jobs.")
    var jobs = 100_000
    @Option(name: .long, help: "Jobs that wait for their confirmation at a time.")
    var outstanding = 500
    @Option(name: .long, help: "Bytes of a payload.")
    var bytes = 200
    @Flag(name: .long, help: "Print one object.")
    var json = false
    @OptionGroup var brokerOption: BrokerOption

    private struct Figures: Encodable {
        let jobs: Int
        let confirmedPerSecond: Double
        let lifecyclesPerSecond: Double
    }

    func run() async throws {
        let client = try brokerOption.client()
        let payload = Array("{\"padding\":\"\(String(repeating: "x", count: max(0, bytes - 14)))\"}".utf8)
        let start = ContinuousClock.now
        let ids = try await enqueueAll(client, payload)
        let confirmed = ContinuousClock.now - start
        try await client.wait(ids.suffix(2_000), timeout: .seconds(600))
        try await client.wait(ids, timeout: .seconds(600))
        let ended = ContinuousClock.now - start
        let figures = Figures(
            jobs: jobs, confirmedPerSecond: Double(jobs) / confirmed.seconds,
            lifecyclesPerSecond: Double(jobs) / ended.seconds)
        if json { return try Terminal.json(figures) }
        Terminal.line("\(Terminal.count(jobs, "job")) of \(bytes) bytes, \(outstanding) outstanding")
        Terminal.line("confirmed    \(Int(figures.confirmedPerSecond)) a second")
        Terminal.line("lifecycles   \(Int(figures.lifecyclesPerSecond)) a second")
    }

    private func enqueueAll(_ client: KipClient, _ payload: [UInt8]) async throws -> [JobID] {
        let lanes = min(outstanding, jobs)
        return try await withThrowingTaskGroup(of: [JobID].self) { group in
            for lane in 0..<lanes {
                let count = jobs / lanes + (lane < jobs % lanes ? 1 : 0)
                group.addTask {
                    var ids: [JobID] = []
                    for _ in 0..<count {
                        ids.append(try await client.enqueue(JobRequest(kind: "kip-bench", payload: payload)).id)
                    }
                    return ids
                }
            }
            var ids: [JobID] = []
            for try await part in group { ids += part }
            return ids
        }
    }
}

extension Duration {
    fileprivate var seconds: Double { Double(milliseconds) / 1000 }
}
