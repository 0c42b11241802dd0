import KipCore

/// A handler's intent to act on the world.
public struct EffectIntent: Sendable, Equatable {
    /// At most one effect for a key.
    public var key: String
    /// Whose handler.
    public var job: JobID
    /// In which attempt.
    public var attempt: Int
    /// The worker that runs it.
    public var worker: EffectWorker
    /// When.
    public var at: Timestamp

    /// An intent.
    public init(key: String, job: JobID, attempt: Int, worker: EffectWorker, at: Timestamp) {
        self.key = key
        self.job = job
        self.attempt = attempt
        self.worker = worker
        self.at = at
    }
}

/// A worker that begins an effect or reports what became of it.
public struct EffectWorker: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// The key of its connection; nil = its endpoint asks for none.
    public var credential: Credential?

    /// A worker.
    public init(id: String, credential: Credential? = nil) {
        self.id = id
        self.credential = credential
    }
}

/// Whose an effect is now, as the store has it.
public struct EffectOwner: Sendable, Equatable {
    /// The job.
    public var job: JobID
    /// The attempt that began it.
    public var attempt: Int
    /// The id of the worker that began it.
    public var worker: String
    /// The public key of that worker; empty = it needed none; nil = not known, as the database is older than that.
    public var publicKey: String?

    /// An owner.
    public init(job: JobID, attempt: Int, worker: String, publicKey: String?) {
        self.job = job
        self.attempt = attempt
        self.worker = worker
        self.publicKey = publicKey
    }

    /// Whether it is that worker: by its id, and by the key that owns the id. A connection without a key comes over an
    /// endpoint where everybody may do everything.
    func isSame(as worker: EffectWorker) -> Bool {
        guard worker.id == self.worker else { return false }
        guard let publicKey, let credential = worker.credential else { return true }
        return credential.publicKey == publicKey
    }
}

/// What somebody says became of an effect.
public struct EffectWord: Sendable, Equatable {
    /// Who says it.
    public enum Speaker: Sendable, Equatable {
        /// The handler itself, in its worker: its report counts also when the job is in other hands.
        case handler(JobID, attempt: Int, worker: EffectWorker)
        /// A look into the world for that attempt's effect; it counts only while the effect is in doubt.
        case reconciler(JobID, attempt: Int, worker: EffectWorker)
        /// A person; it counts only while the effect is in doubt.
        case person(String)
    }

    /// Which effect.
    public var key: String
    /// What became of it.
    public var settlement: EffectSettlement
    /// Who says so.
    public var speaker: Speaker
    /// When.
    public var at: Timestamp

    /// A word.
    public init(key: String, settlement: EffectSettlement, speaker: Speaker, at: Timestamp) {
        self.key = key
        self.settlement = settlement
        self.speaker = speaker
        self.at = at
    }

    /// Whether it was looked up or decided after the handler had gone.
    package var isDecision: Bool { if case .handler = speaker { false } else { true } }

    /// The worker that reports it; nil = a person does.
    package var worker: EffectWorker? {
        switch speaker {
        case .handler(_, _, let worker), .reconciler(_, _, let worker): worker
        case .person: nil
        }
    }

    /// Who settled it, as lists show it.
    public var by: String {
        switch speaker {
        case .handler: "handler"
        case .reconciler: "reconciler"
        case .person(let name): name
        }
    }
}

/// An effect that was begun and has neither receipt nor refusal.
public struct OpenEffect: Sendable, Equatable {
    /// Its key.
    public var key: String
    /// Whose it is.
    public var job: JobID
    /// The attempt that began it.
    public var attempt: Int
    /// Its job no longer runs: nobody but a reconciler or a person can tell.
    public var isUncertain: Bool

    /// An open effect.
    public init(key: String, job: JobID, attempt: Int, isUncertain: Bool) {
        self.key = key
        self.job = job
        self.attempt = attempt
        self.isUncertain = isUncertain
    }
}
