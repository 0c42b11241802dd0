/// The middleware through which jobs leave, first to last, and results come back, last to first.
public struct EnqueueChain: Sendable {
    private var layers: [any EnqueueMiddleware]
    private var transforms: [any PayloadTransform]

    /// A chain; nothing by default.
    public init(_ layers: [any EnqueueMiddleware] = []) {
        self.layers = layers
        transforms = layers.compactMap { $0 as? any PayloadTransform }
    }

    /// Adds a layer after those that are there.
    public mutating func use(_ layer: any EnqueueMiddleware) {
        layers.append(layer)
        if let transform = layer as? any PayloadTransform { transforms.append(transform) }
    }

    /// It has nothing to do with any job.
    package var isEmpty: Bool { layers.isEmpty }

    /// Leads a job through the chain.
    /// - Throws: what a middleware throws.
    package func prepare(_ wire: inout WireNewJob, _ payload: inout [UInt8]) throws {
        if layers.isEmpty { return }
        // Middleware knows the job by its id, so that the broker may not make it.
        if wire.id.isEmpty { wire.id = JobID().description }
        // An id that is none is the broker's to refuse.
        guard let id = JobID(wire.id) else { return }
        let headers = wire.hasConditions ? wire.conditions.headers.values : [:]
        var job = OutgoingJob(
            id: id, kind: wire.kind, queue: wire.queue.isEmpty ? "default" : wire.queue,
            uniqueKey: wire.uniqueKey.isEmpty ? nil : wire.uniqueKey, headers: headers, payload: payload)
        for layer in layers { try layer.prepare(&job) }
        payload = job.payload
        if job.headers != headers { wire.conditions.headers.values = job.headers }
    }

    /// The payload as the kind decodes it.
    package func open(payload: [UInt8], of id: JobID, kind: String) throws -> [UInt8] {
        try transforms.reversed().reduce(payload) { try $1.open(payload: $0, of: id, kind: kind) }
    }

    /// A result as it leaves the worker; an empty one is none.
    package func seal(result: [UInt8], of id: JobID, kind: String) throws -> [UInt8] {
        if result.isEmpty { return [] }
        return try transforms.reduce(result) { try $1.seal(result: $0, of: id, kind: kind) }
    }

    /// A result as the handler gave it; an empty one is none.
    package func open(result: [UInt8], of id: JobID) throws -> [UInt8] {
        if result.isEmpty { return [] }
        return try transforms.reversed().reduce(result) { try $1.open(result: $0, of: id) }
    }
}
