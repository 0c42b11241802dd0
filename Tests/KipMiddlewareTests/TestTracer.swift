import Synchronization
import Tracing

/// A tracer with W3C Trace Context that remembers its spans.
final class TestTracer: Tracer {
    struct Place: Equatable {
        var trace: String
        var span: String
    }

    private enum Key: ServiceContextKey {
        typealias Value = Place
    }

    private enum State: ServiceContextKey {
        typealias Value = String
    }

    final class Span: Tracing.Span {
        let context: ServiceContext
        let kind: SpanKind
        let parent: Place?
        private let content: Mutex<(name: String, attributes: SpanAttributes, status: SpanStatus?, links: [SpanLink])>
        private let ended = Mutex(false)

        init(_ name: String, _ context: ServiceContext, _ kind: SpanKind, parent: Place?) {
            self.context = context
            self.kind = kind
            self.parent = parent
            content = Mutex((name, [:], nil, []))
        }

        var place: Place? { context[Key.self] }
        var links: [Place] { content.withLock { $0.links.compactMap { $0.context[Key.self] } } }
        var status: SpanStatus? { content.withLock { $0.status } }
        var isEnded: Bool { ended.withLock { $0 } }
        var operationName: String {
            get { content.withLock { $0.name } }
            set { content.withLock { $0.name = newValue } }
        }
        var attributes: SpanAttributes {
            get { content.withLock { $0.attributes } }
            set { content.withLock { $0.attributes = newValue } }
        }
        var isRecording: Bool { !isEnded }
        func setStatus(_ status: SpanStatus) { content.withLock { $0.status = status } }
        func addEvent(_ event: SpanEvent) {}
        func recordError<Instant: TracerInstant>(
            _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
        ) {}
        func addLink(_ link: SpanLink) { content.withLock { $0.links.append(link) } }
        func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) { ended.withLock { $0 = true } }
    }

    private let all = Mutex<[Span]>([])
    var spans: [Span] { all.withLock { $0 } }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> Span {
        var context = context()
        let parent = context[Key.self]
        return all.withLock { spans in
            let number = String(spans.count + 1, radix: 16)
            let span = String(repeating: "0", count: 16 - number.count) + number
            context[Key.self] = Place(trace: parent?.trace ?? "0000000000000000" + span, span: span)
            spans.append(Span(operationName, context, kind, parent: parent))
            return spans[spans.count - 1]
        }
    }

    func forceFlush() {}

    func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        let parts = extractor.extract(key: "traceparent", from: carrier)?.split(separator: "-").map(String.init) ?? []
        if parts.count == 4 { context[Key.self] = Place(trace: parts[1], span: parts[2]) }
        context[State.self] = extractor.extract(key: "tracestate", from: carrier)
    }

    func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let place = context[Key.self] else { return }
        injector.inject("00-\(place.trace)-\(place.span)-01", forKey: "traceparent", into: &carrier)
        injector.inject(context[State.self] ?? "kip=1", forKey: "tracestate", into: &carrier)
    }
}
