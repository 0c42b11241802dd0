import KipClient
import KipCore

/// How many jobs go through an installation in a second, with a bounded number that wait for their confirmation.
struct BenchThroughput {
    let client: KipClient
    let jobs: Int
    let outstanding: Int
    let perMessage: Int
    let bytes: Int

    struct Figures: Encodable {
        var jobs: Int
        var confirmedPerSecond: Double
        var lifecyclesPerSecond: Double
    }

    /// - Throws: `KipClientError`, or `Failure` where a job ended otherwise than well.
    func run() async throws -> Figures {
        let payload = BenchJob.payload(bytes: bytes)
        let start = ContinuousClock.now
        let ids = try await enqueueAll(payload)
        let confirmed = ContinuousClock.now - start
        let ended = try await lastEnd(of: ids) - start
        let states = try await client.wait(ids, timeout: .seconds(600))
        guard states.allSatisfy({ $0 == .succeeded }) else {
            throw Failure.software("not all jobs succeeded; “kip jobs list --kind kip-bench” shows them")
        }
        return Figures(
            jobs: jobs, confirmedPerSecond: Double(jobs) / confirmed.inSeconds,
            lifecyclesPerSecond: Double(jobs) / ended.inSeconds)
    }

    /// When all have ended. The newest are asked after, so that asking costs little of what is measured; where an older one
    /// was still on its way then, all are.
    private func lastEnd(of ids: [JobID]) async throws -> ContinuousClock.Instant {
        let newest = ids.sorted().suffix(1_000)
        while try await hasOpen(Array(newest)) { try await Task.sleep(for: .milliseconds(5)) }
        let end = ContinuousClock.now
        guard try await hasOpen(ids) else { return end }
        try await client.wait(ids, timeout: .seconds(600))
        return .now
    }

    private func hasOpen(_ ids: [JobID]) async throws -> Bool {
        try await client.states(ids).contains { $0?.isTerminal == false }
    }

    private func enqueueAll(_ payload: [UInt8]) async throws -> [JobID] {
        let lanes = max(1, min(outstanding / perMessage, jobs / perMessage))
        return try await withThrowingTaskGroup(of: [JobID].self) { group in
            for lane in 0..<lanes {
                let count = jobs / lanes + (lane < jobs % lanes ? 1 : 0)
                group.addTask { try await enqueue(count, payload) }
            }
            var ids: [JobID] = []
            for try await part in group { ids += part }
            return ids
        }
    }

    private func enqueue(_ count: Int, _ payload: [UInt8]) async throws -> [JobID] {
        var ids: [JobID] = []
        ids.reserveCapacity(count)
        while ids.count < count {
            if perMessage == 1 {
                ids.append(try await client.enqueue(JobRequest(kind: BenchJob.kind, payload: payload)).id)
            } else {
                let some = (0..<min(perMessage, count - ids.count)).map { _ in
                    JobRequest(kind: BenchJob.kind, payload: payload)
                }
                ids += try await client.enqueue(some).map(\.id)
            }
        }
        return ids
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
