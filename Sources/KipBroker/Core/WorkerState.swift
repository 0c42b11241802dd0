import KipCore
import KipStore

/// A worker as the broker sees it. Leases belong to its id and session, not to its connection.
struct WorkerState: Sendable {
    let id: String
    var name: String
    var session: UInt64
    /// nil = it has not been heard since the broker started, or its connection is gone.
    var peer: Peer?
    var kinds: Set<String>
    var queues: Set<String>
    var credit: Int
    /// Of these, how many it runs at once; the others wait in it.
    var places = Int.max
    /// Leases whose results have not come.
    var holding = 0
    /// Payload bytes of these leases.
    var leasedBytes = 0
    var lastSeen: SteadyTime
    /// When it was found to have been silent for a lease. It is lost only if it is not heard for a moment more: a broker
    /// that itself stood still finds its workers' words only then.
    var overdueSince: SteadyTime?
    /// Prefixes of effect keys that it can look up.
    var reconciles = ReconcilePrefixes()
    /// Jobs that it holds and that run apart from others.
    var isolatedJobs: Set<JobID> = []
    /// Those of them that are to be alone, mostly one.
    var soloJobs: Set<JobID> = []
    /// When it got the last of these.
    var soloSince: SteadyTime?
    /// Since when it takes nothing more, to become empty for a job that is to be alone.
    var reservedSince: SteadyTime?
    /// Ordinary jobs waited while it was apart.
    var isContended = false
    /// It gets no job that is to be alone before, because others waited for the last one.
    var restsUntil: SteadyTime?
    var draining = false
    /// An operator wants it to finish and leave.
    var mustDrain = false
    /// The next heartbeat is answered with `unknown-session`, so that the worker says what it holds.
    var mustGreet = false
    /// Bytes of the names that it declared.
    var nameBytes = 0
    /// Tells its deadline from that of an earlier worker of the same id.
    var deadline: UInt64 = 0
    /// Indexes of the lanes whose jobs it takes, in order.
    var lanes: [Int] = []
    /// The same lanes by their queues.
    var lanesByQueue: [QueueLanes] = []
    /// The lane whose turn it is among those of equal priority.
    var nextLane = 0

    /// A worker that the broker knows only by its leases: it has to say hello before its lease ends.
    static func unseen(_ id: String, at now: SteadyTime) -> WorkerState {
        WorkerState(
            id: id, name: String(id.prefix(8)), session: 0, peer: nil, kinds: [], queues: [], credit: 0, lastSeen: now)
    }

    /// - Returns: whether it takes the jobs of the lane.
    @discardableResult
    mutating func learn(_ lane: Lane, at index: Int, of queue: Int) -> Bool {
        guard kinds.contains(lane.kind), queues.contains(lane.queue) else { return false }
        lanes.append(index)
        lanesByQueue.add(index, of: queue)
        return true
    }

    /// Whether it takes the jobs of a lane. Its lanes stand in order.
    func serves(_ lane: Int) -> Bool {
        var range = 0..<lanes.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if lanes[middle] == lane { return true }
            range = lanes[middle] < lane ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return false
    }

    /// When it is found silent, or lost.
    func silence(lease: Int64) -> (isOverdue: Bool, at: SteadyTime) {
        if let overdueSince, overdueSince > lastSeen {
            return (true, overdueSince.advanced(byMilliseconds: Limits.overdueMilliseconds))
        }
        return (false, lastSeen.advanced(byMilliseconds: lease))
    }

    /// It can be handed something, as far as its connection goes.
    var isThere: Bool { peer != nil && !draining && !mustGreet }

    /// It takes ordinary jobs before any other worker does: it holds no isolated one and is not to get one.
    var isClear: Bool { isolatedJobs.isEmpty && reservedSince == nil }

    /// Ordinary jobs that it can take, unless nobody else does.
    var freeCredit: Int { isThere && isClear && hasRoom ? max(0, credit - holding) : 0 }

    /// It can hold another job, of whatever sort.
    var hasFreeCredit: Bool { isThere && hasRoom && holding < credit }

    /// What it holds is not too much in bytes, however many jobs it wants.
    private var hasRoom: Bool { leasedBytes < Limits.leasedBytesPerWorker }

    /// Jobs that it runs at once, as far as is known here.
    var slots: Int { min(places, credit) }

    /// It can have a job of a lane.
    /// - Parameter needsPlace: only if the job begins at once.
    func takes(lane: Int, needsPlace: Bool) -> Bool {
        freeCredit > 0 && serves(lane) && (hasPlace || !needsPlace)
    }

    /// What it gets next begins at once, as far as is known here.
    var hasPlace: Bool { holding < places }
}

/// A job in a worker's hands.
struct Lease: Sendable {
    /// Its `attempt` is the one that runs: the fence.
    var job: WaitingJob { terms.value.job }
    var lane: Lane { terms.value.lane }
    var worker: String { terms.value.worker }
    /// One word, as a lease is looked at again and again.
    private let terms: Boxed<Terms>
    /// A result, a return or a loss is on its way to the disk; its worker's credit is free.
    var isClosing = false
    /// It closes because its worker is lost or came without it: whoever still has the job must stop.
    var isTakenBack = false
    /// How it closes.
    var ending: Ending?
    /// Where its queue is counted.
    var tempo = 0

    /// What stays as it is.
    private struct Terms: Sendable {
        var job: WaitingJob
        var lane: Lane
        var worker: String
    }

    init(job: consuming WaitingJob, lane: Lane, worker: String) {
        terms = Boxed(Terms(job: job, lane: lane, worker: worker))
    }

    mutating func close(as ending: Ending?) {
        isClosing = true
        self.ending = ending
    }
}
