import Collections
import KipCore
import KipStore

/// The waiting jobs of a lane that come first, in memory. The rest wait on disk, so that ten million waiting jobs cost
/// what ten thousand do.
///
/// The order is by priority, then by arrival. While jobs wait on disk, a new one comes into the window only if it goes
/// before something that is in it: what is on disk never goes before what is in memory.
struct LaneWindow {
    let lane: Lane
    /// The place of its queue.
    var queue: Int
    /// An operator has paused its kind.
    var isKindPaused = false
    /// In jobs. Where it was more before, what is in memory stays until it is handed out.
    var capacity: Int
    /// In bytes of payload.
    var byteCapacity: Int
    /// Highest priority first; no level is empty.
    private(set) var levels: [(priority: Int, jobs: Deque<WaitingJob>)] = []
    /// Jobs whose workers were lost. They have a room of their own, so that they keep no other job out of memory.
    private(set) var isolatedJobs = IsolatedJobs()
    /// Jobs in the levels.
    private(set) var count = 0
    /// Payload bytes of the jobs in the levels.
    private(set) var bytes = 0
    /// The last refill brought isolated jobs for which there is no room, and nothing else: another one would bring the same.
    private var isOverfullOfIsolated = false
    /// Jobs of this lane may wait on disk only.
    private(set) var hasMore = false
    /// Grows whenever a job is left to the disk, so that an older refill cannot say that there is none.
    private(set) var generation = 0
    var refilling = false
    /// Jobs have become ready on disk that may go before what is in memory.
    private(set) var isStale = false
    /// The disk is not asked again before so many late jobs were dealt with; nil = it may be asked.
    var waitsForLateJobs: Int?
    /// When the disk was last asked for such jobs.
    private var refreshedAt: SteadyTime?

    init(lane: Lane, queue: Int = 0, capacity: Int, byteCapacity: Int = .max) {
        self.lane = lane
        self.queue = queue
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    /// No ordinary job waits in memory.
    var isEmpty: Bool { count == 0 }
    /// Nothing waits, in memory or on disk.
    var isIdle: Bool { count == 0 && isolatedJobs.isEmpty && !hasMore }
    /// Jobs in memory, isolated ones included.
    var countInMemory: Int { count + isolatedJobs.count }
    /// Payload bytes in memory, those of isolated jobs included.
    var bytesInMemory: Int { bytes + isolatedJobs.bytes }
    var topPriority: Int? { levels.first?.priority }
    private var hasRoom: Bool { count < capacity && bytes < byteCapacity }
    private var hasRoomForIsolated: Bool {
        isolatedJobs.count < Self.isolatedShare * capacity && isolatedJobs.bytes < byteCapacity
    }
    /// As many times the capacity for isolated jobs: a worker that is lost with all that it may hold fits.
    private static let isolatedShare = 4
    var needsRefill: Bool {
        hasMore && !refilling && count <= capacity / 4 && bytes <= byteCapacity / 4 && !isOverfullOfIsolated
    }

    /// Takes a job that is on disk, or leaves it there.
    mutating func offer(_ job: WaitingJob) {
        if job.needsIsolation {
            if hasRoomForIsolated { isolatedJobs.append(job) } else { leaveOnDisk() }
        } else if !hasMore, hasRoom {
            append(job)
        } else if let lowest = levels.last?.priority, job.priority > lowest {
            append(job)
            spillOver()
        } else {
            leaveOnDisk()
        }
    }

    /// Takes a job that a worker gave back: it has waited longer than those that stand here, and comes before them.
    mutating func putBack(_ job: WaitingJob) {
        guard !job.needsIsolation, let lowest = levels.last?.priority, job.priority >= lowest,
            let level = levels.firstIndex(where: { $0.priority == job.priority })
        else { return offer(job) }
        let place = levels[level].jobs.firstIndex { $0.id > job.id } ?? levels[level].jobs.count
        // Behind all of them others may stand on disk.
        if place == levels[level].jobs.count { return offer(job) }
        levels[level].jobs.insert(job, at: place)
        count += 1
        bytes += job.payload.count
        spillOver()
    }

    /// Notes that jobs wait on disk that the window has not seen.
    mutating func leaveOnDisk() {
        hasMore = true
        generation += 1
        isOverfullOfIsolated = false
    }

    /// Notes that jobs have become ready on disk: their time has come, say, or their parents have ended.
    mutating func becameReady() {
        leaveOnDisk()
        isStale = true
    }

    /// How often the disk is asked for them, in milliseconds, where the window is not to be filled anyway.
    private static let refreshEvery: Int64 = 1_000

    /// How many jobs to ask the disk for, to find those that go before what is in memory: all that go before its last level
    /// stand before them there, too. nil = there is no need, or not yet.
    mutating func refresh(at now: SteadyTime) -> Int? {
        guard isStale, !refilling, !levels.isEmpty else { return nil }
        if let refreshedAt, now.milliseconds(since: refreshedAt) < Self.refreshEvery { return nil }
        refreshedAt = now
        isStale = false
        return levels.dropLast().reduce(256) { $0 + $1.jobs.count }
    }

    mutating func popFirst() -> WaitingJob? {
        guard !levels.isEmpty, let job = levels[0].jobs.popFirst() else { return nil }
        count -= 1
        bytes -= job.payload.count
        if levels[0].jobs.isEmpty { levels.removeFirst() }
        return job
    }

    /// What a broken core takes: a job of the lowest priority.
    mutating func popLowest() -> WaitingJob? {
        guard let last = levels.indices.last, let job = levels[last].jobs.popFirst() else { return nil }
        count -= 1
        bytes -= job.payload.count
        if levels[last].jobs.isEmpty { levels.remove(at: last) }
        return job
    }

    /// Takes the first isolated job that is to be tried so.
    mutating func popFirst(_ isolation: Isolation) -> WaitingJob? {
        guard let job = isolatedJobs.popFirst(isolation) else { return nil }
        isOverfullOfIsolated = false
        return job
    }

    /// Takes jobs out of the middle, in one pass.
    mutating func remove(all ids: Set<JobID>) {
        if isolatedJobs.remove(all: ids) { isOverfullOfIsolated = false }
        if isEmpty { return }
        for index in levels.indices { levels[index].jobs.removeAll { ids.contains($0.id) } }
        levels.removeAll(where: \.jobs.isEmpty)
        count = levels.reduce(0) { $0 + $1.jobs.count }
        bytes = 0
        for level in levels { bytes += level.jobs.reduce(0) { $0 + $1.payload.count } }
    }

    /// Takes in what the disk had.
    /// - Parameters:
    ///   - waiting: the lane's first jobs on disk.
    ///   - asked: the generation when they were asked for.
    ///   - isHeld: a job that is in a worker's hands, though the disk may not know it yet.
    mutating func refill(_ waiting: Waiting, asked: Int, isHeld: (JobID) -> Bool) {
        refilling = false
        var known = isolatedJobs.ids
        for level in levels { known.formUnion(level.jobs.lazy.map(\.id)) }
        var isAllTaken = waiting.isAll
        var hasTaken = false
        var isOverfull = false
        for job in waiting.jobs where !known.contains(job.id) && !isHeld(job.id) {
            if job.needsIsolation {
                if hasRoomForIsolated { isolatedJobs.append(job) } else { isOverfull = true }
                continue
            }
            hasTaken = true
            if hasRoom {
                append(job)
                continue
            }
            isAllTaken = false
            guard let lowest = levels.last?.priority, job.priority > lowest else { break }
            append(job)
            spillOver()
        }
        if isOverfull {
            isAllTaken = false
            isOverfullOfIsolated = !hasTaken
        }
        if isAllTaken, asked == generation { hasMore = false }
    }

    private mutating func append(_ job: WaitingJob) {
        count += 1
        bytes += job.payload.count
        var index = levels.count
        while index > 0, levels[index - 1].priority < job.priority { index -= 1 }
        if index > 0, levels[index - 1].priority == job.priority {
            levels[index - 1].jobs.append(job)
        } else {
            levels.insert((job.priority, [job]), at: index)
        }
    }

    /// Leaves to the disk what does not fit.
    private mutating func spillOver() {
        while count > capacity || (bytes > byteCapacity && count > 1), !levels.isEmpty { spillLast() }
    }

    private mutating func spillLast() {
        guard let last = levels.indices.last else { return }
        bytes -= levels[last].jobs.removeLast().payload.count
        count -= 1
        if levels[last].jobs.isEmpty { levels.remove(at: last) }
        leaveOnDisk()
    }
}
