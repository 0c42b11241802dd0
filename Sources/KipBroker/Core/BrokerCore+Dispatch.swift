import KipCore
import KipStore

extension BrokerCore {
    /// Hands out what can be handed out: each worker in its turn gets a few jobs, the highest priority first, until the
    /// jobs or the credit are used up. One message carries all jobs of a worker.
    public mutating func dispatch(into effects: inout [Effect]) {
        guard heldBecause == nil else { return }
        dispatchWork = 0
        refillLanes(&effects)
        dispatchIsolated()
        defer { if settings.broken == .handsOutBeforeCommit { handOver(promises.grants, &effects) } }
        guard !workerOrder.isEmpty else {
            pausedDispatch = nil
            return
        }
        let places = placesOfTakers()
        let start = places.firstIndex { $0 >= turn } ?? 0
        var step = 0
        // As many workers in a row get nothing before it ends.
        var left = places.count
        if let pausedDispatch, pausedDispatch.eventCount == eventCount { left = min(left, pausedDispatch.left) }
        while left > 0, dispatchWork < Self.workPerDispatch {
            let place = places[(start + step) % places.count]
            step += 1
            left = takeTurn(of: workerOrder[place], at: wall) ? places.count : left - 1
        }
        for id in workersThatAdmitOthers() {
            while dispatchWork < Self.workPerDispatch, takeTurn(of: id, at: wall, besideIsolated: true) {
                if dispatchWork >= Self.workPerDispatch { left = max(left, 1) }
            }
        }
        pausedDispatch = left > 0 ? PausedDispatch(eventCount: eventCount, left: left) : nil
        turn = left > 0 && !places.isEmpty ? places[(start + step) % places.count] : (turn + 1) % workerOrder.count
        refillLanes(&effects)
    }

    /// Lanes and jobs that one dispatch looks at, and those of one turn more: a few milliseconds. Then messages and the disk
    /// have their turn, and the next round goes on.
    static let workPerDispatch = 300_000

    /// The workers that take jobs of a lane in which some wait, as places in their order: beside ten million jobs that nobody
    /// takes, a thousand workers need not be asked in each round.
    private mutating func placesOfTakers() -> [Int] {
        var takes: [Bool] = []
        var count = 0
        for lane in servedLanes.indices where !lanes[lane].isEmpty {
            if takes.isEmpty { takes = [Bool](repeating: false, count: workerOrder.count) }
            if count == takes.count { break }
            for place in placesOfWorkers(serving: lane) where !takes[place] {
                takes[place] = true
                count += 1
            }
        }
        return count == 0 ? [] : takes.indices.filter { takes[$0] }
    }

    /// - Returns: whether the worker got a job, or a job was found that ends unstarted.
    private mutating func takeTurn(of id: String, at now: Timestamp, besideIsolated: Bool = false) -> Bool {
        var taken = 0
        var hasMoved = false
        var heads: [LaneHead?]?
        while taken < settings.turnJobs, dispatchWork < Self.workPerDispatch, let worker = workers[id],
            besideIsolated ? worker.hasFreeCredit : worker.freeCredit > 0, !isFullOfLeases || worker.holding == 0
        {
            var present = heads ?? findHeads(for: worker)
            heads = nil
            guard let best = bestQueue(for: worker, present, at: now), let head = present[best] else { break }
            hasMoved = true
            var start = head.lane
            if let job = popReady(head, at: now) {
                lease(job, lane: head.lane, to: id, at: now)
                start = head.lane + 1
                workers.update(id) { $0.nextLane = start }
                taken += 1
            }
            present[best] = findHead(of: worker.lanesByQueue[best], from: start)
            heads = present
        }
        return hasMoved
    }

    /// The lane of a queue that comes next, and the priority of its first job.
    private struct LaneHead {
        var lane: Int
        var priority: Int
    }

    /// The next lane of each queue of a worker. In its turn they change only where a job is taken: of a worker with very
    /// many lanes not each is looked at for each job.
    private mutating func findHeads(for worker: WorkerState) -> [LaneHead?] {
        worker.lanesByQueue.map { findHead(of: $0, from: worker.nextLane) }
    }

    /// The lane whose first job has the highest priority; among equals the first one from `start` on, then from the beginning.
    private mutating func findHead(of served: QueueLanes, from start: Int) -> LaneHead? {
        dispatchWork += served.lanes.count
        var best: LaneHead?
        for index in served.lanes {
            guard let priority = lanes[index].topPriority, !isKindPaused(lane: index) else { continue }
            if let current = best {
                let isNext = current.lane < start && index >= start
                guard priority > current.priority || (priority == current.priority && isNext) else { continue }
            }
            best = LaneHead(lane: index, priority: priority)
        }
        return best
    }

    /// The queue whose turn it is by its share; among equals the one whose lane comes first after the last that was served.
    /// - Returns: its position among the worker's queues.
    private mutating func bestQueue(for worker: WorkerState, _ heads: [LaneHead?], at now: Timestamp) -> Int? {
        dispatchWork += heads.count
        var best: (position: Int, tag: Double, isBefore: Int, lane: Int)?
        for position in heads.indices {
            guard let lane = heads[position]?.lane else { continue }
            let queue = worker.lanesByQueue[position].queue
            guard mayStart(queue: queue, at: now), worker.hasPlace || !queues[queue].isCounted else { continue }
            let found = (position, queues[queue].tag, lane < worker.nextLane ? 1 : 0, lane)
            if let best, (best.tag, best.isBefore, best.lane) <= (found.1, found.2, found.3) { continue }
            best = found
        }
        return best?.position
    }

    /// Takes the first runnable job of a lane that has the priority for which the lane was chosen. If only jobs that end
    /// unstarted have that priority, another lane may come first.
    private mutating func popReady(_ head: LaneHead, at now: Timestamp) -> WaitingJob? {
        while lanes[head.lane].topPriority == head.priority,
            let job = settings.broken == .ignoresPriority ? lanes[head.lane].popLowest() : lanes[head.lane].popFirst()
        {
            dispatchWork += 1
            if !endsUnstarted(job, at: now) { return job }
        }
        return nil
    }

    /// Whether a job is not to be handed out: it is about to end, or it is too late for it. In the second case it expires.
    mutating func endsUnstarted(_ job: WaitingJob, at now: Timestamp) -> Bool {
        if cancelling[job.id] != nil { return true }
        guard job.terms?.isLate(at: now) == true, settings.broken != .ignoresExpiry else { return false }
        expire([job.id])
        return true
    }

    /// Takes a waiting job out to a worker, as its next attempt.
    mutating func lease(_ waiting: WaitingJob, lane: Int, to worker: String, at now: Timestamp) {
        var job = waiting
        job.attempt += 1
        batch.append(.lease(job.id, attempt: job.attempt, worker: worker))
        noteStart(lane: lane, by: worker, at: now)
        grant(job, lanes[lane].lane, to: worker)
    }

    /// Gives a worker a job. It learns of it when that is on disk.
    mutating func grant(_ job: consuming WaitingJob, _ lane: Lane, to worker: String) {
        let grant = Grant(id: job.id, attempt: job.attempt)
        precondition(leases[grant.id] == nil, "job \(grant.id) would be leased twice")
        take(Lease(job: job, lane: lane, worker: worker))
        promises.grants.append(grant)
    }

    /// Notes a lease that takes of its worker's credit.
    mutating func take(_ lease: Lease) {
        leases[lease.job.id] = tempo.took(lease)
        let bytes = lease.job.payload.count
        leasedBytes += bytes
        workers.update(lease.worker) {
            $0.holding += 1
            $0.leasedBytes += bytes
        }
        queues[queueIndex(of: lease.lane.queue)].taken()
        leaseIndex.add(lease.job.id, of: lease.worker)
        trackIsolation(lease)
    }

    /// Takes back what was not written. Where the job stands on disk after all, its lane finds it there.
    mutating func withdraw(_ id: JobID) {
        guard let lease = leases[id] else { return }
        release(lease)
        noteLastStart(lease.job.terms?.lastStart)
        lanes[index(of: lease.lane)].becameReady()
    }

    /// Any lane may have a job on disk that its window does not know, and that goes before what is in it.
    mutating func lookOnDisk() {
        for index in lanes.indices { lanes[index].becameReady() }
    }

    /// Takes jobs that have ended out of memory: each lane is gone through once.
    mutating func takeOut(_ jobs: some Sequence<LaneJob>) {
        var gone: [Int: Set<JobID>] = [:]
        for job in jobs {
            if let index = laneIndex[job.lane] { gone[index, default: []].insert(job.id) }
        }
        for (index, ids) in gone {
            jobsLookedThrough += lanes[index].countInMemory
            lanes[index].remove(all: ids)
        }
    }

    /// Forgets a lease; what it still took of its worker's credit is free.
    mutating func release(_ lease: Lease) {
        leases[lease.job.id] = nil
        trackIsolationEnd(lease)
        if lease.isClosing { return }
        noteFree(lease)
        queues[queueIndex(of: lease.lane.queue)].left()
        tempo.left(lease)
    }

    /// Its worker can take another job for it.
    mutating func noteFree(_ lease: Lease) {
        let bytes = lease.job.payload.count
        leasedBytes -= bytes
        workers.update(lease.worker) {
            $0.holding -= 1
            $0.leasedBytes -= bytes
        }
    }

    /// All workers together hold as many bytes of payload as they may: each that holds nothing gets one job all the same.
    var isFullOfLeases: Bool { leasedBytes >= Limits.leasedBytes }

    /// No result can count from here on.
    func isEnding(_ lease: Lease) -> Bool {
        lease.isClosing || cancelling[lease.job.id] != nil
    }

    /// Hands over what is on disk now: one message carries all jobs of a worker. What was cancelled, or given back
    /// because its worker came anew, is not handed over; nor is what has become too late on its way to the disk.
    mutating func handOver(_ grants: [Grant], _ effects: inout [Effect]) {
        guard heldBecause == nil else { return }
        var handed = HandedWork()
        var late: [JobID] = []
        for grant in grants {
            guard let lease = leases[grant.id], lease.job.attempt == grant.attempt, !isEnding(lease) else { continue }
            if lease.job.terms?.isLate(at: wall) == true, settings.broken != .ignoresExpiry {
                late.append(grant.id)
                continue
            }
            tempo.started(lease, at: wall, steady)
            handed.add(Self.leasedJob(lease, at: wall), lease.job.payload, for: lease.worker)
        }
        for work in handed.parts { send(work, &effects) }
        giveBack(late, outcome: "too late", at: wall)
    }

    private func send(_ handed: HandedWork.Part, _ effects: inout [Effect]) {
        guard let worker = workers[handed.worker], let peer = worker.peer else { return }
        let work = WorkWords(handed.jobs, session: worker.session)
        effects.append(.send(WireMessage(.work(work), payloads: handed.payloads), to: peer))
    }

    private static func leasedJob(_ lease: Lease, at now: Timestamp) -> LeasedWords {
        var job = LeasedWords(id: lease.job.id, kind: lease.lane.kind, queue: lease.lane.queue)
        job.attempt = Int32(clamping: lease.job.attempt)
        job.timeoutMs = lease.job.timeoutMilliseconds
        job.failures = Int32(clamping: lease.job.setbacks.failures)
        job.enqueuedAtMs = lease.job.createdAt.milliseconds
        guard let terms = lease.job.terms else { return job }
        if !terms.headers.isEmpty { job.headers = WireHeaders(bytes: terms.headers).values }
        if let last = terms.lastStart { job.startWithinMs = max(1, last.milliseconds(since: now)) }
        if let deadline = terms.deadline {
            let rest = max(1, deadline.milliseconds(since: now))
            job.endWithinMs = rest
            // For a worker that does not know of deadlines.
            job.timeoutMs = job.timeoutMs == 0 ? rest : min(job.timeoutMs, rest)
        }
        return job
    }

    /// Also reads lanes that no worker serves, so that operators see their jobs, up to `lanesReadForOperators` lanes.
    private mutating func refillLanes(_ effects: inout [Effect]) {
        if lanes.count <= Self.lanesReadForOperators {
            for index in lanes.indices { refillLane(index, &effects) }
        } else {
            for index in servedLanes.indices { refillLane(index, &effects) }
        }
    }

    private static let lanesReadForOperators = 1_024

    private mutating func refillLane(_ index: Int, _ effects: inout [Effect]) {
        if let found = lanes[index].waitsForLateJobs {
            if lateJobs.done < found { return }
            lanes[index].waitsForLateJobs = nil
        }
        if lanes[index].needsRefill {
            // The store's answer may include jobs that are in memory, or granted and not yet written: the limit allows for them.
            refill(index, limit: lanes[index].capacity + lanes[index].countInMemory, &effects)
        } else if let limit = lanes[index].refresh(at: steady) {
            refill(index, limit: limit, &effects)
        }
    }

    /// The disk has answered.
    mutating func refilled(_ index: Int, _ waiting: Waiting, asked generation: Int) {
        lanes[index].refill(waiting, asked: generation) { leases[$0] != nil || cancelling[$0] != nil }
        // It had jobs that are about to end, and no others: before they have, it would have the same again.
        if lanes[index].hasMore, lanes[index].countInMemory == 0, !lateJobs.isEmpty {
            lanes[index].waitsForLateJobs = lateJobs.found
        }
    }

    private mutating func refill(_ index: Int, limit: Int, _ effects: inout [Effect]) {
        lanes[index].refilling = true
        let window = lanes[index]
        let bytes = window.byteCapacity + window.bytesInMemory + pendingBytes
        effects.append(
            .refill(window.lane, limit: limit + batch.count, bytes: bytes, generation: window.generation))
    }
}

/// A dispatch that stopped before its end.
struct PausedDispatch: Sendable {
    /// If more has happened since, any worker may get something.
    var eventCount: Int
    /// Workers that are still to be asked.
    var left: Int
}
