import KipCore

/// A handler's intent to act on the world.
public struct EffectIntent: Sendable, Equatable {
    /// At most one effect for a key.
    public var key: String
    /// Whose handler.
    public var job: JobID
    /// In which attempt.
    public var attempt: Int
    /// The worker's id.
    public var worker: String
    /// When.
    public var at: Timestamp

    /// An intent.
    public init(key: String, job: JobID, attempt: Int, worker: String, at: Timestamp) {
        self.key = key
        self.job = job
        self.attempt = attempt
        self.worker = worker
        self.at = at
    }
}

/// What somebody says became of an effect.
public struct EffectWord: Sendable, Equatable {
    /// Who says it.
    public enum Speaker: Sendable, Equatable {
        /// The handler itself: its word counts also when the job is in other hands.
        case handler(JobID, attempt: Int)
        /// A look into the world for that attempt's effect; it counts only while the effect is in doubt.
        case reconciler(JobID, attempt: Int)
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
    var isDecision: Bool { if case .handler = speaker { false } else { true } }

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
