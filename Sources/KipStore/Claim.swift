import KipCore

/// What the jobs of a message need to find: all are written, or none.
public struct Claim: Sendable, Equatable {
    /// Jobs whose ids are new, or theirs: another job of one of these ids has another kind or payload.
    public var jobs: [JobDraft]
    /// Unique keys that are free, or theirs.
    public var keys: [KeyClaim]
    /// Jobs that exist, or whose children do.
    public var parents: [ParentClaim]
    /// Queues with room.
    public var rooms: [RoomClaim]

    /// A claim.
    public init(
        jobs: [JobDraft] = [], keys: [KeyClaim] = [], parents: [ParentClaim] = [], rooms: [RoomClaim] = []
    ) {
        self.jobs = jobs
        self.keys = keys
        self.parents = parents
        self.rooms = rooms
    }

    /// Nothing is needed.
    public var isEmpty: Bool { jobs.isEmpty && keys.isEmpty && parents.isEmpty && rooms.isEmpty }
}

/// A unique key that a job is about to take.
public struct KeyClaim: Sendable, Equatable {
    /// The key.
    public var key: String
    /// The job.
    public var job: JobID
    /// Its lane: only jobs of the same queue and kind yield to it.
    public var lane: Lane
    /// What the job is: `Fingerprint`.
    public var fingerprint: Int64
    /// What it comes to where another job has it.
    public var conflict: KeyConflict
    /// The jobs with which the job may share the key; nil = all.
    public var shareable: JobVisibility?
    /// The jobs whose ids its owner may learn; nil = all.
    public var visible: JobVisibility?
    /// When.
    public var at: Timestamp

    /// A claim.
    public init(
        key: String, job: JobID, lane: Lane, fingerprint: Int64, conflict: KeyConflict = .refuse,
        shareable: JobVisibility? = nil, visible: JobVisibility? = nil, at: Timestamp
    ) {
        self.shareable = shareable
        self.visible = visible
        self.key = key
        self.job = job
        self.lane = lane
        self.fingerprint = fingerprint
        self.conflict = conflict
        self.at = at
    }
}

/// A job that another is about to come after.
public struct ParentClaim: Sendable, Equatable {
    /// Which must be there.
    public var parent: JobID
    /// Which comes after it: where that one is there already, it is sent again, and its parent may be long gone.
    public var child: JobID
    /// The jobs that it may come after; another is as good as not there. nil = all.
    public var visible: JobVisibility?

    /// A claim.
    public init(_ parent: JobID, of child: JobID, visible: JobVisibility? = nil) {
        self.visible = visible
        self.parent = parent
        self.child = child
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
