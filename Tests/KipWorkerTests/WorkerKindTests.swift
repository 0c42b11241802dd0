import KipClient
import KipCore
import KipWorker
import Testing

/// A kind with options of its own, and a job that makes others of it.
private struct Careful: Job {
    static let kind = "careful"
    static let options = JobOptions(maxAttempts: 3, timeout: .seconds(7))
    static var example: Careful? { Careful(name: "Lan", count: 2) }
    var name: String
    var count: Int?

    func run(in context: JobContext) async throws -> Outcome { .done }
}

private struct Maker: Job {
    static let kind = "maker"

    func run(in context: JobContext) async throws -> Outcome {
        let own = try context.enqueue(Careful(name: "own"), options: JobOptions())
        return try .done(own.description)
    }
}

/// What a worker says of its kinds, and what a client makes of it.
@Suite(.timeLimit(.minutes(15))) struct WorkerKindTests {
    @Test(
        "a client that is silent gets the kind's options; one that gives options gets those and the defaults, and no others"
    )
    func options() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Careful.self, Maker.self)
        defer { worker.cancel() }
        let client = broker.client
        let maker = try await broker.end(of: client.enqueue(Maker()))
        let silent = try await client.enqueue(JobRequest(kind: "careful", payload: Array(#"{"name":"a"}"#.utf8))).id
        let typed = try await client.enqueue(Careful(name: "a")).id
        let given = try await client.enqueue(Careful(name: "a"), options: JobOptions(priority: 1)).id
        let child = try #require(JobID(String(decoding: maker.result, as: UTF8.self).filter { $0 != "\"" }))
        var jobs: [JobRecord] = []
        for id in [silent, typed, given, child] { jobs.append(try await client.job(id).job) }
        #expect(jobs.map(\.maxAttempts) == [3, 3, 20, 20])
        #expect(jobs.map(\.timeout) == [7_000, 7_000, nil, nil])
        let kind = try #require(try await client.kinds().first { $0.name == "careful" })
        #expect(kind.options == JobDefaults(Careful.options))
        #expect(kind.example == #"{"count":2,"name":"Lan"}"#)
        #expect(kind.fields.map(\.name) == ["count", "name"])
        #expect(kind.fields.map(\.type) == ["number", "text"])
        #expect(kind.fields.map(\.optional) == [true, false])
        #expect(kind.workerCount == 1)
        #expect(try await client.kinds(["careful"]).map(\.workers) == [[]])
    }

    @Test(
        "of many jobs, of which the queue takes the first only, the error says which are stored; again, none is doubled"
    )
    func partly() async throws {
        let broker = try LocalBroker()
        let client = broker.client
        try await client.limit(queue: "bulk", QueueLimits(mostWaiting: 1_500))
        let requests = (0..<2_500).map { _ in
            JobRequest(kind: "k", payload: [], options: JobOptions(queue: "bulk"))
        }
        let error = await #expect(throws: KipClientError.self) { try await client.enqueue(requests) }
        guard case .partlyEnqueued(let partly)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(partly.stored.map(\.id).map(\.description) == requests.prefix(1_000).map(\.wire.id))
        #expect(partly.unknown == nil)
        #expect(partly.count == 2_500)
        #expect("\(partly.reason)".contains("bulk"))
        try await client.limit(queue: "bulk", QueueLimits(mostWaiting: 0))
        let again = try await client.enqueue(requests)
        #expect(again.map(\.isNew) == (0..<2_500).map { $0 >= 1_000 })
        #expect(try await client.queues().first?.available == 2_500)
    }
}
