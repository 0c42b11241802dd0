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
    var lastSeen: SteadyTime
    /// When it was found to have been silent for a lease. It is lost only if it is not heard for a moment more: a broker
    /// that itself stood still finds its workers' words only then.
    var overdueSince: SteadyTime?
    /// Prefixes of effect keys that it can look up.
    var reconciles: [String] = []
    /// The suspects that it holds, mostly one: nothing else is handed to it.
    var suspects: Set<JobID> = []
    /// It takes nothing more until it is empty, to have a suspect then.
    var isReserved = false
    var draining = false
    /// An operator wants it to finish and leave.
    var mustDrain = false
    /// The next heartbeat is answered with `unknown-session`, so that the worker says what it holds.
    var mustGreet = false
    /// Places of the lanes whose jobs it takes.
    var lanes: [Int] = []
    /// The lane whose turn it is among those of equal priority.
    var nextLane = 0

    /// A worker that the broker knows only by its leases: it has to say hello before its lease ends.
    static func unseen(_ id: String, at now: SteadyTime) -> WorkerState {
        WorkerState(
            id: id, name: String(id.prefix(8)), session: 0, peer: nil, kinds: [], queues: [], credit: 0, lastSeen: now)
    }

    /// - Returns: whether it takes the jobs of the lane.
    @discardableResult
    mutating func learn(_ lane: Lane, at index: Int) -> Bool {
        guard kinds.contains(lane.kind), queues.contains(lane.queue) else { return false }
        lanes.append(index)
        return true
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

    var freeCredit: Int { isThere && suspects.isEmpty && !isReserved ? max(0, credit - holding) : 0 }

    /// It can have a job of a lane.
    /// - Parameter needsPlace: only if the job begins at once.
    func takes(lane: Int, needsPlace: Bool) -> Bool {
        freeCredit > 0 && lanes.contains(lane) && (hasPlace || !needsPlace)
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
