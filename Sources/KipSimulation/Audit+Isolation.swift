import KipCore
import KipStore

/// Promise 10: a job that was lost with its worker runs apart from others, and stops nobody.
extension Audit {
    /// A job that was lost twice has no other lost one beside it.
    mutating func runs(_ work: HandlerID, beside others: [HandlerID], on worker: Int) {
        func losses(_ handler: HandlerID) -> Int {
            handedLosses[Handing(id: handler.job, attempt: Int(handler.attempt))] ?? 0
        }
        let own = losses(work)
        for other in others where max(own, losses(other)) >= 2 && min(own, losses(other)) >= 1 {
            report(
                "job \(work.job), lost \(own) times, runs on worker \(worker) beside \(other.job), lost "
                    + "\(losses(other)) times")
        }
    }

    /// A job has killed its worker, and those that ran beside it. It may take each of them with it twice, until a person wakes
    /// one of the two.
    mutating func kills(_ killer: JobID, with others: [JobID]) {
        for other in others where other != killer {
            let pair = Pair(killer: killer, victim: other)
            kills[pair, default: 0] += 1
            if let count = kills[pair], count > 2 { report("job \(killer) has killed \(other) \(count) times") }
        }
    }

    /// A person wakes a job: what was known of it is forgotten.
    mutating func forgetKills(of id: JobID) {
        kills = kills.filter { $0.key.killer != id && $0.key.victim != id }
    }

    struct Pair: Hashable, Sendable {
        var killer: JobID
        var victim: JobID
    }

    /// Ordinary jobs that could run at this look. One that could at so many looks in a row is held up.
    mutating func lookAtWaiting(_ runnable: Set<JobID>) {
        for id in runnable.sorted() {
            waitingLooks[id, default: 0] += 1
            if waitingLooks[id] == 6 { report("job \(id) waits although a worker has a free place for it") }
        }
        waitingLooks = waitingLooks.filter { runnable.contains($0.key) }
    }
}

extension Simulation {
    /// When all is well again no ordinary job waits for long while a worker that takes it has a place.
    mutating func lookForWaiting() {
        // The broker may hang longer than the faults last.
        guard isCalm, !isHeld, core != nil, now > max(faultsEnd, brokerHungUntil) + 1_000 else {
            return audit.lookAtWaiting([])
        }
        let paused = store.controls().filter(\.isPaused)
        // One that drains takes nothing; one that runs a job alone takes others only if no other worker does.
        let rows = store.rows
        let free = workers.filter { worker in
            worker.machine.isServing
                && !worker.machine.held.keys.contains { (rows[$0]?.job.setbacks.losses ?? 0) > 1 }
                && worker.connection != nil && worker.hungUntil + 2_000 < now && worker.machine.session != nil
                // One whose result could not be written is to say hello, and hears so with its next heartbeat.
                && worker.ordinaryAt + 4_500 < now
                && worker.machine.held.count < min(worker.machine.credit, worker.credit)
        }
        let runnable = store.rows.availableSince(before: now - 500).filter { row in
            row.lane.queue == "default" && !row.job.needsIsolation && row.conditions.lastStart == nil
                && !paused.contains { $0.name == row.lane.kind || $0.name == row.lane.queue }
                && free.contains { $0.kinds.contains(row.lane.kind) }
        }
        audit.lookAtWaiting(Set(runnable.map(\.job.id)))
    }
}
