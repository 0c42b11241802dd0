import KipCore
import KipStore

/// Jobs whose workers were lost. Each is handed out alone: if it kills the next worker too, no neighbour is blamed, and
/// neighbours that did no harm end well.
extension BrokerCore {
    /// Hands suspects to workers that hold nothing. Where all are busy, one of each lane takes nothing more until it is
    /// empty.
    mutating func dispatchSuspects() {
        if hasReserved {
            for id in workerOrder { workers[id]?.isReserved = false }
            hasReserved = false
        }
        for index in lanes.indices where lanes[index].hasSuspects {
            while mayStart(lane: index, at: wall), let id = emptyWorker(for: index),
                let job = lanes[index].popSuspect()
            {
                if !isLate(job, at: wall) { lease(job, lane: index, to: id, at: wall) }
            }
            if !mayStart(lane: index, at: wall) { continue }
            if lanes[index].hasSuspects { reserveWorker(for: index) }
        }
    }

    private func emptyWorker(for lane: Int) -> String? {
        workerOrder.first { id in
            guard let worker = workers[id] else { return false }
            return worker.holding == 0 && worker.freeCredit > 0 && worker.lanes.contains(lane)
        }
    }

    /// One that has a suspect of any lane already will be empty by itself.
    private mutating func reserveWorker(for lane: Int) {
        let able = workerOrder.compactMap { workers[$0] }.filter { worker in
            worker.isThere && worker.lanes.contains(lane)
        }
        guard !able.contains(where: { !$0.suspects.isEmpty || $0.isReserved }),
            let chosen = able.min(by: { $0.holding < $1.holding })
        else { return }
        workers[chosen.id]?.isReserved = true
        hasReserved = true
    }

    /// The worker holds nothing else while it has a suspect.
    mutating func noteAlone(_ lease: Lease) {
        if lease.job.isSuspect, !lease.isClosing { workers[lease.worker]?.suspects.insert(lease.job.id) }
    }

    mutating func noteLeft(_ lease: Lease) {
        if lease.job.isSuspect { workers[lease.worker]?.suspects.remove(lease.job.id) }
    }
}
