import KipCore

/// Queues and kinds come and go, one for each customer or each day, say. Those in which nothing waits, runs or was begun
/// lately are forgotten, so that ever new names do not fill the memory.
extension BrokerCore {
    private var knownNames: Int { lanes.count + queues.count + tempo.queues.count }

    /// Looks at all names when they have become twice as many as were in use the last time.
    ///
    /// What is on its way to the disk may come back, where it cannot be written: a lane of which a job is leased is kept, and
    /// nothing is forgotten while jobs are being cancelled.
    mutating func forgetIdleNames() {
        guard knownNames > tidyAt, starting.isEmpty, cancelling.isEmpty else { return }
        forgetIdleLanes()
        forgetIdleQueues()
        let places = tempo.forgetIdle(at: steady, used: Set(leases.values.lazy.map(\.tempo)))
        for index in leases.values.indices {
            leases.values[index].tempo = places[leases.values[index].tempo] ?? 0
        }
        tidyAt = settings.knownNames > 0 ? max(settings.knownNames, 2 * knownNames) : 0
    }

    private mutating func forgetIdleLanes() {
        let leased = Set(leases.values.lazy.map(\.lane))
        lanes.removeAll { $0.isIdle && !$0.refilling && !leased.contains($0.lane) }
        shareMemory()
        laneIndex.removeAll()
        for (index, window) in lanes.enumerated() { laneIndex[window.lane] = index }
        servedLanes.removeAll()
        for id in workerOrder {
            workers[id]?.lanes = []
            workers[id]?.lanesByQueue = []
            workers[id]?.nextLane = 0
            for (index, window) in lanes.enumerated()
            where workers[id]?.learn(window.lane, at: index, of: window.queue) == true {
                servedLanes.add(index)
            }
        }
        takers.forget()
    }

    private mutating func forgetIdleQueues() {
        let names = Set(lanes.lazy.map(\.lane.queue))
        queues.removeAll { queue in
            queue.isIdle && !names.contains(queue.control.name)
                && controls[ControlName(scope: .queue, name: queue.control.name)] == nil
        }
        queueIndexes.removeAll()
        for (index, queue) in queues.enumerated() { queueIndexes[queue.control.name] = index }
        for index in lanes.indices { lanes[index].queue = queueIndex(of: lanes[index].lane.queue) }
        for id in workerOrder {
            let served = workers[id]?.lanes ?? []
            workers[id]?.lanesByQueue = [QueueLanes](served) { lanes[$0].queue }
        }
    }
}
