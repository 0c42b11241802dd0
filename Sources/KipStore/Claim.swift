import KipCore

/// What the jobs of a message need to find: all are written, or none.
public struct Claim: Sendable, Equatable {
    /// Unique keys that are free, or theirs.
    public var keys: [KeyClaim]
    /// Jobs that exist.
    public var parents: [JobID]
    /// Queues with room.
    public var rooms: [RoomClaim]

    /// A claim.
    public init(keys: [KeyClaim] = [], parents: [JobID] = [], rooms: [RoomClaim] = []) {
        self.keys = keys
        self.parents = parents
        self.rooms = rooms
    }

    /// Nothing is needed.
    public var isEmpty: Bool { keys.isEmpty && parents.isEmpty && rooms.isEmpty }
}

/// A unique key that a job is about to take.
public struct KeyClaim: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The job.
    public var job: JobID
    /// Its kind: only jobs of the same kind yield to it.
    public var kind: String
    /// What the job is: `Fingerprint`.
    public var fingerprint: Int64
    /// What it comes to where another job has it.
    public var conflict: KeyConflict
    /// When.
    public var at: Timestamp

    /// A claim.
    public init(
        key: String, job: JobID, kind: String, fingerprint: Int64, conflict: KeyConflict = .refuse, at: Timestamp
    ) {
        self.key = key
        self.job = job
        self.kind = kind
        self.fingerprint = fingerprint
        self.conflict = conflict
        self.at = at
    }
}

/// Room for jobs in a queue that may only be so long.
public struct RoomClaim: Sendable, Equatable {
    /// The queue.
    public var queue: String
    /// So many jobs may wait in it.
    public var most: Int
    /// These are about to be written.
    public var adding: [JobID]
    /// When.
    public var at: Timestamp

    /// A claim.
    public init(queue: String, most: Int, adding: [JobID], at: Timestamp) {
        self.queue = queue
        self.most = most
        self.adding = adding
        self.at = at
    }
}
