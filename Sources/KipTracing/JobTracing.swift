import KipCore
import KipWorker
import Tracing

/// Traces jobs through swift-distributed-tracing, from whoever enqueues to the handler and on to the jobs that it makes.
///
/// The producer's span ends when the job is made; the tracer's own injector writes it into the job's headers
/// (`traceparent` and `tracestate` with W3C Trace Context), so that any other language can go on from there. The worker's
/// span is open while the handler runs, once for each attempt. The attributes are those of OpenTelemetry's conventions for
/// messaging, and `kip.job.kind` and `kip.job.attempt`.
///
/// ```swift
/// let client = try KipClient(middleware: [JobTracing()])
/// registry.use(JobTracing())
/// ```
public struct JobTracing: JobMiddleware, EnqueueMiddleware {
    /// How a handler's span belongs to that of its producer.
    public enum Relation: Sendable {
        /// It is its child: one trace from the request to the last job.
        case child
        /// It begins a trace of its own, with a link: for jobs that run long after, or by the thousand.
        case link
    }

    private let given: (any Tracer)?
    private let relation: Relation

    /// Tracing.
    /// - Parameters:
    ///   - tracer: default that of `InstrumentationSystem`, looked up for each job.
    ///   - relation: default `child`.
    public init(tracer: (any Tracer)? = nil, relation: Relation = .child) {
        given = tracer
        self.relation = relation
    }

    private var tracer: any Tracer { given ?? InstrumentationSystem.tracer }

    /// A span for the making of a job; the headers name it.
    public func prepare(_ job: inout OutgoingJob) {
        let tracer = tracer
        tracer.withAnySpan("create \(job.kind)", ofKind: .producer) { span in
            span.attributes["messaging.operation.name"] = "create"
            span.attributes["messaging.operation.type"] = "create"
            Self.describe(span, id: job.id, kind: job.kind, queue: job.queue)
            tracer.inject(span.context, into: &job.headers, using: HeaderInjector())
        }
    }

    /// A span for an attempt, under or beside the one that the headers name.
    public func handle(_ context: JobContext, next: JobMiddleware.Next) async throws -> Outcome {
        let tracer = tracer
        var origin = ServiceContext.topLevel
        tracer.extract(context.headers, into: &origin, using: HeaderExtractor())
        let parent = relation == .child ? origin : .topLevel
        return try await tracer.withAnySpan("process \(context.kind)", context: parent, ofKind: .consumer) { span in
            if relation == .link { span.addLink(SpanLink(context: origin, attributes: [:])) }
            span.attributes["messaging.operation.name"] = "process"
            span.attributes["messaging.operation.type"] = "process"
            span.attributes["kip.job.attempt"] = context.attempt
            Self.describe(span, id: context.id, kind: context.kind, queue: context.queue)
            let outcome = try await next(context)
            Self.note(outcome, on: span)
            return outcome
        }
    }

    private static func describe(_ span: any Span, id: JobID, kind: String, queue: String) {
        span.attributes["messaging.system"] = "kip"
        span.attributes["messaging.destination.name"] = queue
        span.attributes["messaging.message.id"] = id.description
        span.attributes["kip.job.kind"] = kind
    }

    /// What a handler returns rather than throws is no error to the tracer.
    private static func note(_ outcome: Outcome, on span: any Span) {
        switch outcome {
        case .succeeded: span.attributes["kip.job.outcome"] = "succeeded"
        case .snooze: span.attributes["kip.job.outcome"] = "snoozed"
        case .retry(_, let reason):
            span.attributes["kip.job.outcome"] = "failed"
            span.setStatus(SpanStatus(code: .error, message: reason))
        case .discard(let reason):
            span.attributes["kip.job.outcome"] = "discarded"
            span.setStatus(SpanStatus(code: .error, message: reason))
        }
    }
}

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into headers: inout [String: String]) { headers[key] = value }
}

private struct HeaderExtractor: Extractor {
    func extract(key: String, from headers: [String: String]) -> String? { headers[key] }
}
