import KipCore

/// How the queues go: what runs now, and what started and ended in the last minute, as counters. A job costs a few
/// additions, whatever waits; nothing here decides anything.
struct Tempo: Sendable {
    private(set) var queues: [QueueTempo] = []
    private var places = PlaceIndex<String>()

    /// A lease as it is kept from now on: it knows where its queue is counted.
    mutating func took(_ lease: Lease) -> Lease {
        var lease = lease
        lease.tempo = place(of: lease.lane.queue)
        queues[lease.tempo].running += 1
        return lease
    }

    /// Its worker's hands are free of it.
    mutating func left(_ lease: Lease) {
        queues[lease.tempo].running -= 1
    }

    /// A worker gets it.
    mutating func started(_ lease: Lease, at now: Timestamp, _ steady: SteadyTime) {
        let waited = now.milliseconds(since: lease.job.runAt)
        queues[lease.tempo].started(after: waited, at: steady)
    }

    /// Its end is on disk.
    mutating func ended(_ lease: Lease, at steady: SteadyTime) {
        guard let ending = lease.ending else { return }
        queues[lease.tempo].ended(ending, at: steady)
    }

    /// Forgets queues in which nothing runs and nothing happened in the last minute.
    /// - Parameter used: places that leases know.
    /// - Returns: the new places by the old ones.
    mutating func forgetIdle(at now: SteadyTime, used: Set<Int>) -> [Int: Int] {
        var kept: [QueueTempo] = []
        var moved: [Int: Int] = [:]
        places.removeAll()
        for (place, queue) in queues.enumerated() where used.contains(place) || !queue.isIdle(at: now) {
            moved[place] = kept.count
            places[queue.queue] = kept.count
            kept.append(queue)
        }
        queues = kept
        return moved
    }

    private mutating func place(of queue: String) -> Int {
        if let place = places[queue] { return place }
        places[queue] = queues.count
        queues.append(QueueTempo(queue: queue))
        return queues.count - 1
    }
}

/// How an attempt ended, as far as an operator's eye goes.
enum Ending: Sendable {
    case succeeded
    /// A failure, the loss of its worker, or an effect in doubt.
    case failed
    /// It was given back, or wants to run later: nothing went wrong.
    case postponed
}

/// The last minute of a queue, in twelve slots of five seconds: what is read covers 55 to 60 seconds.
struct QueueTempo: Sendable {
    private static let slotCount = 12
    private static let slotMilliseconds: Int64 = 5_000

    private struct Slot {
        /// Which five seconds since the clock began.
        var number: Int64 = -1
        var started = 0
        var succeeded = 0
        var failed = 0
        var waits = WaitHistogram()

        mutating func begin(_ number: Int64) {
            self.number = number
            started = 0
            succeeded = 0
            failed = 0
            waits.clear()
        }
    }

    /// What was counted in the last minute.
    struct Figures {
        var started = 0
        var succeeded = 0
        var failed = 0
        /// From the time that a job may run to its start.
        var waits = WaitHistogram()
    }

    let queue: String
    /// Leases whose ends are not said.
    var running = 0
    private var slots = [Slot](repeating: Slot(), count: slotCount)

    init(queue: String) {
        self.queue = queue
    }

    mutating func started(after milliseconds: Int64, at now: SteadyTime) {
        let slot = slot(at: now)
        slots[slot].started += 1
        slots[slot].waits.note(milliseconds: milliseconds)
    }

    mutating func ended(_ ending: Ending, at now: SteadyTime) {
        let slot = slot(at: now)
        switch ending {
        case .succeeded: slots[slot].succeeded += 1
        case .failed: slots[slot].failed += 1
        case .postponed: break
        }
    }

    /// Nothing runs, and nothing happened in the last minute.
    func isIdle(at now: SteadyTime) -> Bool {
        running == 0 && slots.allSatisfy { $0.number <= Self.number(now) - Int64(Self.slotCount) }
    }

    func figures(at now: SteadyTime) -> Figures {
        let oldest = Self.number(now) - Int64(Self.slotCount)
        var figures = Figures()
        for slot in slots where slot.number > oldest {
            figures.started += slot.started
            figures.succeeded += slot.succeeded
            figures.failed += slot.failed
            figures.waits.add(slot.waits)
        }
        return figures
    }

    /// The slot of this moment, which begins empty.
    private mutating func slot(at now: SteadyTime) -> Int {
        let number = Self.number(now)
        let slot = Int(number % Int64(Self.slotCount))
        if slots[slot].number != number { slots[slot].begin(number) }
        return slot
    }

    private static func number(_ now: SteadyTime) -> Int64 { max(0, now.milliseconds) / slotMilliseconds }
}
