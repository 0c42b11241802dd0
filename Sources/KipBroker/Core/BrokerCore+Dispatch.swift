import KipCore
import KipStore

extension BrokerCore {
    /// Hands out what can be handed out: each worker in its turn gets a few jobs, the highest priority first, until the
    /// jobs or the credit are used up. One message carries all jobs of a worker.
    public mutating func dispatch(into effects: inout [Effect]) {
        guard heldBecause == nil else { return }
        refillLanes(&effects)
        dispatchSuspects()
        defer { if settings.broken == .handsOutBeforeCommit { handOver(promises.grants, &effects) } }
        guard !workerOrder.isEmpty, lanes.contains(where: { !$0.isEmpty }) else { return }
        let places = placesOfTakers()
        let start = places.firstIndex { $0 >= turn } ?? 0
        var moved = !places.isEmpty
        while moved {
            moved = false
            for step in places.indices
            where takeTurn(of: workerOrder[places[(start + step) % places.count]], at: wall) {
                moved = true
            }
        }
        turn = (turn + 1) % workerOrder.count
        refillLanes(&effects)
    }

    /// The workers that take jobs of a lane in which some wait, as places in their order: beside ten million jobs that nobody
    /// takes, a thousand workers need not be asked in each round.
    private mutating func placesOfTakers() -> [Int] {
        var takes = [Bool](repeating: false, count: workerOrder.count)
        var count = 0
        for lane in lanes.indices where !lanes[lane].isEmpty && count < takes.count {
            for place in placesOfWorkers(serving: lane) where !takes[place] {
                takes[place] = true
                count += 1
            }
        }
        return takes.indices.filter { takes[$0] }
    }

    /// - Returns: whether the worker got a job.
    private mutating func takeTurn(of id: String, at now: Timestamp) -> Bool {
        var taken = 0
        while taken < settings.turnJobs, let worker = workers[id], worker.freeCredit > 0,
            let index = bestLane(for: worker, at: now), let job = lanes[index].popFirst()
        {
            if isLate(job, at: now) { continue }
            lease(job, lane: index, to: id, at: now)
            workers.update(id) { $0.nextLane = index + 1 }
            taken += 1
        }
        return taken > 0
    }

    /// The queue whose turn it is by its share; in it the lane whose first job has the highest priority; among equals the
    /// one after the last that was served.
    private mutating func bestLane(for worker: WorkerState, at now: Timestamp) -> Int? {
        var best: (index: Int, queue: Int, tag: Double, priority: Int)?
        for index in worker.lanes {
            guard let priority = lanes[index].topPriority, mayStart(lane: index, at: now) else { continue }
            let queue = lanes[index].queue
            if queues[queue].isCounted, !worker.hasPlace { continue }
            let tag = queues[queue].tag
            if let current = best {
                let isLater = current.index < worker.nextLane && index >= worker.nextLane
                if queue == current.queue, priority != current.priority {
                    if priority < current.priority { continue }
                } else if tag > current.tag || (tag == current.tag && !isLater) {
                    continue
                }
            }
            best = (index, queue, tag, priority)
        }
        return best?.index
    }

    /// A job that it is too late for is not begun: it ends.
    mutating func isLate(_ job: WaitingJob, at now: Timestamp) -> Bool {
        guard job.terms?.isLate(at: now) == true, settings.broken != .ignoresExpiry else { return false }
        expire([job.id], at: now)
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
        workers.update(lease.worker) { $0.holding += 1 }
        queues[queueIndex(of: lease.lane.queue)].taken()
        noteAlone(lease)
    }

    /// Takes back what was not written. Where the job stands on disk after all, its lane finds it there.
    mutating func withdraw(_ id: JobID) {
        guard let lease = leases[id] else { return }
        release(lease)
        noteLastStart(lease.job.terms?.lastStart)
        lookOnDisk()
    }

    /// Any lane may have a job on disk that its window does not know.
    mutating func lookOnDisk() {
        for index in lanes.indices { lanes[index].leaveOnDisk() }
    }

    /// A job is not to be handed out, in whatever lane it waits.
    mutating func takeOut(_ id: JobID) {
        for index in lanes.indices where lanes[index].remove(id) != nil { break }
    }

    /// Forgets a lease; what it still took of its worker's credit is free.
    mutating func release(_ lease: Lease) {
        leases[lease.job.id] = nil
        noteLeft(lease)
        if lease.isClosing { return }
        workers.update(lease.worker) { $0.holding -= 1 }
        queues[queueIndex(of: lease.lane.queue)].left()
        tempo.left(lease)
    }

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
        if let last = terms.lastStart { job.startWithinMs = max(1, last.milliseconds - now.milliseconds) }
        if let deadline = terms.deadline {
            let rest = max(1, deadline.milliseconds - now.milliseconds)
            job.endWithinMs = rest
            // For a worker that does not know of deadlines.
            job.timeoutMs = job.timeoutMs == 0 ? rest : min(job.timeoutMs, rest)
        }
        return job
    }

    private mutating func refillLanes(_ effects: inout [Effect]) {
        for index in lanes.indices {
            if lanes[index].needsRefill {
                // What is in memory, or granted but not yet written, may come back as well: ask for so much more.
                refill(index, limit: lanes[index].capacity + lanes[index].count, &effects)
            } else if let limit = lanes[index].refresh(at: steady) {
                refill(index, limit: limit, &effects)
            }
        }
    }

    private mutating func refill(_ index: Int, limit: Int, _ effects: inout [Effect]) {
        lanes[index].refilling = true
        let window = lanes[index]
        let bytes = window.byteCapacity + window.bytes + pendingBytes
        effects.append(
            .refill(window.lane, limit: limit + batch.count, bytes: bytes, generation: window.generation))
    }
}
