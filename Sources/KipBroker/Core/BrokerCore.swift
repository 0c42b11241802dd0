import KipCore
import KipStore

/// The rules of the queue, as a value: events in, effects out. It has no clock, no socket, no thread and no database,
/// so that a simulation can run it through millions of crashes, and a person can read the rules in one place.
///
/// A round is: any number of `handle`, then `dispatch`, then `takeBatch` when the disk is free. What a batch promises
/// is said to peers when its `committed` comes back, never before: to producers that their jobs are stored, and to
/// workers that a job is theirs. So a broker that starts again knows every job that a worker may be running.
public struct BrokerCore: Sendable {
    let settings: BrokerSettings
    let startedAt: Timestamp

    // Waiting
    var lanes: [LaneWindow] = []
    var laneIndex = PlaceIndex<Lane>()
    /// When the next job is due, or too late.
    var nextDue: Timestamp?
    var promoting = false

    // Shares and limits
    var queues: [QueueShare] = []
    var queueIndexes = PlaceIndex<String>()
    /// So many names are known when those in which nothing happens are forgotten.
    var tidyAt = 0
    /// What operators have said, as far as it is on disk.
    var controls: [ControlName: Control] = [:]
    /// Of what they have said something that is on its way there.
    var saying: Set<ControlName> = []
    /// Jobs of queues with a rate that begin with the present batch, by the queue's place.
    var starting: [Int: Int] = [:]

    // Running
    var leases: [JobID: Lease] = [:]
    /// Jobs whose cancellations are on their way to the disk, and how many: until then nobody gets them, and no result of
    /// theirs counts. One may fail where the next does not.
    var cancelling: [JobID: Int] = [:]
    var workers = WorkerTable()
    var workerOrder: [String] = [] { didSet { takers.forget() } }
    var takers = LaneTakers()
    var turn = 0
    /// No worker is found silent, or lost, before that: each word of one only puts it off. nil = there is none.
    var silenceAt: SteadyTime?
    var nextSession: UInt64

    // Writing
    var batch: [Mutation] = []
    var promises = Promises()
    var takenPromises: [Promises] = []
    /// New jobs that are on their way to the disk and in no worker's hands.
    var unsettled = 0
    /// Bytes of payloads that wait for the disk.
    var pendingBytes = 0
    /// Bytes of what handlers said of their progress, in the present batch.
    var notedBytes = 0
    /// Messages of each connection that wait for their confirmation.
    var unconfirmed: [[UInt8]: Int] = [:]

    // Schedules
    var schedules: [ScheduleState] = []

    // Effects
    /// Begun, also on their way to the disk, without a word of what became of them, by key.
    var openEffects: [JobID: [String: Intent]] = [:]
    /// Those whose jobs run no more.
    var doubts: [String: Doubt] = [:]
    /// When a reconciler is asked next.
    var nextAsk: SteadyTime?
    var reconcilerTurn = 0

    // Pruning
    /// When ended jobs are looked at next; nil = a look is on its way to the disk, or nobody looks.
    var nextPrune: SteadyTime?
    /// How far the present round has come.
    var prunedTo: JobID?

    // Suspects
    /// A worker takes nothing more until it is empty.
    var hasReserved = false

    /// Why nothing is handed out; nil = all is well.
    let heldBecause: String?
    /// The clock by which leases live, as of the last event.
    var steady: SteadyTime
    /// The clock of people, as of the last event.
    var wall: Timestamp

    /// How the queues go.
    var tempo = Tempo()

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
        startedAt = now
        random = SplitMix64(seed: seed)
        nextSession = random.next() >> 2
        tidyAt = settings.knownNames
        nextDue = recovered.nextDue
        schedules = recovered.schedules
        for control in recovered.controls { apply(control) }
        restore(recovered.starts)
        for lane in recovered.lanes { lanes[index(of: lane)].leaveOnDisk() }
        for running in recovered.running { restore(running) }
        if settings.prunes { nextPrune = steady }
        for effect in recovered.openEffects {
            if effect.isUncertain {
                doubts[effect.key] = Doubt(job: effect.job, attempt: effect.attempt, askAt: steady)
                nextAsk = steady
            } else {
                openEffects[effect.job, default: [:]][effect.key] = Intent(attempt: effect.attempt, isTold: true)
            }
        }
    }

    /// Takes in one event.
    public mutating func handle(_ event: Event, at moment: Moment, into effects: inout [Effect]) {
        let now = moment.wall
        steady = moment.steady
        wall = now
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
        case .committed(let applied):
            committed(applied, at: now, &effects)
        case .commitFailed(let error):
            commitFailed(error, at: now, &effects)
        case .refilled(let lane, let waiting, let generation):
            lanes[index(of: lane)].refill(waiting, asked: generation) {
                leases[$0] != nil || cancelling[$0] != nil
            }
        case .refillFailed(let lane):
            let index = index(of: lane)
            lanes[index].refilling = false
            lanes[index].becameReady()
        case .promoted(let promotion):
            promoted(promotion, at: now)
        case .unreachable(let peer):
            lost(peer)
        case .stalled(let milliseconds):
            for id in workerOrder {
                guard let heard = workers[id]?.lastSeen else { continue }
                workers[id]?.lastSeen = min(steady, heard.advanced(byMilliseconds: milliseconds))
            }
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
        switch message.header.body {
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
        case .changeControl(let change): try take(change, request, at: now)
        case .listControls: effects.append(.send(controlList(controlsInOrder, request), to: peer))
        case .pruneJobs(let prune): try take(prune, request, at: now)
        case .progress(let progress): try take(progress, request, at: now)
        case .readParents(let read): try take(read, request, &effects)
        case .applySchedules(let apply): try take(apply, request, at: now)
        case .triggerSchedule(let trigger): try take(trigger, request, at: now)
        case .pauseSchedule(let pause): try take(pause, request, at: now)
        case .ping: effects.append(.send(pong(request, at: now), to: peer))
        case .listWorkers: effects.append(.send(workerList(request, at: now), to: peer))
        case .readOverview: effects.append(.send(overview(request, at: now), to: peer))
        case .drainWorkers(let drain): try take(drain, request, &effects)
        default: try ask(message.header.body, request, &effects)
        }
    }

    /// Milliseconds until the core wants to be woken, if nothing else happens; nil = never.
    public func wait(at moment: Moment) -> Int64? {
        var due: Timestamp?
        // Nothing is handed out meanwhile, so nothing needs to be due.
        if let nextDue, !promoting, heldBecause == nil { due = nextDue }
        if heldBecause == nil {
            for schedule in schedules { if let next = schedule.next { due = min(due ?? next, next) } }
            if let next = nextRatedStart { due = min(due ?? next, next) }
        }
        var silence = heldBecause == nil ? nextAsk : nil
        if heldBecause == nil, let nextPrune { silence = min(silence ?? nextPrune, nextPrune) }
        if let silenceAt { silence = min(silence ?? silenceAt, silenceAt) }
        let waits = [
            due.map { $0.milliseconds - moment.wall.milliseconds },
            silence.map { $0.milliseconds - moment.steady.milliseconds },
        ].compactMap { $0 }
        return waits.min().map { max(0, $0) }
    }

    /// Nobody decides anything in a data directory that may be older than the world.
    private func checkNotHeld() throws(Refusal) {
        if let heldBecause { throw Refusal(.conflict, heldBecause) }
    }

    private mutating func tick(at now: Timestamp, _ effects: inout [Effect]) {
        endSilentWorkers(at: now)
        askReconcilers(&effects)
        if heldBecause == nil { fireSchedules(at: now) }
        pruneByClock(at: now)
        forgetIdleNames()
        // Also where nobody could take a job: else the moment at which the next may begin stays in the past, and the core
        // would be woken for it again and again.
        if hasRates {
            for index in queues.indices where queues[index].control.rate > 0 { queues[index].forgetStarts(at: now) }
        }
        if heldBecause == nil, let due = nextDue, due <= now, !promoting {
            promoting = true
            effects.append(.promote(limit: 10_000))
        }
    }

    private mutating func promoted(_ promotion: Promotion?, at now: Timestamp) {
        promoting = false
        guard let promotion else {
            nextDue = now.advanced(byMilliseconds: 1_000)
            return
        }
        nextDue = promotion.next
        for lane in promotion.lanes { lanes[index(of: lane)].becameReady() }
        if heldBecause == nil { expire(promotion.late, at: now) }
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
        for id in workerOrder where workers[id]?.learn(lane, at: index) == true { level(id) }
        takers.forget()
        // Now and then is enough: the sizes change little from one lane to the next.
        if lanes.count.isMultiple(of: 64) { shareMemory() }
        return index
    }

    /// Many lanes share what a few may keep in memory.
    mutating func shareMemory() {
        let size = settings.window(among: lanes.count)
        for index in lanes.indices { (lanes[index].capacity, lanes[index].byteCapacity) = size }
    }
}

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
    /// Why nothing may be handed out: the database is older than its journal.
    public var heldBecause: String?

    /// What a broker finds.
    public init(
        lanes: [Lane] = [], running: [RunningJob] = [], nextDue: Timestamp? = nil, schedules: [ScheduleState] = [],
        openEffects: [OpenEffect] = [], controls: [Control] = [], starts: [QueueStarts] = [],
        heldBecause: String? = nil
    ) {
        self.controls = controls
        self.starts = starts
        self.openEffects = openEffects
        self.heldBecause = heldBecause
        self.lanes = lanes
        self.running = running
        self.nextDue = nextDue
        self.schedules = schedules
    }
}

/// A question and where its answer goes.
struct Request: Sendable {
    var number: UInt64
    var peer: Peer
}
