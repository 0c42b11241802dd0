/// Where a job is on its way. Every confirmed job reaches exactly one terminal state.
public enum JobState: Int, Sendable, CaseIterable, Codable {
    /// Waits for its time.
    case scheduled = 1
    /// Waits for a worker.
    case available = 2
    /// A worker holds its lease.
    case running = 3
    /// Ended well.
    case succeeded = 4
    /// Ended by a person or by its producer.
    case cancelled = 5
    /// Ended because it was too late to run.
    case expired = 6
    /// A dead letter: all attempts are used up, or the handler said that no further one can help.
    case dead = 7
    /// An effect of it was begun, and nobody knows whether it happened: a reconciler or a person decides.
    case uncertain = 8
    /// Its worker was lost, and it may be the cause: a person decides.
    case quarantined = 9
    /// Waits for its release by a person.
    case held = 10
    /// Waits for other jobs: its parents, or those with the same concurrency key.
    case blocked = 11

    /// The job will not move again by itself.
    public var isTerminal: Bool {
        switch self {
        case .scheduled, .available, .running, .uncertain, .quarantined, .held, .blocked: false
        case .succeeded, .cancelled, .expired, .dead: true
        }
    }

    /// The job will not move again until a person, or a reconciler, has decided.
    public var waitsForPerson: Bool { self == .uncertain || self == .quarantined || self == .held }

    /// The word that the command line takes and shows.
    public var name: String {
        switch self {
        case .scheduled: "scheduled"
        case .available: "available"
        case .running: "running"
        case .succeeded: "succeeded"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .dead: "dead"
        case .uncertain: "uncertain"
        case .quarantined: "quarantined"
        case .held: "held"
        case .blocked: "blocked"
        }
    }

    /// The state of that name.
    public init?(name: String) {
        guard let state = JobState.allCases.first(where: { $0.name == name }) else { return nil }
        self = state
    }

    /// The state as the wire writes it (the numbers are the same).
    public var wire: WireState { WireState(rawValue: rawValue) ?? .unspecified }

    /// The state that the wire names; nil for an unspecified or a newer one.
    public init?(wire: WireState) {
        self.init(rawValue: wire.rawValue)
    }
}
