import KipCore
import KipStore

/// What a broker finds in its store when it starts.
public struct Recovered: Sendable {
    /// Lanes in which a job waits.
    public var lanes: [Lane]
    /// Jobs in workers' hands.
    public var running: [RunningJob]
    /// When the next scheduled job is due.
    public var nextDue: Timestamp?
    /// The schedules.
    public var schedules: [ScheduleState]
    /// Effects without receipt or refusal.
    public var openEffects: [OpenEffect]
    /// What operators have said of queues and kinds.
    public var controls: [Control]
    /// The starts that are counted against rates.
    public var starts: [QueueStarts]
    /// The latest reading of the wall clock that the store knows of; nil = none.
    public var latestClock: Timestamp?
    /// What workers have said of their kinds.
    public var kinds: [StoredKind]
    /// Which key owns which worker's id.
    public var workerOwners: [WorkerOwner]
    /// Jobs that came after others are still to be told of their ends.
    public var hasUntoldDependents: Bool
    /// Why nothing may be handed out: the database is older than its journal.
    public var heldBecause: String?

    /// What a broker finds.
    public init(
        lanes: [Lane] = [], running: [RunningJob] = [], nextDue: Timestamp? = nil, schedules: [ScheduleState] = [],
        openEffects: [OpenEffect] = [], controls: [Control] = [], starts: [QueueStarts] = [],
        kinds: [StoredKind] = [], latestClock: Timestamp? = nil, workerOwners: [WorkerOwner] = [],
        hasUntoldDependents: Bool = false, heldBecause: String? = nil
    ) {
        self.hasUntoldDependents = hasUntoldDependents
        self.latestClock = latestClock
        self.kinds = kinds
        self.controls = controls
        self.starts = starts
        self.workerOwners = workerOwners
        self.openEffects = openEffects
        self.heldBecause = heldBecause
        self.lanes = lanes
        self.running = running
        self.nextDue = nextDue
        self.schedules = schedules
    }
}

extension Recovered {
    /// What a store holds when a broker starts. Schedules get the next times that the calendar of now gives them, also on
    /// disk, where lists are read; a next time that was counted from a clock that was ahead is taken back.
    /// - Parameters:
    ///   - heldBecause: why nothing may be handed out; nil = all is well.
    ///   - onNote: receives what an operator should know.
    /// - Throws: `StoreError`.
    static func load(
        from store: some JobStore, by calendar: any WorkingDayCalendar, at now: Timestamp, heldBecause: String? = nil,
        onNote: (BrokerNote) -> Void = { _ in }
    ) throws(StoreError) -> Recovered {
        let promotion = try store.promote(upTo: now, limit: 0)
        return Recovered(
            lanes: try store.lanes(), running: try store.running(), nextDue: promotion.next,
            schedules: try schedules(of: store, by: calendar, at: now, onNote),
            openEffects: try store.openEffects(), controls: try store.controls(), starts: try store.starts(),
            kinds: try store.kinds(), latestClock: try store.latestClock(), workerOwners: try store.workerOwners(),
            hasUntoldDependents: try store.hasUntoldDependents(), heldBecause: heldBecause)
    }

    private static func schedules(
        of store: some JobStore, by calendar: any WorkingDayCalendar, at now: Timestamp,
        _ onNote: (BrokerNote) -> Void
    ) throws(StoreError) -> [ScheduleState] {
        let known = try store.schedules().compactMap(ScheduleState.init(stored:))
        let lastFirings = known.isEmpty ? [:] : try store.lastFirings(upTo: now)
        let schedules = known.map { schedule in
            let counted = schedule.recounted(at: now, by: calendar)
            guard
                let corrected = counted.corrected(
                    at: now, since: lastFirings[counted.definition.name], by: calendar)
            else { return counted }
            onNote(.scheduleCorrected(from: counted, to: corrected))
            return corrected
        }
        let changed = zip(known, schedules).filter { $0 != $1 }.map { Mutation.storeSchedule($1.stored) }
        if !changed.isEmpty { _ = try store.apply(changed) }
        return schedules
    }
}
