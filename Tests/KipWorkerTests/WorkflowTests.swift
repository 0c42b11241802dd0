import Foundation
import KipClient
import KipCore
import KipWorker
import Testing

private struct Leaf: Job {
    static let kind = "leaf"
    var number: Int

    func run(in context: JobContext) async throws -> Outcome { try .done(number) }
}

private struct Root: Job {
    static let kind = "root"

    func run(in context: JobContext) async throws -> Outcome {
        let parents = try await context.parents()
        let sum = try parents.reduce(0) { try $0 + $1.value(as: Int.self) }
        return try .done("\(parents.count) of \(sum)")
    }
}

/// Makes a small workflow of its own: two leaves, and what comes after both.
private struct Planter: Job {
    static let kind = "planter"

    func run(in context: JobContext) async throws -> Outcome {
        let leaves = [try context.enqueue(Leaf(number: 20)), try context.enqueue(Leaf(number: 22))]
        return try .done(try context.enqueue(Root(), options: Root.options.after(leaves)).description)
    }
}

private struct Talker: Job {
    static let kind = "talker"

    func run(in context: JobContext) async throws -> Outcome {
        context.report(0.25, "a quarter")
        for number in 1...1_500 { context.log("line \(number)") }
        context.report(0.5)
        return try .done(context.headers["traceparent"] ?? "none")
    }
}

/// What handlers read and say, with a real broker and a real worker.
@Suite(.timeLimit(.minutes(15))) struct WorkflowTests {
    @Test("a job reads the results of more jobs than one message carries, in the order in which it named them")
    func fanIn() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Leaf.self, Root.self)
        defer { worker.cancel() }
        let leaves = try await broker.client.enqueue(
            (1...2_500).map { JobRequest(kind: "leaf", payload: Array(#"{"number": \#($0)}"#.utf8)) })
        let root = try await broker.client.enqueue(Root(), options: Root.options.after(leaves.map(\.id)))
        let result = try await broker.client.result(of: root.id, as: String.self, timeout: .seconds(200))
        #expect(result == "2500 of 3126250")
    }

    @Test("children that a handler makes may come after each other")
    func children() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Planter.self, Leaf.self, Root.self)
        defer { worker.cancel() }
        let planter = try await broker.client.enqueue(Planter())
        let text = try await broker.client.result(of: planter.id, as: String.self, timeout: .seconds(200))
        let root = try #require(JobID(text))
        #expect(try await broker.client.result(of: root, as: String.self, timeout: .seconds(200)) == "2 of 42")
    }

    @Test("progress, the newest thousand log lines and headers go with a job; a result of another type is told")
    func talks() async throws {
        let broker = try LocalBroker()
        let worker = try broker.worker(Talker.self)
        defer { worker.cancel() }
        var options = Talker.options
        let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        options.conditions.headers = WireHeaders.bytes(["traceparent": trace])
        let job = try await broker.client.enqueue(Talker(), options: options)
        #expect(try await broker.client.result(of: job.id, as: String.self, timeout: .seconds(200)) == trace)
        let detail = try await broker.client.job(job.id)
        #expect(detail.job.progress == 0.5)
        #expect(detail.job.progressText == "a quarter")
        #expect(detail.log.count == Limits.logLines)
        #expect(detail.log.first?.text == "line 501")
        #expect(detail.log.last?.text == "line 1500")
        await #expect(throws: JobResultError.self) { try await broker.client.result(of: job.id, as: [Int].self) }
    }
}
