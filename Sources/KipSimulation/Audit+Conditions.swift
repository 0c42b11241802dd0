import KipCore
import KipStore

/// What jobs ask for beside a worker, and what operators say.
extension Audit {
    /// How long what is on its way to the disk, or from it, may have been decided before, in milliseconds.
    private static let grace: Int64 = 15_000

    /// A job is handed out when nothing holds it back.
    mutating func checkConditions(_ job: WireLeasedJob, at now: Timestamp, _ store: ModelStore) {
        guard let id = JobID(job.id), let row = store.rows[id] else { return }
        if row.conditions.hold, !wasReleased(id) {
            report("job \(id) was handed out, and nobody has released it")
        }
        // Whoever wakes a job knows of its parents; a parent that had ended and was woken is not waited for again.
        for parent in row.parents where store.rows[parent.id]?.hasEnded == false && !wasWoken(id) {
            report("job \(id) was handed out before job \(parent.id) had ended, which it came after")
        }
        if let last = row.conditions.lastStart, last <= now {
            report("job \(id) was handed out when it was too late")
        }
    }

    /// Promise 4: of the jobs with one key, one stands.
    mutating func lookAtKey(_ key: String, _ id: JobID, _ store: ModelStore) {
        let all = noteKey(key, of: id)
        guard all.count > 1 else { return }
        let standing = all.filter { other in
            guard let row = store.rows[other] else { return false }
            // Forever means also when it has ended; one that yielded was cancelled.
            return !row.state.isTerminal || (row.conditions.uniqueScope == .forever && row.state != .cancelled)
        }
        if standing.count > 1 { reportDoubled("jobs \(standing.sorted()) have the key \(key)") }
    }

    /// Of the jobs with one concurrency key only so many are available or run.
    mutating func lookAtPlaces(_ row: ModelStore.Row, _ store: ModelStore) {
        guard let key = row.conditions.concurrencyKey, row.state == .available || row.state == .running else { return }
        let taken =
            store.rows.inState(.available).count { $0.conditions.concurrencyKey == key }
            + store.rows.inState(.running).count { $0.conditions.concurrencyKey == key }
        if taken > row.conditions.concurrency {
            report("\(taken) jobs have a place of the key \(key), which has \(row.conditions.concurrency)")
        }
    }

    /// What is paused is not begun, from a while after that was said.
    mutating func lookAtControls(_ batch: [Mutation], _ store: ModelStore, at now: Int64) {
        for mutation in batch {
            switch mutation {
            case .control(let control): notePause(control, at: now)
            case .lease(let id, let attempt, _):
                guard store.runs(id, attempt), let lane = store.rows[id]?.lane else { continue }
                checkPause(id, lane, at: now)
            case .insert(let draft, _, .some) where store.runs(draft.id, 1):
                checkPause(draft.id, Lane(queue: draft.queue, kind: draft.kind), at: now)
            default: continue
            }
        }
    }

    private mutating func checkPause(_ id: JobID, _ lane: Lane, at now: Int64) {
        for name in ["queue \(lane.queue)", "kind \(lane.kind)"] {
            guard let since = pausedSince(name), now - since > Self.grace else { continue }
            report("job \(id) was begun \(now - since) ms after the \(name) was paused")
        }
    }
}
