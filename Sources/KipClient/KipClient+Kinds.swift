import KipCore

/// What is known of a kind.
public struct KindRecord: Sendable, Codable {
    /// A field of a kind's payload.
    public struct Field: Sendable, Codable, Equatable {
        /// Its name.
        public let name: String
        /// `text`, `number`, `true or false`, `list` or `object`.
        public let type: String
        /// A payload without it is one, too.
        public let optional: Bool
    }

    /// Its name.
    public let name: String
    /// How its jobs wait, run and are tried again if a producer does not say; nil = no worker has said any.
    public let options: JobDefaults?
    /// When that was said, in milliseconds since 1970.
    public let optionsAt: Int64?
    /// The worker that said it.
    public let optionsBy: String?
    /// The options count for jobs in these queues, as that worker's key is limited to them; empty = in all.
    public let optionQueues: [String]
    /// A payload as JSON; nil = the kind gives none.
    public let example: String?
    /// The fields of the example.
    public let fields: [Field]
    /// Connected workers that take its jobs, at most 100 names.
    public let workers: [String]
    /// How many there are.
    public let workerCount: Int
    /// The queues that they serve.
    public let queues: [String]
    /// Jobs that wait for a worker, as far as the broker holds them in memory.
    public let waiting: Int
    /// Others wait on disk only.
    public let waitingIsMore: Bool
    /// What operators have said of it; nil = nothing.
    public let control: ControlRecord?

    init(_ wire: WireKind) {
        name = wire.name
        let isSaid = wire.hasOptions
        options = isSaid ? try? JobDefaults(wire: wire.options.options, label: wire.name) : nil
        optionsAt = isSaid ? wire.optionsAtMs : nil
        optionsBy = isSaid ? wire.optionsBy : nil
        optionQueues = wire.options.queues
        example = wire.options.example.isEmpty ? nil : wire.options.example
        fields = wire.options.fields.map { Field(name: $0.name, type: $0.type, optional: $0.optional) }
        workers = wire.workers
        workerCount = Int(wire.workerCount)
        queues = wire.queues
        waiting = Int(wire.waiting)
        waitingIsMore = wire.waitingIsMore
        control = wire.hasControl ? ControlRecord(wire.control) : nil
    }
}

/// Jobs of a queue and a kind that wait and that no connected worker takes.
public struct UnservedRecord: Sendable, Codable, Equatable {
    /// Where they wait.
    public let queue: String
    /// Their kind.
    public let kind: String
    /// How many, as far as the broker holds them in memory.
    public let waiting: Int
    /// Others wait on disk only.
    public let waitingIsMore: Bool
    /// How long the one that has waited longest could have run, in milliseconds.
    public let oldestWaiting: Int64

    /// Such jobs.
    package init(queue: String, kind: String, waiting: Int, waitingIsMore: Bool = false, oldestWaiting: Int64 = 0) {
        self.queue = queue
        self.kind = kind
        self.waiting = waiting
        self.waitingIsMore = waitingIsMore
        self.oldestWaiting = oldestWaiting
    }

    init(_ wire: WireOverview.Unserved) {
        self.init(
            queue: wire.queue, kind: wire.kind, waiting: Int(wire.waiting), waitingIsMore: wire.waitingIsMore,
            oldestWaiting: wire.oldestWaitingMs)
    }
}

extension KipClient {
    /// Kinds with their options, and who serves them.
    /// - Parameter names: only these, in which case the records name no workers; default all that are known.
    /// - Throws: `KipClientError`.
    public func kinds(_ names: [String] = []) async throws(KipClientError) -> [KindRecord] {
        var list = WireListKinds()
        list.kinds = names
        guard case .kindList(let answer) = try await ask(.listKinds(list)).header.body else { throw .unexpectedAnswer }
        return answer.kinds.map(KindRecord.init)
    }
}
