import KipCore
import KipStore

/// Jobs that were lost with a worker run apart from others, because one of them may be the cause. `Isolation` says how:
///
/// - After its first loss a job belongs to a *group*: all such jobs run together, on one worker, so that most of them are
///   done as soon as they would have been without the loss. If that worker is lost too, each of them has its second loss.
/// - From then on it runs *alone*: its worker holds nothing else. A third loss is its own doing, and quarantines it.
///
/// So a job that kills its worker is found after three workers, and another job is lost at most twice: with the worker that
/// it happened to share, and once more in the group.
///
/// Nothing waits for isolated jobs. Ordinary jobs go to the other workers; those that no other worker takes go to the
/// isolating one: beside a group at once, beside a job that is alone after `Limits.isolationMilliseconds`. A worker that
/// has to become empty first takes nothing for at most as long.
extension BrokerCore {
    /// Hands out isolated jobs: in the order of their lanes, those first that must be alone.
    mutating func dispatchIsolated() {
        isolationDue = nil
        isolationWork = 0
        releaseReservations()
        let turns = isolationTurns
        guard !turns.isEmpty else { return pausedIsolation = nil }
        var left = turns.count
        if let pausedIsolation, pausedIsolation.eventCount == eventCount { left = min(left, pausedIsolation.left) }
        var place = (pausedIsolation?.place ?? 0) % turns.count
        while left > 0, isolationWork < Self.isolationWorkPerDispatch {
            switch turns[place].isolation {
            case .alone: dispatchAlone(turns[place].lane)
            case .group: dispatchGroup(turns[place].lane)
            }
            place = (place + 1) % turns.count
            left -= 1
        }
        pausedIsolation = left > 0 ? PausedIsolation(eventCount: eventCount, left: left, place: place) : nil
    }

    /// Workers, and lanes of workers, that one dispatch of isolated jobs looks at, and those of one lane more: a few
    /// milliseconds. The next round goes on with the lane after it.
    static let isolationWorkPerDispatch = 20_000

    private var isolationTurns: [(isolation: Isolation, lane: Int)] {
        mutating get {
            let served = servedLanes.indices.filter { !lanes[$0].isolatedJobs.isEmpty }
            let alone = served.filter { lanes[$0].isolatedJobs.has(.alone) }
            let group = served.filter { lanes[$0].isolatedJobs.has(.group) }
            return alone.map { (.alone, $0) } + group.map { (.group, $0) }
        }
    }

    private mutating func dispatchAlone(_ lane: Int) {
        dispatch(.alone, lane) { $0.workerForAlone(lane) }
        guard lanes[lane].isolatedJobs.has(.alone), mayStart(lane: lane, at: wall) else { return }
        reserveWorker(for: lane)
    }

    private mutating func dispatchGroup(_ lane: Int) {
        dispatch(.group, lane) { $0.workerForGroup(lane) }
    }

    private mutating func dispatch(
        _ isolation: Isolation, _ lane: Int, to worker: (inout BrokerCore) -> String?
    ) {
        while isolationWork < Self.isolationWorkPerDispatch, mayStart(lane: lane, at: wall), let id = worker(&self),
            let job = popReady(isolation, lane)
        {
            lease(job, lane: lane, to: id, at: wall)
        }
    }

    /// Takes the first isolated job of a lane that may be handed out.
    private mutating func popReady(_ isolation: Isolation, _ lane: Int) -> WaitingJob? {
        while let job = lanes[lane].popFirst(isolation) {
            if !endsUnstarted(job, at: wall) { return job }
        }
        return nil
    }

    private mutating func workersServing(_ lane: Int) -> [WorkerState] {
        let places = placesOfWorkers(serving: lane)
        isolationWork += 1 + places.count
        return places.compactMap { workers[workerOrder[$0]] }.filter(\.isThere)
    }

    /// An empty worker, or the reserved one if others have waited long enough for it to become empty.
    private mutating func workerForAlone(_ lane: Int) -> String? {
        if settings.broken == .isolatesNobody { return workersServing(lane).first(where: \.hasFreeCredit)?.id }
        return workersServing(lane).first { worker in
            guard worker.hasFreeCredit, worker.isolatedJobs.isEmpty, !rests(worker) else { return false }
            return worker.holding == 0 || worker.reservedSince.map(hasPassed) == true
        }?.id
    }

    /// The worker that has a group already; else an empty one, or the one that holds least. A second group needs an empty
    /// worker, and another one that takes ordinary jobs, if any wait.
    private mutating func workerForGroup(_ lane: Int) -> String? {
        let able = workersServing(lane)
        if settings.broken == .isolatesNobody { return able.first(where: \.hasFreeCredit)?.id }
        let groups = able.filter { $0.isolatedJobs.count > $0.soloJobs.count }
        for group in groups where mayJoinGroup(of: group, among: able) { return group.id }
        let free = able.filter { $0.isClear && $0.hasFreeCredit && !($0.slots == 1 && rests($0)) }
        guard let chosen = free.min(by: { $0.holding < $1.holding }) else {
            wakeAfterRest(of: able)
            return nil
        }
        if groups.isEmpty { return chosen.id }
        guard chosen.holding == 0 else { return nil }
        if able.contains(where: { $0.isClear && $0.id != chosen.id }) { return chosen.id }
        isolationWork += chosen.lanes.count / 16
        return isWanted(chosen.id) ? nil : chosen.id
    }

    /// A group leaves half of its worker to others if there is no other worker for them, and takes nothing more while a job
    /// waits that must be alone: that one is next.
    private mutating func mayJoinGroup(of worker: WorkerState, among able: [WorkerState]) -> Bool {
        guard worker.hasFreeCredit, worker.soloJobs.isEmpty, worker.reservedSince == nil else { return false }
        let hasOthers = able.contains { $0.isClear && $0.id != worker.id }
        let limit = hasOthers ? worker.slots : max(1, worker.slots / 2)
        if worker.isolatedJobs.count >= limit { return false }
        isolationWork += worker.lanes.count / 16
        for lane in worker.lanes where lanes[lane].isolatedJobs.has(.alone) && mayStart(lane: lane, at: wall) {
            return false
        }
        return true
    }

    // MARK: Reservations

    /// One worker of the lane takes nothing more until it is empty, unless one is about to be empty by itself.
    private mutating func reserveWorker(for lane: Int) {
        let able = workersServing(lane)
        if able.contains(where: { !$0.soloJobs.isEmpty || $0.reservedSince != nil }) { return }
        let free = able.filter { $0.isolatedJobs.isEmpty && !rests($0) }
        guard let chosen = free.min(by: { $0.holding < $1.holding }) else { return wakeAfterRest(of: able) }
        workers[chosen.id]?.reservedSince = steady
        workersApart.insert(chosen.id)
    }

    /// Releases workers that were reserved for jobs which no longer wait.
    private mutating func releaseReservations() {
        for id in workersApart {
            guard let worker = workers[id], worker.reservedSince != nil else { continue }
            let isNeeded = worker.isThere && worker.lanes.contains { lanes[$0].isolatedJobs.has(.alone) }
            if !isNeeded { release(reservationOf: id) }
        }
    }

    private mutating func release(reservationOf id: String) {
        workers[id]?.reservedSince = nil
        if workers[id]?.isClear != false { workersApart.remove(id) }
    }

    /// It gave others its time a moment ago, or is about to.
    private func rests(_ worker: WorkerState) -> Bool { worker.restsUntil.map { $0 > steady } ?? false }

    private mutating func wakeAfterRest(of able: [WorkerState]) {
        for worker in able where rests(worker) {
            if let end = worker.restsUntil { isolationDue = min(isolationDue ?? end, end) }
        }
    }

    // MARK: Others meanwhile

    /// Workers that isolate jobs, or are to, and take ordinary jobs all the same now, because no other worker does.
    mutating func workersThatAdmitOthers() -> [String] {
        guard !workersApart.isEmpty else {
            othersWaitSince = nil
            return []
        }
        let wanted = workerOrder.filter { workersApart.contains($0) && isWanted($0) }
        guard !wanted.isEmpty else {
            othersWaitSince = nil
            return []
        }
        othersWaitSince = othersWaitSince ?? steady
        return wanted.filter { admits($0) }
    }

    /// An ordinary job waits that it could take, and that no other worker took.
    private mutating func isWanted(_ id: String) -> Bool {
        guard let worker = workers[id], worker.hasFreeCredit else { return false }
        for lane in worker.lanes where !lanes[lane].isEmpty && mayStart(lane: lane, at: wall) { return true }
        return false
    }

    private mutating func admits(_ id: String) -> Bool {
        guard let worker = workers[id], settings.broken != .stopsForIsolated else { return false }
        guard let since = worker.reservedSince ?? worker.soloSince else { return true }
        workers[id]?.isContended = true
        guard hasPassed(since) else {
            let end = max(since, othersWaitSince ?? since).advanced(byMilliseconds: Limits.isolationMilliseconds)
            isolationDue = min(isolationDue ?? end, end)
            return false
        }
        if worker.reservedSince != nil {
            // What it was reserved for cannot begin for another reason.
            release(reservationOf: id)
            rest(id)
        }
        return true
    }

    /// Others have waited long enough for a worker that has been apart since then.
    private func hasPassed(_ since: SteadyTime) -> Bool {
        guard let othersWaitSince else { return false }
        return max(since, othersWaitSince).advanced(byMilliseconds: Limits.isolationMilliseconds) <= steady
    }

    private mutating func rest(_ id: String) {
        workers[id]?.isContended = false
        workers[id]?.restsUntil = steady.advanced(byMilliseconds: 2 * Limits.isolationMilliseconds)
    }

    // MARK: Bookkeeping

    /// Notes that a worker has an isolated job.
    mutating func trackIsolation(_ lease: Lease) {
        guard lease.job.needsIsolation, !lease.isClosing, settings.broken != .isolatesNobody else { return }
        workers.update(lease.worker) { worker in
            worker.isolatedJobs.insert(lease.job.id)
            worker.reservedSince = nil
            if lease.job.isolation == .alone {
                worker.soloJobs.insert(lease.job.id)
                worker.soloSince = steady
            }
        }
        workersApart.insert(lease.worker)
    }

    /// Notes that its worker has it no longer.
    mutating func trackIsolationEnd(_ lease: Lease) {
        guard lease.job.needsIsolation, let worker = workers[lease.worker],
            worker.isolatedJobs.contains(lease.job.id)
        else { return }
        workers.update(lease.worker) { worker in
            worker.isolatedJobs.remove(lease.job.id)
            worker.soloJobs.remove(lease.job.id)
            if worker.soloJobs.isEmpty { worker.soloSince = nil }
        }
        // Ordinary jobs that waited go next, before another isolated job.
        let wasApart = worker.soloJobs.contains(lease.job.id) || worker.slots == 1
        if wasApart, worker.isContended || worker.lanes.contains(where: { !lanes[$0].isEmpty }) { rest(lease.worker) }
        if workers[lease.worker]?.isClear == true { workersApart.remove(lease.worker) }
    }

    /// A worker has said anew what it holds.
    mutating func forgetIsolation(of id: String) {
        workers[id]?.isolatedJobs = []
        workers[id]?.soloJobs = []
        workers[id]?.soloSince = nil
        workers[id]?.reservedSince = nil
        workersApart.remove(id)
    }
}

/// A dispatch of isolated jobs that stopped before its end.
struct PausedIsolation: Sendable {
    /// If more has happened since, any lane may have a turn.
    var eventCount: Int
    /// Lanes that are still to have theirs.
    var left: Int
    /// Where it goes on.
    var place: Int
}
