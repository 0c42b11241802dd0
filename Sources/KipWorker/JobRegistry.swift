import KipCore

/// The kinds that a worker runs.
public struct JobRegistry: Sendable {
    typealias Handler = @Sendable (_ payload: [UInt8], _ context: JobContext) async throws -> Outcome

    /// Looks into the world for an effect by its key.
    public typealias Reconciler = @Sendable (_ key: String) async throws -> Reconciliation

    private var handlers: [String: Handler] = [:]
    private var descriptions: [String: @Sendable () -> WireKindOptions] = [:]
    private var middleware: [any JobMiddleware] = []
    private var reconcilers: [String: Reconciler] = [:]
    /// What sees the jobs that handlers make, and what opens payloads.
    package private(set) var outgoing = EnqueueChain()

    /// An empty registry.
    public init() {}

    /// A registry of these kinds.
    public init(_ kinds: any Job.Type...) {
        for kind in kinds { register(kind) }
    }

    /// Adds a kind. A kind of the same name that was added before is replaced.
    public mutating func register(_ kind: any Job.Type) {
        add(kind)
    }

    private mutating func add<J: Job>(_ kind: J.Type) {
        descriptions[J.kind] = { KindDescription.of(J.self) }
        handlers[J.kind] = { payload, context in
            let job: J
            do {
                job = try J.decode(payload: payload)
            } catch {
                throw SealedPayload(payload).map { UnreadablePayload(sealedWith: $0.key) }
                    ?? UnreadablePayload(kind: J.kind, error)
            }
            return try await Self.run(job, in: context)
        }
    }

    /// What a kind says of its own errors.
    private static func run(_ job: some Job, in context: JobContext) async throws -> Outcome {
        do {
            return try await job.run(in: context)
        } catch {
            guard !(error is JobSignal), let delay = job.delay(afterFailure: context.failures + 1, error) else {
                throw error
            }
            return .retry(after: delay, reason: "\(error)")
        }
    }

    /// Runs a job's handler here and now.
    /// - Returns: nil where the kind is not known.
    /// - Throws: what the handler throws and does not turn into an outcome.
    package func run(_ kind: String, _ payload: [UInt8], in context: JobContext) async throws -> Outcome? {
        guard let handler = handlers[kind] else { return nil }
        if middleware.isEmpty { return try await signalled(handler, payload, context) }
        var next: JobMiddleware.Next = { [outgoing] in try await Self.clear(handler, payload, $0, outgoing) }
        for layer in middleware.reversed() {
            next = { [next] context in try await layer.handle(context, next: next) }
        }
        do {
            return try await next(context)
        } catch let signal as JobSignal {
            return signal.outcome
        }
    }

    private func signalled(_ handler: Handler, _ payload: [UInt8], _ context: JobContext) async throws -> Outcome {
        do {
            return try await Self.clear(handler, payload, context, outgoing)
        } catch let signal as JobSignal {
            return signal.outcome
        }
    }

    /// The handler sees payload and result as they are; what is outside of it, as they travel.
    private static func clear(
        _ handler: Handler, _ payload: [UInt8], _ context: JobContext, _ chain: EnqueueChain
    ) async throws -> Outcome {
        let clear: [UInt8]
        do {
            clear = try chain.open(payload: payload, of: context.id, kind: context.kind)
        } catch let error as PayloadInTheClear {
            throw JobSignal.discard(reason: error.description)
        }
        let outcome = try await handler(clear, context)
        guard case .succeeded(let result) = outcome else { return outcome }
        return .succeeded(result: try chain.seal(result: result, of: context.id, kind: context.kind))
    }

    /// Adds a middleware inside of those that were added before.
    public mutating func use(_ layer: some JobMiddleware) {
        middleware.append(layer)
    }

    /// Adds what sees each job that a handler makes, after those that were added before. A `PayloadTransform` also opens
    /// the payloads of handlers, and seals their results.
    public mutating func use(_ layer: some EnqueueMiddleware) {
        outgoing.use(layer)
    }

    /// Adds what is both: it stands around handlers, and sees the jobs that they make.
    public mutating func use(_ layer: some JobMiddleware & EnqueueMiddleware) {
        middleware.append(layer)
        outgoing.use(layer)
    }

    /// Adds a reconciler: who knows what became of effects whose keys begin so. One of the same prefix is replaced. It
    /// should answer `.undone` only where whoever began the effect can no longer make it happen.
    public mutating func reconcile(prefix: String, _ look: @escaping Reconciler) {
        // The broker knows keys in this spelling.
        reconcilers[CanonicalText.spelling(of: prefix) ?? prefix] = look
    }

    /// The prefixes of the effects that this registry can look up.
    var reconciles: [String] { reconcilers.keys.sorted() }

    /// The reconciler of the longest prefix of a key.
    func reconciler(of key: String) -> Reconciler? {
        reconcilers.filter { key.hasBytePrefix($0.key) }.max { $0.key.utf8.count < $1.key.utf8.count }?.value
    }

    /// The names of the kinds.
    public var kinds: [String] { handlers.keys.sorted() }

    /// What the broker is told of each kind; of one without options too, so that what it had before counts no more.
    package var kindOptions: [WireKindOptions] { descriptions.sorted { $0.key < $1.key }.map { $0.value() } }
}

/// A payload that its kind cannot read: no further attempt can help. Its text names the key, never a value, which may
/// be about a person.
struct UnreadablePayload: Error, CustomStringConvertible {
    let description: String

    /// One that no middleware of this worker has opened.
    init(sealedWith key: String) {
        description =
            "the payload is encrypted with the key “\(key)”, and this worker opens none: give it the keys "
            + "(PayloadEncryption, JobRegistry.use), then “kip jobs retry”"
    }

    init(kind: String, _ error: any Error) {
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.isEmpty ? "the payload" : context.codingPath.map(\.stringValue).joined(separator: ".")
        }
        let reason =
            switch error {
            case DecodingError.keyNotFound(let key, _): "“\(key.stringValue)” is missing"
            case DecodingError.typeMismatch(let type, let context): "“\(path(context))” is not of type \(type)"
            case DecodingError.valueNotFound(_, let context): "“\(path(context))” is null"
            case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
                "“\(path(context))” has a value that is not allowed"
            default: "it is not JSON"
            }
        description = "the payload does not fit the kind “\(kind)”: \(reason); mend the script that enqueues it"
    }
}
