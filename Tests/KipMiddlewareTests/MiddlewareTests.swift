import KipClient
import KipTesting
import KipWorker
import Logging
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(15))) struct MiddlewareTests {
    @Test("a producer's middleware adds headers, the first first; the handler finds them")
    func headers() async throws {
        let bench = try Bench()
        let client = try bench.client(Origin(name: "a"), Origin(name: "b"))
        let worker = try bench.worker(JobRegistry(Echo.self))
        defer { worker.cancel() }
        let one = try await client.enqueue(Echo(text: "x")).id
        let many = try await client.enqueue([JobRequest(kind: "echo", payload: Array(#"{"text":"y"}"#.utf8))])[0].id
        try await client.wait([one, many], timeout: .seconds(200))
        #expect(try await client.job(one).echoed()["origin"] == "a,b")
        #expect(try await client.job(many).echoed() == ["text": "y", "origin": "a,b"])
    }

    @Test("a handler's children pass the worker's middleware")
    func children() async throws {
        let bench = try Bench()
        let client = try bench.client()
        var registry = JobRegistry(Echo.self, Maker.self)
        registry.use(Origin(name: "worker"))
        let worker = try bench.worker(registry)
        defer { worker.cancel() }
        let maker = try await client.enqueue(Maker(text: "x")).id
        try await client.wait([maker], timeout: .seconds(200))
        let child = try #require(JobID(try await client.job(maker).value(as: String.self)))
        try await client.wait([child], timeout: .seconds(200))
        #expect(try await client.job(child).echoed()["origin"] == "worker")
    }

    @Test("a middleware that throws keeps the job from being enqueued, and a handler's attempt from succeeding")
    func refusal() async throws {
        struct Never: EnqueueMiddleware {
            struct Reason: Error, CustomStringConvertible { let description = "not today" }
            func prepare(_ job: inout OutgoingJob) throws { throw Reason() }
        }
        let bench = try Bench()
        await #expect(throws: KipClientError.middleware("not today")) {
            try await bench.client(Never()).enqueue(Echo(text: "x"))
        }
        #expect(try await bench.client().jobs().jobs.isEmpty)
        var registry = JobRegistry(Maker.self)
        registry.use(Never())
        let queue = InlineQueue(registry)
        await #expect(throws: Never.Reason.self) { try await queue.enqueue(Maker(text: "x")) }
    }

    @Test("an inline queue leads its jobs, and those of handlers, through the same chain")
    func inline() async throws {
        var registry = JobRegistry(Echo.self, Maker.self)
        registry.use(Origin(name: "test"))
        let queue = InlineQueue(registry)
        let direct = try await queue.enqueue(Echo(text: "x"))
        let maker = try await queue.enqueue(Maker(text: "y"))
        await queue.run()
        #expect(try await queue.result(of: direct, as: [String: String].self)?["origin"] == "test")
        let child = try #require(JobID(try await queue.result(of: maker, as: String.self) ?? ""))
        #expect(try await queue.result(of: child, as: [String: String].self) == ["text": "y", "origin": "test"])
    }

    @Test("words of a log travel with a job to its handler's logger, and to the jobs that it makes")
    func carried() async throws {
        struct Says: Job {
            static let kind = "says"
            var further: Bool
            func run(in context: JobContext) async throws -> Outcome {
                let child = further ? try context.enqueue(Says(further: false)).description : ""
                return try .done([context.logger[metadataKey: "request"]?.description ?? "none", child])
            }
        }
        var registry = JobRegistry(Says.self)
        registry.use(CarriedMetadata())
        let queue = InlineQueue(registry)
        let parent = try await CarriedMetadata.with(["request": "7f3a"]) {
            try await queue.enqueue(Says(further: true))
        }
        await queue.run()
        let said = try #require(try await queue.result(of: parent, as: [String].self))
        #expect(said[0] == "7f3a")
        let child = try #require(JobID(said[1]))
        #expect(try await queue.result(of: child, as: [String].self) == ["7f3a", ""])
    }
}
