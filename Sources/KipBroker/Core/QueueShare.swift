import Collections
import KipCore
import KipStore

/// A queue as the broker hands it out: its share beside other queues, and what it may use.
///
/// Shares are start-time fair (P. Goyal, H. Vin, H. Cheng, “Start-time Fair Queuing”, SIGCOMM 1996): each job that begins
/// puts its queue's tag on by one over its weight, the queue with the lowest tag is next, and one that was idle begins where
/// the others are. So a flood in one queue takes no more than its share from any other. “The others” are those with which it
/// shares a worker: what goes on elsewhere takes nothing from it, and must not move it.
struct QueueShare: Sendable {
    var control: Control
    /// The tag of its next job, if it was not idle.
    private var ownTag = 0.0
    /// The tag of the job that began last of all queues with which it shares a worker.
    private(set) var floor = 0.0
    /// Jobs in workers' hands.
    private(set) var running = 0
    /// Those that have begun within the period of its rate, the oldest first.
    private var starts: Deque<(at: Timestamp, jobs: Int)> = []
    private var started = 0
    /// Those that are on their way to the disk. They have not begun, and count from when they do: else a slow disk would
    /// let two periods' worth begin in one.
    private var beginning = 0

    init(_ name: String) {
        control = Control(.queue, name)
    }

    /// Where it stands beside the others.
    var tag: Double { max(ownTag, floor) }

    /// A queue with which it shares a worker is there.
    mutating func raise(to floor: Double) { self.floor = max(self.floor, floor) }

    /// It counts what begins or runs: its jobs go to workers that begin them at once, as one that waits in a worker's hands
    /// would be counted, too.
    var isCounted: Bool { control.rate > 0 || control.concurrency > 0 }

    /// As many run as may.
    var isFull: Bool { control.concurrency > 0 && running >= control.concurrency }

    /// Whether another of its jobs may begin.
    mutating func mayStart(at now: Timestamp, broken: Break? = nil) -> Bool {
        if control.isPaused { return false }
        if isFull, broken != .ignoresLimits { return false }
        if control.rate > 0, broken != .ignoresRates {
            forgetStarts(at: now)
            return started + beginning < control.rate
        }
        return true
    }

    /// When its rate lets the next job begin; nil = it does not keep any.
    func nextStart() -> Timestamp? {
        guard control.rate > 0, started + beginning >= control.rate, !control.isPaused else { return nil }
        return starts.first?.at.advanced(byMilliseconds: control.ratePeriodMilliseconds)
    }

    /// Another of its jobs begins.
    mutating func noteStart() {
        ownTag = tag + 1 / Double(control.weight)
        if control.rate > 0 { beginning += 1 }
    }

    /// Starts are on disk: these jobs begin now.
    mutating func begun(_ jobs: Int, at now: Timestamp) {
        withdraw(jobs)
        restore(QueueStarts(queue: control.name, at: now, jobs: jobs))
    }

    /// Starts were not written: nobody has got these jobs.
    mutating func withdraw(_ jobs: Int) {
        beginning = max(0, beginning - jobs)
    }

    /// Starts that are counted, as the store knows them after a restart.
    mutating func restore(_ begun: QueueStarts) {
        started += begun.jobs
        if let last = starts.last, last.at == begun.at {
            starts[starts.count - 1].jobs += begun.jobs
        } else {
            starts.append((begun.at, begun.jobs))
        }
    }

    /// Nothing of it has to be known any more, as far as it goes itself.
    var isIdle: Bool { running == 0 && beginning == 0 && starts.isEmpty }

    mutating func taken() { running += 1 }
    mutating func left() { running -= 1 }

    /// What began longer ago than the period counts no more.
    mutating func forgetStarts(at now: Timestamp) {
        // A clock that was put back: what began “later” has begun by now, also if others have begun since.
        if let first = starts.first, first.at > now {
            for index in starts.indices { starts[index].at = min(starts[index].at, now) }
        }
        let since = now.advanced(byMilliseconds: -control.ratePeriodMilliseconds)
        while let first = starts.first, first.at <= since {
            started -= first.jobs
            starts.removeFirst()
        }
        // The same where the first one is older: those stand at the end.
        var index = starts.count - 1
        while index >= 0, starts[index].at > now {
            starts[index].at = now
            index -= 1
        }
    }
}
