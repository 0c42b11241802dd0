import KipCore
import KipStore

extension BrokerCore {
    /// Adds to what the store says of a job what only the broker knows: who is paused, which limit is reached, which worker
    /// would take it.
    mutating func explain(_ message: inout WireMessage, at moment: Moment) {
        guard case .explanation(var explanation) = message.header.body else { return }
        explanation.reasons = reasons(explanation, at: moment.wall)
        message.header.body = .explanation(explanation)
    }

    private mutating func reasons(_ explanation: WireExplanation, at now: Timestamp) -> [String] {
        let job = explanation.job
        switch JobState(wire: job.state) {
        case .held: return ["it waits for its release by a person: kip jobs release \(job.id)"]
        case .scheduled: return [scheduled(job, explanation.attempts.last)]
        case .available: return available(job, at: now)
        case .running: return [running(job)]
        case .quarantined:
            let often = job.losses == 1 ? "once" : "\(job.losses) times"
            let reason = job.losses == 0 && !job.error.isEmpty ? job.error : "its worker was lost \(often)"
            return ["\(reason); a person decides: kip jobs retry, or cancel, \(job.id)"]
        case .succeeded: return ["it has succeeded, in attempt \(job.attempt)"]
        case .cancelled: return [cancelled(job, explanation.attempts.last)]
        case .expired: return ["it was not begun in time: not after \(Self.time(job.expiresAtMs))"]
        case .dead:
            return [dead(job), "wake it with: kip jobs retry \(job.id)"]
        case .blocked, .uncertain, nil: return explanation.reasons
        }
    }

    private func scheduled(_ job: WireJob, _ last: WireAttempt?) -> String {
        let time = Self.time(job.runAtMs)
        guard let last, !last.outcome.isEmpty else { return "its time has not come: not before \(time)" }
        return "attempt \(last.attempt) ended (\(last.outcome)); the next one begins at \(time)"
    }

    /// One that may fail more often was discarded, by its handler or for what its error says.
    private func dead(_ job: WireJob) -> String {
        if job.failures >= job.maxAttempts {
            return
                "it is a dead letter after \(Self.count(job.failures, "failure")), the most that it may have: \(job.error)"
        }
        if job.error.hasPrefix(Self.tooLate) {
            return "it is a dead letter after \(job.failures) of \(job.maxAttempts) failures: \(job.error)"
        }
        return "it was discarded in attempt \(job.attempt): \(job.error)"
    }

    /// A person gives no reason, and perhaps no name: what stands there then is the error of the last attempt.
    private func cancelled(_ job: WireJob, _ last: WireAttempt?) -> String {
        if job.error.hasPrefix("cancelled by ") { return "it was \(job.error)" }
        let isByPerson = job.error.isEmpty || job.error == last?.error
        return "it was cancelled" + (isByPerson ? " by a person" : ": \(job.error)")
    }

    private func running(_ job: WireJob) -> String {
        guard let id = JobID(job.id), let lease = leases[id] else {
            return "it is being handed out or has just ended; ask again"
        }
        guard let worker = workers[lease.worker] else { return "it runs on worker \(lease.worker)" }
        let silent = steady.milliseconds(since: worker.lastSeen) / 1000
        let heard = worker.peer == nil ? "whose connection is gone" : "heard \(silent) s ago"
        let ending = lease.isClosing ? "; its end is being written" : ""
        return "attempt \(lease.job.attempt) runs on worker “\(worker.name)” (\(worker.id)), \(heard)\(ending)"
    }

    private mutating func available(_ job: WireJob, at now: Timestamp) -> [String] {
        if let heldBecause { return [heldBecause] }
        var reasons = closed(job, at: now)
        let able = workerOrder.compactMap { workers[$0] }.filter {
            $0.kinds.contains(job.kind) && $0.queues.contains(job.queue)
        }
        if able.isEmpty {
            let serving = workers.values.contains { $0.queues.contains(job.queue) }
            reasons.append(
                serving
                    ? "no connected worker takes the kind “\(job.kind)”"
                    : "no connected worker serves the queue “\(job.queue)”")
        } else if !able.contains(where: { $0.isThere }) {
            reasons.append("every worker that could run it is draining or out of reach")
        } else if !able.contains(where: { $0.freeCredit > 0 }) {
            let held = able.reduce(0) { $0 + $1.holding }
            let workers = able.count == 1 ? "1 worker holds" : "\(able.count) workers hold"
            reasons.append("every worker that could run it is busy: \(workers) \(Self.count(held, "job"))")
        }
        switch job.losses {
        case ..<1: break
        case 1:
            reasons.append("a worker was lost with it: it runs on one worker with others of which that is true")
        default:
            reasons.append("\(job.losses) workers were lost with it: it waits for one that holds nothing else")
        }
        return reasons.isEmpty ? ["it waits for its turn"] : reasons
    }

    /// What operators have closed.
    private mutating func closed(_ job: WireJob, at now: Timestamp) -> [String] {
        var reasons: [String] = []
        for (scope, name) in [(Control.Scope.queue, job.queue), (.kind, job.kind)] {
            guard let control = controls[ControlName(scope: scope, name: name)], control.isPaused else { continue }
            let by = control.changedBy.isEmpty ? "" : " by \(control.changedBy)"
            reasons.append(
                "the \(scope == .queue ? "queue" : "kind") “\(name)” is paused\(by) since \(Self.time(control.changedAt.milliseconds))"
            )
        }
        let place = queueIndex(of: job.queue)
        guard !queues[place].control.isPaused, !queues[place].mayStart(at: now) else { return reasons }
        if let next = queues[place].nextStart() {
            let control = queues[place].control
            reasons.append(
                "the queue “\(job.queue)” has begun its \(Self.count(control.rate, "job")) in "
                    + "\(Duration.milliseconds(control.ratePeriodMilliseconds).words); the next one begins at "
                    + Self.time(next.milliseconds))
        } else if queues[place].isFull {
            reasons.append(
                "the queue “\(job.queue)” has its limit of \(Self.count(queues[place].control.concurrency, "job")) "
                    + "running at once")
        } else {
            reasons.append("the jobs that the rate of the queue “\(job.queue)” allows are just beginning")
        }
        return reasons
    }

    /// “1 job”, “2 jobs”.
    private static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    /// RFC 3339, in UTC.
    static func time(_ milliseconds: Int64) -> String {
        let seconds = milliseconds.floorDivided(by: 1000)
        let day = CivilDay(number: Int(seconds.floorDivided(by: 86_400)))
        let rest = seconds - Int64(day.number) * 86_400
        let clock = [rest / 3600, rest / 60 % 60, rest % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "\(day.iso)T\(clock.joined(separator: ":"))Z"
    }
}
