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
            report("job \(id.job) begins beside \(running) of its queue, which has \(limits.control.concurrency) places")
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
        guard counted > 0, clockIsRight, let last = starts.last?.at else { return }
        let first = last.advanced(byMilliseconds: -limits.control.ratePeriodMilliseconds)
        let recent = starts.filter { $0.written - limits.since > Self.grace && $0.at > first && $0.at <= last }
        let sum = recent.reduce(0) { $0 + $1.jobs }
        if sum > limits.control.rate {
            report("\(sum) jobs of \(Self.queue) begin in a period in which \(limits.control.rate) may")
        }
    }

    // MARK: Before and after

    /// Whether `compare` has something to say of a batch.
    func needsBefore(_ batch: [Mutation]) -> Bool {
        batch.contains { mutation in
            switch mutation {
            case .prune, .revive: true
            case .claim(let claim, _): !claim.rooms.isEmpty
            default: false
            }
        }
    }

    /// Holds the disk after a batch against the disk before it.
    mutating func compare(
        _ batch: [Mutation], _ outcomes: [WriteOutcome], _ before: ModelStore, _ after: ModelStore, at now: Timestamp
    ) {
        var isPruned = false
        for (mutation, outcome) in zip(batch.lazy.filter(\.hasOutcome), outcomes) {
            switch (mutation, outcome) {
            case (.prune, _): isPruned = true
            // Who is cancelled once more in the same batch takes them with it again.
            case (.revive(let id, _, _), .changed) where after.rows[id]?.state != .cancelled: lookAtReopened(id, after)
            case (.claim(let claim, _), .claimed): for room in claim.rooms { lookAtRoom(room, batch, before) }
            default: continue
            }
        }
        if isPruned { lookAtGone(before, after, at: now) }
    }

    /// What was cancelled with a job that is woken waits for it again.
    private mutating func lookAtReopened(_ id: JobID, _ store: ModelStore) {
        for child in store.families[id] ?? []
        where store.rows[child]?.parents.contains(where: { $0.id == id && $0.standing == .failed }) == true {
            report("job \(child) was cancelled with job \(id), and is not woken with it")
        }
    }

    /// What a message adds has room, even if all else in the batch made some.
    private mutating func lookAtRoom(_ room: RoomClaim, _ batch: [Mutation], _ before: ModelStore) {
        let waiting = before.rows.inState(.available).count { $0.lane.queue == room.queue }
        let adding = room.adding.count { before.rows[$0] == nil }
        let leaving = batch.count { mutation in
            switch mutation {
            case .lease, .cancel, .expire: true
            case .insert(let draft, _, _): draft.keyConflict == .replacePending
            default: false
            }
        }
        if adding > 0, waiting - leaving + adding > room.most {
            report("\(adding) jobs came to \(waiting) in \(room.queue), in which \(room.most) may wait")
        }
    }

    /// What is taken away ended long ago, and nobody needs it any more.
    private mutating func lookAtGone(_ before: ModelStore, _ after: ModelStore, at now: Timestamp) {
        for (id, row) in before.rows.inOrder where after.rows[id] == nil {
            let age = row.endedAt.map { now.milliseconds - $0.milliseconds } ?? 0
            if !row.state.isTerminal || age < Simulation.keep {
                report("job \(id) was taken away: \(row.state), \(age) ms after its end")
            }
            if !after.isReadByNobody(id) { report("job \(id) was taken away, and another one still comes after it") }
            if !before.openEffects(of: id).isEmpty { report("job \(id) was taken away with an effect in doubt") }
            forget(id, row)
        }
    }

    /// A job of the same id is another one from here on.
    private mutating func forget(_ id: JobID, _ row: ModelStore.Row) {
        gone[id] = row.state
        confirmed.remove(id)
        losses[id] = nil
        handed = handed.filter { $0.key.id != id }
        suspects = suspects.filter { $0.id != id }
        orders = orders.filter { $0.value != id }
    }
}
