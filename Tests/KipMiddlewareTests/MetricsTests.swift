import KipMetrics
import KipTesting
import KipWorker
import MetricsTestKit
import Testing

@Suite struct MetricsTests {
    @Test("attempts are counted by kind and outcome, and timed with their wait")
    func counts() async throws {
        let metrics = TestMetrics()
        var registry = JobRegistry(Ends.self)
        registry.use(JobMetrics(factory: metrics))
        let queue = InlineQueue(registry)
        for how in ["well", "throws", "discards", "snoozes"] { try await queue.enqueue(Ends(how: how)) }
        await queue.advance(by: .seconds(60))
        func count(_ name: String, _ outcome: String? = nil) throws -> Int64 {
            try metrics.expectCounter(
                "kip_jobs_" + name, [("kind", "ends")] + (outcome.map { [("outcome", $0)] } ?? [])
            ).totalValue
        }
        #expect(try count("enqueued") == 4)
        // One throws twice, one comes back after its snooze.
        #expect(try count("started") == 6)
        #expect(try count("succeeded") == 2)
        #expect(try count("failed", "failed") == 2)
        #expect(try count("failed", "discarded") == 1)
        #expect(try count("snoozed") == 1)
        #expect(try metrics.expectTimer("kip_job_duration", [("kind", "ends")]).values.count == 6)
        #expect(try metrics.expectTimer("kip_job_wait", [("kind", "ends")]).values.count == 4)
    }
}
