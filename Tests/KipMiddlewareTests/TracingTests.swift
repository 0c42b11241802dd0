import KipClient
import KipTracing
import KipWorker
import Testing
import Tracing

@Suite(.timeLimit(.minutes(15))) struct TracingTests {
    @Test("one trace goes from who enqueues through broker and worker to the handler's children")
    func through() async throws {
        let (bench, tracer) = (try Bench(), TestTracer())
        let client = try bench.client(JobTracing(tracer: tracer))
        var registry = JobRegistry(Echo.self, Maker.self)
        registry.use(JobTracing(tracer: tracer))
        let worker = try bench.worker(registry)
        defer { worker.cancel() }
        let id = try await tracer.withSpan("request") { _ in try await client.enqueue(Maker(text: "x")).id }
        try await client.wait([id], timeout: .seconds(200))
        let child = try #require(JobID(try await client.job(id).value(as: String.self)))
        try await client.wait([child], timeout: .seconds(200))
        let spans = tracer.spans
        #expect(
            spans.map(\.operationName) == ["request", "create maker", "process maker", "create echo", "process echo"])
        #expect(spans.map(\.kind) == [.internal, .producer, .consumer, .producer, .consumer])
        for (span, parent) in zip(spans.dropFirst(), spans) { #expect(span.parent == parent.place) }
        #expect(Set(spans.map(\.place?.trace)).count == 1)
        let attributes = spans[2].attributes
        #expect(attributes.get("messaging.system") == .string("kip"))
        #expect(attributes.get("messaging.message.id") == .string(id.description))
        #expect(attributes.get("messaging.destination.name") == .string("default"))
        #expect(attributes.get("messaging.operation.type") == .string("process"))
        #expect(attributes.get("kip.job.outcome") == .string("succeeded"))
        #expect(spans.allSatisfy { $0.isEnded })
    }

    @Test("what another language wrote as traceparent and tracestate is gone on from, as a child or with a link")
    func foreign() async throws {
        let tracer = TestTracer()
        let headers = [
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "vendor=7",
        ]
        let context = JobContext(kind: "echo", headers: headers, logger: quiet)
        let origin = TestTracer.Place(trace: "4bf92f3577b34da6a3ce929d0e0e4736", span: "00f067aa0ba902b7")
        _ = try await JobTracing(tracer: tracer).handle(context) { _ in
            var job = OutgoingJob(kind: "echo", payload: [])
            JobTracing(tracer: tracer).prepare(&job)
            #expect(job.headers["traceparent"]?.contains(origin.trace) == true)
            #expect(job.headers["tracestate"] == "vendor=7")
            return .done
        }
        #expect(tracer.spans[0].parent == origin)
        _ = try await JobTracing(tracer: tracer, relation: .link).handle(context) { _ in .discard(reason: "no") }
        let linked = try #require(tracer.spans.last)
        #expect(linked.parent == nil && linked.links == [origin])
        #expect(linked.status?.code == .error)
    }

    @Test("without a tracer nothing is written and nothing goes wrong")
    func none() {
        var job = OutgoingJob(kind: "echo", payload: [])
        JobTracing().prepare(&job)
        #expect(job.headers.isEmpty)
    }
}
