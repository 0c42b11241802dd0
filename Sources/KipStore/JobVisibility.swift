import KipCore

/// The jobs that a peer may see: those of some kinds in some queues.
public struct JobVisibility: Sendable, Equatable {
    /// The kinds; empty = all.
    public var kinds: [String]
    /// The queues; empty = all.
    public var queues: [String]

    /// Jobs of these kinds in these queues.
    public init(kinds: [String], queues: [String]) {
        self.kinds = kinds
        self.queues = queues
    }

    /// nil where it includes every job.
    public var unlessAll: JobVisibility? { kinds.isEmpty && queues.isEmpty ? nil : self }

    /// Whether a job of that queue and kind is one of them.
    public func includes(_ lane: Lane) -> Bool { includes(queue: lane.queue) && includes(kind: lane.kind) }

    /// Whether a queue is one of those whose jobs may be seen.
    public func includes(queue: String) -> Bool { queues.isEmpty || queues.contains(queue) }

    /// Whether a kind is one of those whose jobs may be seen.
    public func includes(kind: String) -> Bool { kinds.isEmpty || kinds.contains(kind) }
}

extension JobVisibility? {
    /// Whether a job of that queue and kind may be seen; nil sees all.
    public func includes(_ lane: Lane) -> Bool { self.map { $0.includes(lane) } ?? true }

    /// Whether jobs of a queue may be seen; nil sees all.
    public func includes(queue: String) -> Bool { self.map { $0.includes(queue: queue) } ?? true }
}
