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
        var moved = true
        while moved {
            moved = false
            for step in 0..<workerOrder.count where takeTurn(of: workerOrder[(turn + step) % workerOrder.count]) {
                moved = true
            }
        }
        turn = (turn + 1) % workerOrder.count
        refillLanes(&effects)
    }

    /// - Returns: whether the worker got a job.
    private mutating func takeTurn(of id: String) -> Bool {
        var taken = 0
        while taken < settings.turnJobs, let worker = workers[id], worker.freeCredit > 0,
            let index = bestLane(for: worker), let job = lanes[index].popFirst()
        {
            lease(job, lanes[index].lane, to: id)
            workers[id]?.nextLane = index + 1
            taken += 1
        }
        return taken > 0
    }

    /// The lane whose first job has the highest priority; among equals the one after the last that was served.
    private func bestLane(for worker: WorkerState) -> Int? {
        var best: (index: Int, priority: Int)?
        for index in worker.lanes {
            guard let priority = lanes[index].topPriority else { continue }
            if let current = best {
                let isLater = current.index < worker.nextLane && index >= worker.nextLane
                if priority < current.priority || (priority == current.priority && !isLater) { continue }
            }
            best = (index, priority)
        }
        return best?.index
    }

    /// Takes a waiting job out to a worker, as its next attempt.
    mutating func lease(_ waiting: WaitingJob, _ lane: Lane, to worker: String) {
        var job = waiting
        job.attempt += 1
        batch.append(.lease(job.id, attempt: job.attempt, worker: worker))
        grant(job, lane, to: worker)
    }

    /// Gives a worker a job. It learns of it when that is on disk.
    mutating func grant(_ job: WaitingJob, _ lane: Lane, to worker: String) {
        precondition(leases[job.id] == nil, "job \(job.id) would be leased twice")
        take(Lease(job: job, lane: lane, worker: worker))
        promises.grants.append(Grant(id: job.id, attempt: job.attempt))
    }

    /// Notes a lease that takes of its worker's credit.
    mutating func take(_ lease: Lease) {
        leases[lease.job.id] = tempo.took(lease)
        workers[lease.worker]?.holding += 1
        noteAlone(lease)
    }

    /// Takes back what was not written. Where the job stands on disk after all, its lane finds it there.
    mutating func withdraw(_ id: JobID) {
        guard let lease = leases[id] else { return }
        release(lease)
        for index in lanes.indices { lanes[index].leaveOnDisk() }
    }

    /// Forgets a lease; what it still took of its worker's credit is free.
    mutating func release(_ lease: Lease) {
        leases[lease.job.id] = nil
        noteLeft(lease)
        if lease.isClosing { return }
        workers[lease.worker]?.holding -= 1
        tempo.left(lease)
    }

    /// No result can count from here on.
    func isEnding(_ lease: Lease) -> Bool {
        lease.isClosing || cancelling[lease.job.id] != nil
    }

    /// Hands over what is on disk now: one message carries all jobs of a worker. What was cancelled, or given back
    /// because its worker came anew, is not handed over.
    mutating func handOver(_ grants: [Grant], _ effects: inout [Effect]) {
        guard heldBecause == nil else { return }
        var handed: [String: [Lease]] = [:]
        var order: [String] = []
        for grant in grants {
            guard let lease = leases[grant.id], lease.job.attempt == grant.attempt, !isEnding(lease) else { continue }
            tempo.started(lease, at: wall, steady)
            if handed[lease.worker] == nil { order.append(lease.worker) }
            handed[lease.worker, default: []].append(lease)
        }
        for id in order { send(handed[id] ?? [], to: id, &effects) }
    }

    private func send(_ handed: [Lease], to id: String, _ effects: inout [Effect]) {
        guard let worker = workers[id], let peer = worker.peer else { return }
        var work = WireWork()
        work.session = worker.session
        work.jobs = handed.map(Self.leasedJob)
        effects.append(.send(WireMessage(.work(work), payloads: handed.map(\.job.payload)), to: peer))
    }

    private static func leasedJob(_ lease: Lease) -> WireLeasedJob {
        var job = WireLeasedJob()
        job.id = lease.job.id.description
        job.kind = lease.lane.kind
        job.queue = lease.lane.queue
        job.attempt = Int32(clamping: lease.job.attempt)
        job.timeoutMs = lease.job.timeoutMilliseconds
        job.failures = Int32(clamping: lease.job.setbacks.failures)
        job.enqueuedAtMs = lease.job.createdAt.milliseconds
        return job
    }

    private mutating func refillLanes(_ effects: inout [Effect]) {
        for index in lanes.indices where lanes[index].needsRefill {
            lanes[index].refilling = true
            let window = lanes[index]
            // What is in memory, or granted but not yet written, may come back as well: ask for so much more.
            let limit = window.capacity + window.count + batch.count
            let bytes = window.byteCapacity + window.bytes + pendingBytes
            effects.append(.refill(window.lane, limit: limit, bytes: bytes, generation: window.generation))
        }
    }
}
