/// What went wrong with a job, each kind counted for itself: an error is the handler's, a loss may be the job's own
/// doing, an interruption is nobody's.
public struct Setbacks: Sendable, Hashable {
    /// Attempts that ended with an error. `maxAttempts` of them make a dead letter.
    public var failures = 0
    /// Workers that were lost with it. `Limits.losses` of them quarantine it.
    public var losses = 0
    /// Times that it was given back unfinished, by a drain or a deploy. They cost nothing.
    public var interruptions = 0

    /// Counts; none by default.
    public init(failures: Int = 0, losses: Int = 0, interruptions: Int = 0) {
        self.failures = failures
        self.losses = losses
        self.interruptions = interruptions
    }
}

/// What the loss of its worker means to a job.
public enum OnWorkerLost: Int, Sendable, Codable, CaseIterable {
    /// Another worker tries it: with others that were lost once, after a second loss with nothing else in its hands; after
    /// `Limits.losses` losses it is quarantined.
    case retry = 0
    /// It is quarantined at once: for handlers that act on the world outside of `JobContext.once`.
    case quarantine = 1
}

/// What an enqueue comes to whose unique key another job has with another kind or payload.
public enum KeyConflict: Int, Sendable, Codable, CaseIterable {
    /// The message is refused and changes nothing: two scripts use one key for two things.
    case refuse = 0
    /// The job that is there stays, and is the answer.
    case keepExisting = 1
    /// A job that has not begun yields: it is cancelled, and the new one has the key. One that has begun, or has ended and
    /// keeps its key, is as with `refuse`.
    case replacePending = 2
    /// The message is refused, also where kind and payload are the same. (A job that is sent again, with its own id, is
    /// still answered `existing`.)
    case reject = 3
}

/// A short name of a kind and a payload, to tell whether two jobs are the same: FNV-1a with 64 bits (Fowler, Noll, Vo;
/// draft-eastlake-fnv). It guards against slips, not against enemies.
public enum Fingerprint {
    /// The fingerprint of a job. Of a payload that was encrypted, and so is another each time, its likeness counts.
    public static func of(kind: String, payload: [UInt8]) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        for byte in kind.utf8 { add(byte) }
        // A byte that UTF-8 never has, so that kind and payload cannot flow into each other.
        add(0xFF)
        for byte in SealedPayload.telling(payload) { add(byte) }
        return Int64(bitPattern: hash)
    }
}
