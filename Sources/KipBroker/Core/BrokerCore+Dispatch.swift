import KipCore
import KipStore

extension BrokerCore {
    /// Hands out what can be handed out: each worker in its turn gets a few jobs, the highest priority first, until the
    /// jobs or the credit are used up. One message carries all jobs of a worker.
    public mutating func dispatch(at now: Timestamp, into effects: inout [Effect]) {
        refillLanes(&effects)
        if let until = holdUntil, until > now { return }
        guard !workerOrder.isEmpty, lanes.contains(where: { !$0.isEmpty }) else { return }
        var handed: [String: [Lease]] = [:]
        var moved = true
        while moved {
            moved = false
            for step in 0..<workerOrder.count {
                let id = workerOrder[(turn + step) % workerOrder.count]
                let taken = takeTurn(of: id)
                if taken.isEmpty { continue }
                handed[id, default: []] += taken
                moved = true
            }
        }
        turn = (turn + 1) % workerOrder.count
        for (id, leases) in handed { send(leases, to: id, &effects) }
        refillLanes(&effects)
    }

    private mutating func takeTurn(of id: String) -> [Lease] {
        var taken: [Lease] = []
        while taken.count < settings.turnJobs, let worker = workers[id], worker.freeCredit > 0,
            let index = bestLane(for: worker), var job = lanes[index].popFirst()
        {
            job.attempt += 1
            taken.append(lease(job, lanes[index].lane, to: id))
            workers[id]?.nextLane = index + 1
        }
        return taken
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

    @discardableResult
    mutating func lease(_ job: WaitingJob, _ lane: Lane, to worker: String) -> Lease {
        let place = BatchPlace(batch: batchNumber, index: batch.count)
        let lease = Lease(job: job, lane: lane, worker: worker, place: place)
        precondition(leases[job.id] == nil, "job \(job.id) would be leased twice")
        leases[job.id] = lease
        workers[worker]?.holding += 1
        batch.append(.lease(job.id, attempt: job.attempt, worker: worker))
        return lease
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
        job.failures = Int32(clamping: lease.job.failures)
        job.enqueuedAtMs = lease.job.createdAt.milliseconds
        return job
    }

    private mutating func refillLanes(_ effects: inout [Effect]) {
        for index in lanes.indices where lanes[index].needsRefill {
            lanes[index].refilling = true
            // What is in memory or in workers' hands may come back as well: ask for so much more.
            let limit = lanes[index].capacity + lanes[index].count + batch.count
            effects.append(.refill(lanes[index].lane, limit: limit, generation: lanes[index].generation))
        }
    }
}
