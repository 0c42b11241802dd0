import Collections
import KipCore
import KipStore

/// The rules of the queue, as a value: events in, effects out. It has no clock, no socket, no thread and no database,
/// so that a simulation can run it through millions of crashes, and a person can read the rules in one place.
///
/// A round is: any number of `handle`, then `dispatch`, then `takeBatch` when the disk is free. What a batch promises
/// is said to peers when its `committed` comes back, never before: to producers that their jobs are stored, and to
/// workers that a job is theirs. So a broker that starts again knows every job that a worker may be running.
public struct BrokerCore: Sendable {
    var settings: BrokerSettings
    let startedAt: Timestamp

    // Waiting
    var lanes: [LaneWindow] = []
    var laneIndex = PlaceIndex<Lane>()
    /// When the next job is due, or too late.
    var nextDue: Timestamp?
    var promoting = false
    /// Lanes when the room in memory was last shared among them.
    var sharedAmong = 0

    // Shares and limits
    var queues: [QueueShare] = []
    var queueIndexes = PlaceIndex<String>()
    /// So many names are known when those in which nothing happens are forgotten.
    var tidyAt = 0
    /// What operators have said, as far as it is on disk.
    var controls: [ControlName: Control] = [:]
    /// Queues that have a rate, and those whose length is limited.
    var ratedQueues = 0
    var lengthLimitedQueues = 0
    /// Of what they have said something that is on its way there.
    var saying: Set<ControlName> = []
    /// Jobs of queues with a rate that begin with the present batch, by the queue's place.
    var starting: [Int: Int] = [:]

    // Kinds
    /// Kinds and their options, as workers have declared them.
    var kinds: [String: KnownKind] = [:]
    /// Of these, the options that are not the queue's own defaults.
    var kindDefaults: [String: KindDefaults] = [:]

    // Running
    var leases: [JobID: Lease] = [:]
    /// Payload bytes of leases whose results have not come.
    var leasedBytes = 0
    /// Jobs whose cancellations are on their way to the disk, and how many: until then nobody gets them, and no result of
    /// theirs counts. One may fail where the next does not.
    var cancelling: [JobID: Int] = [:]
    var workers = WorkerTable()
    var workerOrder = WorkerOrder()
    var workersByConnection: [[UInt8]: [String]] = [:]
    /// Bytes of the names that all workers declared.
    var workerNameBytes = 0
    var takers = LaneTakers()
    var servedLanes = ServedLanes()
    var turn = 0
    /// Lanes and jobs that the present dispatch has looked at, and at how many it stops.
    var dispatchWork = 0
    /// A dispatch that stopped before its end, to go on in the next round; nil = the last one came to its end.
    var pausedDispatch: PausedDispatch?
    /// Events so far that were not just time.
    var eventCount = 0
    /// Jobs for which it is too late, until they have ended on disk.
    var lateJobs = LateJobs()
    var workerDeadlines = Deadlines()
    var leaseIndex = LeaseIndex()
    var nextSession: UInt64
    /// Whose the workers' ids are.
    var owners: WorkerOwners
    /// When ids that were not seen for long are looked for next; nil = at the next opportunity.
    var nextOwnerPrune: SteadyTime?

    // Writing
    var batch: [Mutation] = []
    var promises = Promises()
    var takenPromises: [Promises] = []
    /// New jobs that are on their way to the disk and in no worker's hands.
    var unsettled = 0
    /// What the conditions of the present batch's jobs cost the disk.
    var conditionWork = ConditionWork()
    /// Bytes of payloads and results that wait for the disk.
    var pendingBytes = 0
    /// Bytes of receipts of effects on their way to the disk.
    var pendingReceiptBytes = 0
    /// Bytes of what handlers said of their progress, in the present batch.
    var notedBytes = 0
    /// Uncommitted enqueue messages and jobs, by connection.
    var unconfirmed: [[UInt8]: Unconfirmed] = [:]

    // Schedules
    var schedules: [ScheduleState] = []
    /// The days off are others than those by which the next times were counted.
    var mustRecountSchedules = false

    // Effects
    /// Begun, also on their way to the disk, without a word of what became of them, by key.
    var openEffects = OpenEffects()
    /// Those whose jobs run no more.
    var doubts: [String: Doubt] = [:]
    /// When reconcilers are asked about each of these.
    var doubtDeadlines = Deadlines()
    /// No reconciler is asked before this.
    var askPausedUntil: SteadyTime?
    var reconcilerTurn = 0

    // Pruning
    /// When ended jobs are looked at next; nil = a look is on its way to the disk, or nobody looks.
    var nextPrune: SteadyTime?
    /// How far the present round has come.
    var prunedTo: JobID?
    /// What operators asked for, each with its next page.
    var prunings = Turns<OperatorPruning>()
    /// A page of one of them is on its way to the disk.
    var isPruningUnderway = false

    // Decisions about many jobs
    var bulkDecisions = Turns<BulkDecision>()
    /// Pages of them that are on their way to the disk together.
    var pagesUnderway = 0
    /// Small ones, by asker, that had to wait for their turn and are not yet done: the next ones of the asker come after them.
    var smallDecisionsQueued: [Asker: Int] = [:]
    /// Jobs of their pages that are not yet written.
    var jobsToDecide = 0
    /// Jobs of the decisions that the present batch has beside these.
    var jobsDecidedNow = 0

    // Firings of schedules in the present batch, and bytes of their payloads
    var firingsInBatch = 0
    var firedBytesInBatch = 0

    // Those that came after others
    /// Some are to be told of ends that are on disk.
    var hasUntoldDependents = false
    /// A page of them is on its way to the disk.
    var areDependentsUnderway = false
    /// They are not told before this.
    var dependentsDue: SteadyTime?

    // Isolation
    /// Workers that hold isolated jobs, or take nothing more to become empty for one.
    var workersApart: Set<String> = []
    /// Since when ordinary jobs wait that only such workers could take.
    var othersWaitSince: SteadyTime?
    /// Where isolated jobs are handed out next; nil = the last dispatch came to its end.
    var pausedIsolation: PausedIsolation?
    /// What the present dispatch of isolated jobs has looked at.
    var isolationWork = 0
    /// When isolation wants another look; nil = something else happens first.
    var isolationDue: SteadyTime?

    /// Why nothing is handed out; nil = all is well.
    let heldBecause: String?
    /// The clock by which leases live, as of the last event.
    var steady: SteadyTime
    /// The clock of people, as of the last event.
    var wall: Timestamp
    /// Why a page of what was counted from a later reading is to be counted anew; nil = there is none.
    var correctionDue: CorrectionOccasion?
    /// A page of that is on its way to the disk.
    var isCorrectionUnderway = false
    /// The reading of it that was written down last.
    var notedClock: Timestamp?

    /// Jobs in memory that were looked at so far, to take others out from among them.
    var jobsLookedThrough = 0
    /// How the queues go.
    var tempo = Tempo()

    /// What the log is to say.
    var notes: [BrokerNote] = []

    /// Messages that were not KIP/1.
    public internal(set) var malformed = 0
    var random: SplitMix64

    /// A core that knows what its store knows.
    /// - Parameters:
    ///   - settings: heartbeats, leases and limits.
    ///   - recovered: what the store holds.
    ///   - seed: for the jitter of retries and the numbers of sessions, so that none repeats after a restart.
    ///   - moment: the moment.
    public init(settings: BrokerSettings, recovered: Recovered, seed: UInt64, at moment: Moment) {
        let now = moment.wall
        steady = moment.steady
        wall = now
        heldBecause = recovered.heldBecause
        self.settings = settings
        owners = WorkerOwners(recovered.workerOwners)
        startedAt = now
        notedClock = recovered.latestClock
        random = SplitMix64(seed: seed)
        nextSession = random.next() >> 2
        tidyAt = settings.knownNames
        nextDue = recovered.nextDue
        schedules = recovered.schedules.sorted { $0.definition.name < $1.definition.name }
        for control in recovered.controls { apply(control) }
        correctionDue = recovered.latestClock.map { $0 > now } == true ? .start : nil
        for kind in recovered.kinds { set(KnownKind(kind), kind.name) }
        restore(recovered.starts)
        hasUntoldDependents = recovered.hasUntoldDependents
        for lane in recovered.lanes { lanes[index(of: lane)].leaveOnDisk() }
        for running in recovered.running { restore(running) }
        if settings.prunes { nextPrune = steady }
        for effect in recovered.openEffects {
            if effect.isUncertain {
                addDoubt(effect.key, of: effect.job, attempt: effect.attempt)
            } else {
                openEffects.restore(effect.key, of: effect.job, attempt: effect.attempt)
            }
        }
    }

    /// Takes in one event.
    public mutating func handle(_ event: Event, at moment: Moment, into effects: inout [Effect]) {
        readClocks(moment)
        let now = wall
        if case .timer = event {} else { eventCount &+= 1 }
        switch event {
        case .message(let message, let peer):
            do throws(Refusal) {
                try take(message, from: peer, at: now, &effects)
            } catch {
                effects.append(.send(WireMessage(error.wire, request: message.request), to: peer))
            }
        case .malformed(let reason, let peer):
            malformed += 1
            if let peer { effects.append(.send(WireMessage(Refusal(.malformed, reason).wire), to: peer)) }
        case .rejected(let refusal, let request, let peer):
            malformed += 1
            effects.append(.send(WireMessage(refusal.wire, request: request), to: peer))
        case .committed(let applied):
            committed(applied, at: now, &effects)
        case .commitFailed(let error):
            commitFailed(error, at: now, &effects)
        case .refilled(let lane, let waiting, let generation):
            refilled(index(of: lane), waiting, asked: generation)
        case .refillFailed(let lane):
            let index = index(of: lane)
            lanes[index].refilling = false
            lanes[index].becameReady()
        case .promoted(let promotion):
            promoted(promotion, at: now)
        case .unreachable(let peer):
            lost(peer)
        case .stalled where settings.broken == .ignoresStall: break
        case .keysRevoked(let publicKeys):
            disconnectWorkers(ofKeys: publicKeys)
        case .stalled(let milliseconds):
            for id in workerOrder {
                guard let heard = workers[id]?.lastSeen else { continue }
                workers[id]?.lastSeen = min(steady, heard.advanced(byMilliseconds: milliseconds))
            }
        case .reloaded(let settings):
            reload(settings, at: now)
        case .timer:
            tick(at: now, &effects)
        }
    }

    private mutating func take(
        _ message: WireMessage, from peer: Peer, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        let request = Request(number: message.request, peer: peer)
        switch message.hot {
        case .newJobs(let jobs): return try take(jobs, message.payloads, request, at: now, &effects)
        case .results(let results): return try take(results, message.payloads, request, at: now, &effects)
        default: break
        }
        var body = message.header.body
        try body?.validate()
        switch body {
        case .enqueue(let enqueue): try take(enqueue.jobs, message.payloads, request, at: now, &effects)
        case .hello(let hello): try take(hello, request, at: now, &effects)
        case .heartbeat(let heartbeat): try take(heartbeat, request, at: now, &effects)
        case .results(let results):
            // Who is not known hears that first, whatever he says.
            _ = try known(results.workerID, results.session, request)
            try take(Self.words(results), message.payloads, request, at: now, &effects)
        case .goodbye(let goodbye): take(goodbye, request, at: now)
        case .beginEffect(let begin): try take(begin, request, at: now, &effects)
        case .settleEffect(let settle): try take(settle, message.payloads, request, at: now)
        case .resolveEffect(let resolve):
            try checkNotHeld()
            try take(resolve, message.payloads, request, at: now)
        case .cancelJobs(let cancel):
            try checkNotHeld()
            try take(cancel, request, at: now, &effects)
        case .retryJobs(let retry):
            try checkNotHeld()
            try take(retry, request, at: now)
        case .releaseJobs(let release):
            try checkNotHeld()
            try take(release, request, at: now)
        case .changeControl(let change):
            try checkNotHeld()
            try take(change, request, at: now)
        case .listControls: effects.append(.send(controlList(controlsInOrder, request), to: peer))
        case .pruneJobs(let prune):
            try checkNotHeld()
            try take(prune, request, at: now)
        case .progress(let progress): try take(progress, request, at: now)
        case .readParents(let read): try take(read, request, &effects)
        case .applySchedules(let apply):
            try applySchedules(apply.schedules, of: "", request, at: now)
        case .applyScheduleSet(let apply): try take(apply, request, at: now, &effects)
        case .listKinds(let list): effects.append(.send(try kindList(list, request), to: peer))
        case .triggerSchedule(let trigger): try take(trigger, request, at: now)
        case .pauseSchedule(let pause): try take(pause, request, at: now)
        case .ping: effects.append(.send(pong(request, at: now), to: peer))
        case .listWorkers: effects.append(.send(workerList(request, at: now), to: peer))
        case .readOverview: effects.append(.send(overview(request, at: now), to: peer))
        case .drainWorkers(let drain): try take(drain, request, &effects)
        default: try ask(body, request, &effects)
        }
    }

    /// Milliseconds until the core wants to be woken, if nothing else happens; nil = never.
    public func wait(at moment: Moment) -> Int64? {
        if pausedDispatch != nil || pausedIsolation != nil, heldBecause == nil { return 0 }
        var due: Timestamp?
        // Nothing is handed out meanwhile, so nothing needs to be due.
        if let nextDue, !promoting, heldBecause == nil { due = nextDue }
        if heldBecause == nil {
            // Where the present batch has its share of firings, its turn wakes the core.
            if mayFire { for schedule in schedules { if let next = schedule.next { due = min(due ?? next, next) } } }
            if let next = nextRatedStart { due = min(due ?? next, next) }
        }
        var silence = heldBecause == nil ? nextAsk : nil
        if heldBecause == nil, let nextPrune { silence = min(silence ?? nextPrune, nextPrune) }
        if heldBecause == nil, let dependentsDue { silence = min(silence ?? dependentsDue, dependentsDue) }
        if let next = workerDeadlines.next { silence = min(silence ?? next, next) }
        if heldBecause == nil, let isolationDue { silence = min(silence ?? isolationDue, isolationDue) }
        let waits = [
            due.map { $0.milliseconds(since: moment.wall) },
            silence.map { $0.milliseconds(since: moment.steady) },
        ].compactMap { $0 }
        return waits.min().map { max(0, $0) }
    }

    /// Nobody decides anything in a data directory that may be older than the world.
    private func checkNotHeld() throws(Refusal) {
        if let heldBecause { throw Refusal(.conflict, heldBecause) }
    }

    private mutating func tick(at now: Timestamp, _ effects: inout [Effect]) {
        correctWaits(at: now)
        endSilentWorkers(at: now)
        askReconcilers(&effects)
        if mustRecountSchedules { recountSchedules(at: now) }
        if heldBecause == nil { fireSchedules(at: now) }
        pruneByClock(at: now)
        pruneWorkerOwners(at: now)
        forgetIdleNames()
        // Also where nobody could take a job: else the moment at which the next may begin stays in the past, and the core
        // would be woken for it again and again.
        if hasRates {
            for index in queues.indices where queues[index].control.rate > 0 { queues[index].forgetStarts(at: now) }
        }
        promoteWhatIsDue(at: now, &effects)
    }

    /// The place of a lane, which is made where it is new; workers that take its jobs learn of it.
    mutating func index(of lane: Lane) -> Int {
        if let index = laneIndex[lane] { return index }
        let index = lanes.count
        let queue = queueIndex(of: lane.queue)
        let size = settings.window(among: index + 1)
        var window = LaneWindow(lane: lane, queue: queue, capacity: size.jobs, byteCapacity: size.bytes)
        window.isKindPaused = controls[ControlName(scope: .kind, name: lane.kind)]?.isPaused ?? false
        lanes.append(window)
        laneIndex[lane] = index
        for id in workerOrder where workers[id]?.learn(lane, at: index, of: queue) == true {
            servedLanes.add(index)
            level(id)
        }
        takers.forget()
        // When there are a quarter more is enough: else ever new lanes would cost more and more.
        if lanes.count > sharedAmong + max(63, sharedAmong / 4) { shareMemory() }
        return index
    }

    /// Many lanes share what a few may keep in memory.
    mutating func shareMemory() {
        sharedAmong = lanes.count
        let size = settings.window(among: lanes.count)
        for index in lanes.indices { (lanes[index].capacity, lanes[index].byteCapacity) = size }
    }
}

/// A question and where its answer goes.
struct Request: Sendable {
    var number: UInt64
    var peer: Peer
}
