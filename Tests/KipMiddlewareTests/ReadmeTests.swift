import KipClient
import KipEncryption
import KipMetrics
import KipTracing
import KipWorker
import Testing

/// The examples of the README, as they stand there.
@Suite(.timeLimit(.minutes(15))) struct ReadmeTests {
    private struct Greeting: Job {
        static let kind = "greeting"
        var name: String
        func run(in context: JobContext) async throws -> Outcome {
            try .done("Xin chào \(name), \(context.logger[metadataKey: "request"]?.description ?? "")")
        }
    }

    @Test("metrics, traces, words of the log and encryption stand together, on both sides")
    func together() async throws {
        let bench = try Bench()
        try PayloadKeyFolder(bench.keys).add()
        let encryption = try PayloadEncryption(folder: bench.keys, kinds: ["greeting"])
        let client = try bench.client(JobTracing(), JobMetrics(), CarriedMetadata(), encryption)
        var registry = JobRegistry(Greeting.self)
        registry.use(JobTracing())
        registry.use(JobMetrics())
        registry.use(CarriedMetadata())
        registry.use(encryption)
        let worker = try bench.worker(registry)
        defer { worker.cancel() }
        let job = try await CarriedMetadata.with(["request": "7f3a"]) {
            try await client.enqueue(Greeting(name: "Lan"))
        }
        try await client.wait([job.id], timeout: .seconds(200))
        #expect(try await client.job(job.id).value(as: String.self) == "Xin chào Lan, 7f3a")
    }
}
