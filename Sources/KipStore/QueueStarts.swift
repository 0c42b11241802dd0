import KipCore

/// Jobs of a queue with a rate that began at a time.
public struct QueueStarts: Sendable, Equatable {
    /// The queue.
    public var queue: String
    /// When.
    public var at: Timestamp
    /// How many.
    public var jobs: Int

    /// Starts.
    public init(queue: String, at: Timestamp, jobs: Int) {
        self.queue = queue
        self.at = at
        self.jobs = jobs
    }
}
