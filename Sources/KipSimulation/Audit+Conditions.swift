import KipCore
import KipStore
import KipWorker

/// What jobs ask for beside a worker, and what operators say.
extension Audit {
    /// How long what is on its way to the disk, or from it, may have been decided before, in milliseconds.
    static let grace: Int64 = 15_000

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
            if case .period = row.conditions.uniqueScope { return false }
            // Forever means also when it has ended; one that yielded was cancelled.
            return !row.state.isTerminal || (row.conditions.uniqueScope == .forever && row.state != .cancelled)
        }
        if standing.count > 1 { reportDoubled("jobs \(standing.sorted()) have the key \(key)") }
        lookAtPeriod(key, id, all, store)
    }

    /// A key that stands for a while is not given to another job before.
    private mutating func lookAtPeriod(_ key: String, _ id: JobID, _ all: Set<JobID>, _ store: ModelStore) {
        // Where the clock was put back, a time that had passed comes again.
        guard clockIsRight, let row = store.rows[id], case .period(let period) = row.conditions.uniqueScope else {
            return
        }
        for other in all where other != id && !wasWoken(other) && !wasWoken(id) {
            guard let known = store.rows[other], known.conditions.uniqueScope == row.conditions.uniqueScope,
                // One that yielded has given it away.
                known.state != .cancelled, row.state != .cancelled
            else { continue }
            let apart = abs(known.job.createdAt.milliseconds - row.job.createdAt.milliseconds)
            if apart < period { reportDoubled("jobs \(id) and \(other) have the key \(key), \(apart) ms apart") }
        }
    }

    /// A key that stands until its job is done does not stand for one that ended long ago, unless that is of the same message,
    /// which is then sent again.
    mutating func checkExisting(
        _ enqueued: WireEnqueued, _ asked: [WireNewJob], at now: Timestamp, _ store: ModelStore
    ) {
        guard clockIsRight, asked.count == enqueued.jobs.count else { return }
        let own = Set(asked.map(\.id))
        for (answer, job) in zip(enqueued.jobs, asked) where answer.outcome == .existing && !own.contains(answer.id) {
            guard let id = JobID(answer.id), let row = store.rows[id], row.conditions.uniqueScope == .untilDone,
                let endedAt = row.endedAt, now.milliseconds - endedAt.milliseconds > Self.grace
            else { continue }
            report("the key \(job.uniqueKey) stands for job \(id), which has ended long ago")
        }
    }

    /// What a handler is told of the jobs that its own came after is how they ended.
    mutating func checkParents(of id: JobID, _ answer: ParentsAnswer, _ store: ModelStore) {
        guard let row = store.rows[id] else { return }
        if row.parents.map(\.id) != answer.parents.map(\.id) {
            report("the handler of job \(id) was told of \(answer.parents.count) parents, it has \(row.parents.count)")
        }
        for parent in answer.parents where parent.state == .succeeded {
            guard let known = store.rows[parent.id], known.state == .succeeded else { continue }
            if known.result != parent.result {
                report("the handler of job \(id) was told a wrong result of \(parent.id)")
            }
        }
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
