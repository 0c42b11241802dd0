import KipCore

/// Which ended jobs are taken away. A job stays while one that came after it has not ended, as that one may read its result;
/// its unique key stays as long as its scope says, and what it did to the world stays in the ledger of effects.
public struct Pruning: Sendable, Equatable {
    /// Ended states.
    public var states: [JobState]
    /// Of this kind; empty = any.
    public var kind: String
    /// Of this queue; empty = any.
    public var queue: String
    /// That ended before this. A job that says how long it is kept is taken away by that instead.
    public var before: Timestamp
    /// By the clock: only what is not kept any more.
    public var now: Timestamp
    /// So many jobs are looked at.
    public var limit: Int
    /// Of these no others once they have so many bytes of payload and result: what is taken away is overwritten.
    public var bytes: Int
    /// Those after this one; nil = from the oldest.
    public var from: JobID?

    /// Which jobs.
    public init(
        states: [JobState], kind: String = "", queue: String = "", before: Timestamp, now: Timestamp, limit: Int,
        bytes: Int = .max, from: JobID? = nil
    ) {
        self.states = states
        self.kind = kind
        self.queue = queue
        self.before = before
        self.now = now
        self.limit = limit
        self.bytes = bytes
        self.from = from
    }
}
