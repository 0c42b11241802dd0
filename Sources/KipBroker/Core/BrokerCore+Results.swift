import KipCore
import KipStore

extension BrokerCore {
    /// A worker's results. One that comes from a worker that no longer holds the lease is refused as stale.
    mutating func take(
        _ results: WorkerResults, _ payloads: [[UInt8]], _ request: Request, at now: Timestamp,
        _ effects: inout [Effect]
    ) throws(Refusal) {
        let worker = try known(results.workerID, results.session, request)
        workers.update(worker) { $0.lastSeen = steady }
        let checked = try check(results.results, payloads, request.peer.identity, at: now)
        var recorded: [RecordedWords] = []
        recorded.reserveCapacity(checked.count)
        var ends: [RecordedEnd] = []
        ends.reserveCapacity(checked.count)
        for result in checked {
            var answer = RecordedWords(id: result.id, attempt: result.words.attempt, status: .stale)
            if let lease = current(result, of: worker) {
                answer.status = .recorded
                var end = record(result, lease, at: now)
                end.bytes = result.payload.count
                pendingBytes += end.bytes
                ends.append(end)
            }
            recorded.append(answer)
        }
        if ends.isEmpty {
            effects.append(.send(WireMessage(.recorded(recorded), request: request.number), to: request.peer))
        } else {
            promises.continuations.append(.recorded(request, recorded, ends))
        }
    }

    /// What a message says of results that the hot path did not read.
    static func words(_ results: WireResults) throws(Refusal) -> WorkerResults {
        do throws(NotAnID) {
            return try WorkerResults(results)
        } catch {
            throw Refusal(.invalid, "the result's id is not a UUID; give back the id that the work message named")
        }
    }

    /// A result with its payload and its children, checked before anything is written.
    struct CheckedResult {
        var words: ResultWords
        var id: JobID { words.id }
        var payload: [UInt8]
        /// nil = it made no jobs.
        var family: Boxed<Family>?

        struct Family {
            var children: [JobDraft]
            var claim: Claim
        }
    }

    private func check(
        _ results: [ResultWords], _ payloads: [[UInt8]], _ identity: PeerIdentity?, at now: Timestamp
    ) throws(Refusal) -> [CheckedResult] {
        var frames = PayloadFrames(payloads)
        // All are written in one batch.
        let children = results.reduce(0) { $0 + $1.children.count }
        if results.count > Limits.jobsPerMessage || children > Limits.jobsPerMessage {
            throw Refusal(
                .tooLarge,
                "the message has \(results.count) results with \(children) children, the limit is \(Limits.jobsPerMessage) of each; "
                    + "send several")
        }
        var checked: [CheckedResult] = []
        checked.reserveCapacity(results.count)
        for words in results {
            try Self.check(words)
            let payload = try frames.next()
            if payload.count > Limits.payloadBytes {
                throw Refusal(
                    .tooLarge,
                    "the result of job \(words.id) has \(payload.count) bytes, the limit is \(Limits.payloadBytes)"
                )
            }
            var result = CheckedResult(words: words, payload: payload)
            if !words.children.isEmpty {
                let children = try drafts(words.children, &frames, at: now)
                let claim = try claim(of: children, at: now, isLimited: false, isAlone: false, identity)
                let unified = Self.unifiedTwins(children)
                result.family = Boxed(CheckedResult.Family(children: unified, claim: claim))
            }
            checked.append(result)
        }
        try frames.checkEnd()
        return checked
    }

    /// The numbers of a result, and its outcome.
    private static func check(_ words: ResultWords) throws(Refusal) {
        switch words.outcome {
        case .succeeded, .failed, .givenBack, .discarded: break
        case .unspecified: throw refusal(words, "has no outcome; say SUCCEEDED, FAILED, GIVEN_BACK or DISCARDED")
        case .UNRECOGNIZED(let value): throw refusal(words, "has the outcome \(value), which this broker does not know")
        }
        if words.attempt < 0 { throw refusal(words, "is of attempt \(words.attempt); give back the work message's") }
        guard (0...Limits.longestBackoffMilliseconds).contains(words.retryAfterMs) else {
            throw refusal(
                words,
                "has a retryAfterMs of \(words.retryAfterMs), not from 0 to \(Limits.longestBackoffMilliseconds) (30 days)"
            )
        }
    }

    private static func refusal(_ words: ResultWords, _ fault: String) -> Refusal {
        Refusal(.invalid, "the result of job \(words.id) \(fault)")
    }

    /// The lease that the result may end: the fence.
    private func current(_ result: CheckedResult, of worker: String) -> Lease? {
        guard let lease = leases[result.id], !isEnding(lease) else { return nil }
        let isCurrent = lease.worker == worker && lease.job.attempt == Int(result.words.attempt)
        return isCurrent || settings.broken == .skipsFence ? lease : nil
    }

    private mutating func record(
        _ result: CheckedResult, _ lease: Lease, at now: Timestamp
    ) -> RecordedEnd {
        // An effect that was begun and of which nobody has said what became: whatever the handler says of the job, it may
        // neither be forgotten nor be done again.
        if isInDoubt(lease) { return RecordedEnd(ended: doubt(lease, result, at: now)) }
        switch result.words.outcome {
        case .succeeded:
            let family = result.family?.value
            if let family, !family.claim.isEmpty {
                batch.append(.claim(family.claim, covers: 1 + family.children.count))
            }
            let ended = end(lease, .succeeded, lease.job.setbacks, result: result.payload, at: now)
            guard let family else { return RecordedEnd(ended: ended) }
            let children = settings.broken == .dropsChildren ? [] : family.children
            return RecordedEnd(ended: ended, children: insert(children, at: now), claim: family.claim)
        case .givenBack where result.words.retryAfterMs > 0:
            return RecordedEnd(ended: snooze(lease, result.words, at: now))
        case .givenBack:
            return RecordedEnd(ended: interrupt(lease, "given back", at: now))
        case .discarded:
            return RecordedEnd(ended: bury(lease, clipped(result.words.error), at: now))
        case .failed, .unspecified, .UNRECOGNIZED:
            let after = result.words.retryAfterMs > 0 ? result.words.retryAfterMs : nil
            return RecordedEnd(ended: fail(lease, clipped(result.words.error), after, at: now))
        }
    }

    /// It has begun an effect of which nobody has said what became.
    private func isInDoubt(_ lease: Lease) -> Bool {
        openEffects[lease.job.id] != nil && settings.broken != .retriesInDoubt
    }

    private mutating func doubt(_ lease: Lease, _ result: CheckedResult, at now: Timestamp) -> EndedLease {
        let keys = (openEffects[lease.job.id] ?? [:]).keys.sorted().map { "“\($0)”" }.joined(separator: ", ")
        var setbacks = lease.job.setbacks
        if result.words.outcome == .givenBack { setbacks.interruptions += 1 }
        let why = result.words.error.isEmpty ? "" : ": \(result.words.error)"
        return park(
            lease, .uncertain, setbacks, Refusal.clipped("it is not known whether \(keys) happened\(why)"), "uncertain",
            at: now)
    }

    /// One more failure: again after its backoff, or a dead letter.
    private mutating func fail(
        _ lease: Lease, _ error: String, _ after: Int64?, at now: Timestamp
    ) -> EndedLease {
        var setbacks = lease.job.setbacks
        setbacks.failures += 1
        if setbacks.failures >= lease.job.maxAttempts, settings.broken != .neverDead {
            return bury(lease, error, at: now)
        }
        let delay =
            settings.broken == .noBackoff
            ? 0
            : min(
                after ?? lease.job.retry.delay(afterFailures: setbacks.failures, random: random.next()),
                Limits.longestBackoffMilliseconds)
        // No further attempt could begin in time: that is known now.
        if lease.job.terms?.isLate(at: now.advanced(byMilliseconds: delay)) == true {
            return bury(lease, Refusal.clipped("\(Self.tooLate)\(error)"), at: now)
        }
        return wait(lease, "failed", setbacks, error: error, delay: delay, at: now)
    }

    /// What the error of a job begins with that could not be tried again in time.
    static let tooLate = "too late to try again: "

    /// A dead letter at once.
    mutating func bury(_ lease: Lease, _ error: String, at now: Timestamp) -> EndedLease {
        var setbacks = lease.job.setbacks
        setbacks.failures += 1
        return end(lease, .dead, setbacks, error: error, at: now)
    }

    /// Its worker was lost, and it may be the cause. What has an open effect is uncertain; what was lost too often, or
    /// asks for it, waits for a person; the rest is tried again, alone.
    mutating func lose(_ lease: Lease, at now: Timestamp) -> EndedLease {
        var setbacks = lease.job.setbacks
        if settings.broken != .forgetsLosses { setbacks.losses += 1 }
        let error = "the worker was lost: no sign of life for \(settings.leaseMilliseconds) ms"
        if isInDoubt(lease) {
            return park(lease, .uncertain, setbacks, error, "worker lost", at: now)
        }
        if lease.job.onWorkerLost == .quarantine || setbacks.losses >= Limits.losses {
            return park(lease, .quarantined, setbacks, error, "worker lost", at: now)
        }
        return wait(lease, "worker lost", setbacks, error: error, at: now)
    }

    /// It was given back unfinished, which is nobody's fault.
    mutating func interrupt(_ lease: Lease, _ outcome: String, at now: Timestamp) -> EndedLease {
        var setbacks = lease.job.setbacks
        setbacks.interruptions += 1
        if settings.broken == .drainCosts { setbacks.failures += 1 }
        if isInDoubt(lease) {
            return park(lease, .uncertain, setbacks, "it was interrupted in the middle of an effect", outcome, at: now)
        }
        return wait(lease, outcome, setbacks, at: now)
    }

    /// Its handler wants it later, which is no setback.
    private mutating func snooze(_ lease: Lease, _ result: ResultWords, at now: Timestamp) -> EndedLease {
        return wait(
            lease, "snoozed", lease.job.setbacks, error: Refusal.clipped(result.error),
            delay: result.retryAfterMs, at: now)
    }

    /// The job waits again.
    private mutating func wait(
        _ lease: Lease, _ outcome: String, _ setbacks: Setbacks, error: String = "", delay: Int64 = 0,
        at now: Timestamp
    ) -> EndedLease {
        var job = lease.job
        job.setbacks = setbacks
        let runAt = now.advanced(byMilliseconds: delay)
        close(
            lease,
            .again(
                Mutation.Again(
                    id: job.id, attempt: job.attempt, setbacks: setbacks, runAt: runAt, error: error,
                    outcome: outcome, worker: lease.worker, at: now)))
        return EndedLease(id: job.id, attempt: job.attempt, writtenAt: now, then: .waits(job, lease.lane, runAt))
    }

    /// The job waits for a person, or for a reconciler.
    private mutating func park(
        _ lease: Lease, _ state: JobState, _ setbacks: Setbacks, _ error: String, _ outcome: String, at now: Timestamp
    ) -> EndedLease {
        close(
            lease,
            .park(
                Mutation.Park(
                    id: lease.job.id, attempt: lease.job.attempt, state: state, setbacks: setbacks, error: error,
                    outcome: outcome, worker: lease.worker, at: now)))
        return EndedLease(
            id: lease.job.id, attempt: lease.job.attempt, writtenAt: now,
            then: state == .uncertain ? .isUncertain : .isQuarantined)
    }

    /// The job ends.
    private mutating func end(
        _ lease: Lease, _ state: JobState, _ setbacks: Setbacks, result: [UInt8] = [], error: String = "",
        at now: Timestamp
    ) -> EndedLease {
        close(
            lease,
            .finish(
                Mutation.Finish(
                    id: lease.job.id, attempt: lease.job.attempt, state: state, setbacks: setbacks, result: result,
                    error: error, worker: lease.worker, at: now)))
        return EndedLease(id: lease.job.id, attempt: lease.job.attempt, writtenAt: now, then: .ends)
    }

    /// Writes how an attempt ended. No other result can count from here; the worker's credit is free again.
    private mutating func close(_ lease: Lease, _ end: Mutation) {
        if let place = leases.index(forKey: lease.job.id) { leases.values[place].close(as: end.ending) }
        batch.append(end)
        trackIsolationEnd(lease)
        noteFree(lease)
        queues[queueIndex(of: lease.lane.queue)].left()
        tempo.left(lease)
    }

    private func clipped(_ error: String) -> String {
        error.isEmpty ? "the worker gave no reason" : Refusal.clipped(error)
    }
}
