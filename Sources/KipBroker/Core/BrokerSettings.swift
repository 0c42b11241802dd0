import KipCore

/// What a broker can be told. All durations are milliseconds.
public struct BrokerSettings: Sendable {
    /// How often a worker says that it lives. Default 3,000.
    public var heartbeatMilliseconds: Int64 = 3_000
    /// A worker that was silent for so long has lost its jobs. Default 15,000.
    public var leaseMilliseconds: Int64 = 15_000
    /// How many waiting jobs of a lane are kept in memory; the rest wait on disk. Where there are more than 64 lanes, they
    /// share what 64 would have. Default 4,096.
    public var windowJobs = 4_096
    /// How many bytes of payload a lane keeps in memory, and one job more. More than 8 lanes share what 8 would have.
    /// Default 16 MiB.
    public var windowBytes = 16 << 20
    /// How many jobs one worker gets in its turn before the next one's turn. Default 32.
    public var turnJobs = 32
    /// Mutations that may wait for the disk before producers are told to try again. Default 200,000.
    public var pendingMutations = 200_000
    /// Bytes of payload that may wait for the disk before producers are told to try again. Default 256 MiB.
    public var pendingBytes = 256 << 20
    /// Bytes of what handlers say of their progress that may wait for the disk; what comes then is dropped. Default 16 MiB.
    public var notedBytes = 16 << 20
    /// Enqueue messages of one connection that may wait for their confirmation before it is told to try again. Default
    /// 20,000.
    public var unconfirmedMessages = 20_000
    /// Loopback, too, is served to owners of keys alone. Default false: whoever is on this machine may do everything.
    public var curveEverywhere = false
    /// Which key owns which worker's id is kept on disk: where any endpoint asks for keys. Default false.
    package var recordsWorkerOwners = false
    /// Which days are worked, for schedules with a rule. Default Monday to Friday, without holidays.
    public var workingDays: any WorkingDayCalendar = MondayToFriday()
    /// How long jobs that succeeded, were cancelled or are expired are kept, in milliseconds, where they do not say; 0 = for
    /// ever. Default 30 days.
    public var keepMilliseconds: Int64 = 30 * 86_400_000
    /// How long dead letters are kept, in milliseconds; 0 = until somebody takes them away. Default 0.
    public var keepDeadMilliseconds: Int64 = 0
    /// The version that `ping` answers.
    public var version = "0.1.0"
    /// Whether ended jobs are looked at by the clock at all; false in simulations and tests of other things.
    package var prunes = true
    /// So many names of queues and lanes are known before those in which nothing happens are forgotten; 0 = they are
    /// forgotten at once, for tests.
    package var knownNames = 1_024
    /// Times that one batch corrects after the clock was set back; fewer in simulations.
    package var correctedAtOnce = 1_000
    /// Kinds of which workers' options are kept: with an example each, 10,000 take 40 MiB. What is said of others is noted in
    /// the log, and does not count.
    package var knownKinds = 10_000
    /// What the simulation breaks on purpose; nil = nothing, always outside of it.
    package var broken: Break?

    /// The defaults.
    public init() {}

    /// What may change while the broker runs (`Broker.reload`).
    public struct Reloadable: Sendable {
        /// Which days are worked.
        public var workingDays: any WorkingDayCalendar
        /// How long jobs that succeeded, were cancelled or are expired are kept; 0 = for ever.
        public var keepMilliseconds: Int64
        /// How long dead letters are kept; 0 = for ever.
        public var keepDeadMilliseconds: Int64
    }

    /// The settings that may change while the broker runs.
    public var reloadable: Reloadable {
        get {
            Reloadable(
                workingDays: workingDays, keepMilliseconds: keepMilliseconds,
                keepDeadMilliseconds: keepDeadMilliseconds)
        }
        set {
            workingDays = newValue.workingDays
            keepMilliseconds = newValue.keepMilliseconds
            keepDeadMilliseconds = newValue.keepDeadMilliseconds
        }
    }

    /// What one of so many lanes keeps in memory, so that all together keep no more than a few would.
    func window(among lanes: Int) -> (jobs: Int, bytes: Int) {
        (
            lanes <= 64 ? windowJobs : max(min(windowJobs, 64), windowJobs * 64 / lanes),
            lanes <= 8 ? windowBytes : max(min(windowBytes, 256 << 10), windowBytes * 8 / lanes)
        )
    }
}
