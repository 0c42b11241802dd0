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
    var laneIndex: [Lane: Int] = [:]
    var nextDue: Timestamp?
    var promoting = false

    // Running
    var leases: [JobID: Lease] = [:]
    /// Jobs whose cancellations are on their way to the disk, and how many: until then nobody gets them, and no result of
    /// theirs counts. One may fail where the next does not.
    var cancelling: [JobID: Int] = [:]
    var workers: [String: WorkerState] = [:]
    var workerOrder: [String] = []
    var turn = 0
    var nextSession: UInt64

    // Writing
    var batch: [Mutation] = []
    var promises = Promises()
    var takenPromises: [Promises] = []
    /// New jobs that are on their way to the disk and in no worker's hands.
    var unsettled = 0
    /// Bytes of payloads that wait for the disk.
    var pendingBytes = 0

    // Schedules
    var schedules: [ScheduleState] = []

    /// Messages that were not KIP/1.
    public internal(set) var malformed = 0
    var random: SplitMix64

    /// A core that knows what its store knows.
    /// - Parameters:
    ///   - settings: heartbeats, leases and limits.
    ///   - recovered: what the store holds.
    ///   - seed: for the jitter of retries.
    ///   - now: the moment; sessions of workers are numbered from it, so that none repeats after a restart.
    public init(settings: BrokerSettings, recovered: Recovered, seed: UInt64, at now: Timestamp) {
        self.settings = settings
        startedAt = now
        nextSession = UInt64(max(0, now.milliseconds)) << 10
        random = SplitMix64(seed: seed)
        nextDue = recovered.nextDue
        schedules = recovered.schedules
        for lane in recovered.lanes { lanes[index(of: lane)].leaveOnDisk() }
        for running in recovered.running { restore(running, at: now) }
    }

    /// Takes in one event.
    public mutating func handle(_ event: Event, at now: Timestamp, into effects: inout [Effect]) {
        switch event {
        case .message(let message, let peer):
            do throws(Refusal) {
                try take(message, from: peer, at: now, &effects)
            } catch {
                effects.append(.send(WireMessage(error.wire, request: message.header.request), to: peer))
            }
        case .malformed(let reason, let peer):
            malformed += 1
            if let peer { effects.append(.send(WireMessage(Refusal(.malformed, reason).wire), to: peer)) }
        case .committed(let outcomes):
            committed(outcomes, at: now, &effects)
        case .commitFailed(let error):
            commitFailed(error, at: now, &effects)
        case .refilled(let lane, let waiting, let generation):
            lanes[index(of: lane)].refill(waiting, asked: generation) {
                leases[$0] != nil || cancelling[$0] != nil
            }
        case .refillFailed(let lane):
            lanes[index(of: lane)].refilling = false
        case .promoted(let promotion):
            promoted(promotion, at: now)
        case .unreachable(let peer):
            lost(peer)
        case .timer:
            tick(at: now, &effects)
        }
    }

    private mutating func take(
        _ message: WireMessage, from peer: Peer, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        let request = Request(number: message.header.request, peer: peer)
        switch message.header.body {
        case .enqueue(let enqueue): try take(enqueue, message.payloads, request, at: now, &effects)
        case .hello(let hello): try take(hello, request, at: now, &effects)
        case .heartbeat(let heartbeat): try take(heartbeat, request, at: now, &effects)
        case .results(let results): try take(results, message.payloads, request, at: now, &effects)
        case .goodbye(let goodbye): take(goodbye, at: now)
        case .cancelJobs(let cancel): try take(cancel, request, at: now, &effects)
        case .retryJobs(let retry): try take(retry, request, at: now)
        case .applySchedules(let apply): try take(apply, request, at: now)
        case .triggerSchedule(let trigger): try take(trigger, request, at: now)
        case .ping: effects.append(.send(pong(request, at: now), to: peer))
        case .listWorkers: effects.append(.send(workerList(request), to: peer))
        default: try ask(message.header.body, request, &effects)
        }
    }

    /// When the core wants to be woken, if nothing else happens.
    public var nextDeadline: Timestamp? {
        var deadlines: [Timestamp] = []
        if let nextDue, !promoting { deadlines.append(nextDue) }
        for schedule in schedules { if let next = schedule.next { deadlines.append(next) } }
        for worker in workers.values {
            deadlines.append(worker.lastSeen.advanced(byMilliseconds: settings.leaseMilliseconds))
        }
        return deadlines.min()
    }

    private mutating func tick(at now: Timestamp, _ effects: inout [Effect]) {
        endSilentWorkers(at: now)
        fireSchedules(at: now)
        if let due = nextDue, due <= now, !promoting {
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
        for lane in promotion.lanes { lanes[index(of: lane)].leaveOnDisk() }
    }

    /// The place of a lane, which is made where it is new; workers that take its jobs learn of it.
    mutating func index(of lane: Lane) -> Int {
        if let index = laneIndex[lane] { return index }
        let index = lanes.count
        lanes.append(LaneWindow(lane: lane, capacity: settings.windowJobs, byteCapacity: settings.windowBytes))
        laneIndex[lane] = index
        for id in workerOrder { workers[id]?.learn(lane, at: index) }
        return index
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

    /// What a broker finds.
    public init(
        lanes: [Lane] = [], running: [RunningJob] = [], nextDue: Timestamp? = nil, schedules: [ScheduleState] = []
    ) {
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
