import KipCore
import KipStore

/// How many may begin, run and wait in the queue that operators limit.
extension Audit {
    private static let queue = "narrow"

    /// Of a queue with a limit only so many handlers run.
    /// - Parameter running: those that run already.
    mutating func begins(_ id: HandlerID, in queue: String, running: Int, at now: Int64, _ store: ModelStore) {
        guard queue == Self.queue, let limits, limits.control.concurrency > 0, now - limits.since > Self.grace,
            store.runs(id.job, Int(id.attempt))
        else { return }
        if running >= limits.control.concurrency {
            report(
                "job \(id.job) begins beside \(running) of its queue, which has \(limits.control.concurrency) places")
        }
    }

    /// The broker hears how many jobs a worker wants to hold.
    mutating func hear(_ message: WireMessage, at now: Int64) {
        switch message.header.body {
        case .hello(let hello): credits[hello.workerID, default: []].append((Int(hello.credit), now))
        case .heartbeat(let beat) where beat.credit != 0:
            credits[beat.workerID, default: []].append((max(0, Int(beat.credit)), now))
        default: return
        }
    }

    /// No worker runs more than it wanted to hold when the job was handed to it, as the broker had known for a while. A worker
    /// that hangs begins it long after.
    mutating func begins(_ id: HandlerID, on worker: String, beside others: Int, at now: Int64) {
        let words = credits[worker] ?? []
        let since = handed[Handing(id: id.job, attempt: Int(id.attempt))] ?? now
        let old = words.last { since - $0.at > Self.grace }?.credit ?? 0
        let most = words.filter { since - $0.at <= Self.grace }.map(\.credit).reduce(old, max)
        if others >= most, !words.isEmpty {
            report("worker \(worker.suffix(4)) begins a job beside \(others), and wanted to hold \(most)")
        }
    }

    /// What begins in a queue with a rate is counted on disk, and is not more than the rate allows.
    mutating func lookAtStarts(_ batch: [Mutation], _ store: ModelStore, at now: Int64) {
        var begun = 0
        var counted = 0
        for mutation in batch {
            switch mutation {
            case .control(let control) where control.scope == .queue && control.name == Self.queue:
                limits = (control, now)
            case .cancel(let id, _, _): leavers.insert(id)
            case .start(Self.queue, let at, let jobs, _):
                counted += jobs
                starts.append((at, jobs, now))
            case .lease(let id, let attempt, _):
                if store.runs(id, attempt), store.rows[id]?.lane.queue == Self.queue { begun += 1 }
            case .insert(let draft, _, .some):
                if store.runs(draft.id, 1), draft.queue == Self.queue { begun += 1 }
            default: continue
            }
        }
        guard let limits, limits.control.rate > 0, now - limits.since > Self.grace else { return }
        if begun > counted { report("\(begun) jobs of \(Self.queue) begin, and \(counted) are counted") }
        guard counted > 0, clockIsRight else { return }
        // By the time in which they were written, and so handed out.
        let first = now - limits.control.ratePeriodMilliseconds
        let recent = starts.filter { $0.written - limits.since > Self.grace && $0.written > first }
        let sum = recent.reduce(0) { $0 + $1.jobs }
        if sum > limits.control.rate {
            report("\(sum) jobs of \(Self.queue) begin in a period in which \(limits.control.rate) may")
        }
    }

    // MARK: Room, waking, pruning

    /// A message that needs room finds it, even if all else in the batch makes some.
    func crowded(_ batch: [Mutation], _ before: ModelStore) -> [Crowd] {
        var crowds: [Crowd] = []
        for case .claim(let claim, _) in batch {
            for room in claim.rooms {
                crowds.append(Crowd(claim: claim, room: room, batch, before))
            }
        }
        return crowds
    }

    /// What came of a batch, beside what each of its rows says.
    mutating func lookAtEnds(
        _ batch: [Mutation], _ outcomes: [WriteOutcome], _ crowds: [Crowd], _ store: ModelStore, at now: Timestamp
    ) {
        for (mutation, outcome) in zip(batch.lazy.filter(\.hasOutcome), outcomes) {
            switch (mutation, outcome) {
            // Who is cancelled once more in the same batch takes them with it again.
            case (.revive(let id, _, _), .changed) where store.rows[id]?.state != .cancelled: lookAtReopened(id, store)
            case (.claim(let claim, _), .claimed):
                for crowd in crowds where crowd.claim == claim && crowd.isTooMuch {
                    let room = crowd.room
                    report(
                        "\(crowd.adding) jobs came to \(crowd.waiting) in \(room.queue), where \(room.most) may wait")
                }
            default: continue
            }
        }
        for (row, isRead) in store.takenAway { lookAtGone(row, isRead: isRead, store, at: now) }
    }

    /// What was cancelled with a job that is woken waits for it again, at once or in a later batch.
    private mutating func lookAtReopened(_ id: JobID, _ store: ModelStore) {
        if store.untold.contains(where: { $0.id == id && $0.change == .waking }) { return }
        for child in store.families[id] ?? []
        where store.rows[child]?.parents.contains(where: { $0.id == id && $0.standing == .failed }) == true {
            report("job \(child) was cancelled with job \(id), and is not woken with it")
        }
    }

    /// What is taken away ended long ago, and nobody needs it any more.
    private mutating func lookAtGone(
        _ row: ModelStore.Row, isRead: Bool, _ store: ModelStore, at now: Timestamp
    ) {
        let id = row.job.id
        let age = row.endedAt.map { now.milliseconds - $0.milliseconds } ?? 0
        if !row.state.isTerminal || age < Simulation.keep {
            report("job \(id) was taken away: \(row.state), \(age) ms after its end")
        }
        if isRead { report("job \(id) was taken away, and another one still comes after it") }
        if !store.openEffects(of: id).isEmpty { report("job \(id) was taken away with an effect in doubt") }
        forget(id, row)
    }

    /// A job of the same id is another one from here on.
    private mutating func forget(_ id: JobID, _ row: ModelStore.Row) {
        gone[id] = row.state
        confirmed.remove(id)
        losses[id] = nil
        leavers.remove(id)
        handed = handed.filter { $0.key.id != id }
        handedLosses = handedLosses.filter { $0.key.id != id }
        failures[id] = nil
        forgetKills(of: id)
        orders = orders.filter { $0.value != id }
    }
}

/// A message that wants to add jobs to a queue that may only be so long, as the disk stood before.
struct Crowd: Sendable {
    let claim: Claim
    let room: RoomClaim
    /// Jobs that wait in the queue.
    let waiting: Int
    /// Jobs of the message that are not there yet.
    let adding: Int
    /// Jobs that may leave the queue with the same batch.
    private let leaving: Int

    init(claim: Claim, room: RoomClaim, _ batch: [Mutation], _ before: ModelStore) {
        self.claim = claim
        self.room = room
        waiting = before.rows.inState(.available).count { $0.lane.queue == room.queue }
        adding = room.adding.count { before.rows[$0] == nil }
        leaving = batch.count { mutation in
            switch mutation {
            case .lease, .cancel, .expire: true
            case .insert(let draft, _, _): draft.keyConflict == .replacePending
            default: false
            }
        }
    }

    /// It had no room, whatever left.
    var isTooMuch: Bool { adding > 0 && waiting - leaving + adding > room.most }
}
