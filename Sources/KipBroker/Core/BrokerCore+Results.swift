import KipCore
import KipStore

extension BrokerCore {
    /// A worker's results. One that comes from a worker that no longer holds the lease is refused as stale.
    mutating func take(
        _ results: WireResults, _ payloads: [[UInt8]], _ request: Request, at now: Timestamp,
        _ effects: inout [Effect]
    ) throws(Refusal) {
        let worker = try known(results.workerID, results.session, request)
        workers[worker]?.lastSeen = now
        let checked = try check(results, payloads, at: now)
        var recorded = WireRecorded()
        var ended: [EndedLease] = []
        var children: [NewJob] = []
        for result in checked {
            var answer = WireRecordedResult()
            answer.id = result.wire.id
            answer.attempt = result.wire.attempt
            answer.status = .stale
            if let lease = current(result, of: worker) {
                answer.status = .recorded
                ended.append(record(result, lease, &children, at: now))
            }
            recorded.results.append(answer)
        }
        if ended.isEmpty {
            effects.append(.send(WireMessage(.recorded(recorded), request: request.number), to: request.peer))
        } else {
            promises.continuations.append(.recorded(request, recorded, ended: ended, children: children))
        }
    }

    /// A result with its payload and its children, checked before anything is written.
    struct CheckedResult {
        var wire: WireResult
        var id: JobID
        var payload: [UInt8]
        var children: [JobDraft]
    }

    private func check(
        _ results: WireResults, _ payloads: [[UInt8]], at now: Timestamp
    ) throws(Refusal) -> [CheckedResult] {
        var frames = PayloadFrames(payloads)
        var checked: [CheckedResult] = []
        checked.reserveCapacity(results.results.count)
        for wire in results.results {
            guard let id = JobID(wire.id) else {
                throw Refusal(.invalid, "the result's id is not a UUID; give back the id that the work message named")
            }
            let payload = try frames.next()
            if payload.count > Limits.payloadBytes {
                throw Refusal(
                    .tooLarge, "the result of job \(id) has \(payload.count) bytes, the limit is \(Limits.payloadBytes)"
                )
            }
            let children = try drafts(wire.children, &frames, at: now)
            checked.append(CheckedResult(wire: wire, id: id, payload: payload, children: children))
        }
        try frames.checkEnd()
        return checked
    }

    /// The lease that the result may end: the fence.
    private func current(_ result: CheckedResult, of worker: String) -> Lease? {
        guard let lease = leases[result.id], lease.worker == worker, !isEnding(lease),
            lease.job.attempt == Int(result.wire.attempt)
        else { return nil }
        return lease
    }

    private mutating func record(
        _ result: CheckedResult, _ lease: Lease, _ children: inout [NewJob], at now: Timestamp
    ) -> EndedLease {
        switch result.wire.outcome {
        case .succeeded:
            let ended = end(lease, .succeeded, failures: lease.job.failures, result: result.payload, at: now)
            children += insert(result.children, at: now)
            return ended
        case .givenBack:
            return wait(lease, "given back", at: now)
        case .discarded:
            return end(lease, .dead, failures: lease.job.failures + 1, error: clipped(result.wire.error), at: now)
        case .failed, .unspecified, .UNRECOGNIZED:
            let after = result.wire.retryAfterMs > 0 ? result.wire.retryAfterMs : nil
            return fail(lease, clipped(result.wire.error), "failed", after, at: now)
        }
    }

    /// One more failure: again after its backoff, or a dead letter.
    mutating func fail(
        _ lease: Lease, _ error: String, _ outcome: String, _ after: Int64?, at now: Timestamp
    ) -> EndedLease {
        let failures = lease.job.failures + 1
        if failures >= lease.job.maxAttempts {
            return end(lease, .dead, failures: failures, error: error, at: now)
        }
        let isLoss = outcome == "worker lost"
        let delay =
            isLoss
            ? 0
            : min(
                after ?? lease.job.retry.delay(afterFailures: failures, random: random.next()),
                Limits.longestBackoffMilliseconds)
        return wait(lease, outcome, failures: failures, error: error, delay: delay, at: now)
    }

    /// The job waits again.
    mutating func wait(
        _ lease: Lease, _ outcome: String, failures: Int? = nil, error: String = "", delay: Int64 = 0,
        at now: Timestamp
    ) -> EndedLease {
        var job = lease.job
        job.failures = failures ?? job.failures
        let runAt = now.advanced(byMilliseconds: delay)
        close(
            lease,
            .again(
                Mutation.Again(
                    id: job.id, attempt: job.attempt, failures: job.failures, runAt: runAt, error: error,
                    outcome: outcome, worker: lease.worker, at: now)))
        return EndedLease(id: job.id, attempt: job.attempt, writtenAt: now, again: (job, lease.lane, runAt))
    }

    /// The job ends.
    private mutating func end(
        _ lease: Lease, _ state: JobState, failures: Int, result: [UInt8] = [], error: String = "", at now: Timestamp
    ) -> EndedLease {
        close(
            lease,
            .finish(
                Mutation.Finish(
                    id: lease.job.id, attempt: lease.job.attempt, state: state, failures: failures, result: result,
                    error: error, worker: lease.worker, at: now)))
        return EndedLease(id: lease.job.id, attempt: lease.job.attempt, writtenAt: now, again: nil)
    }

    /// Writes how an attempt ended. No other result can count from here; the worker's credit is free again.
    private mutating func close(_ lease: Lease, _ end: Mutation) {
        batch.append(end)
        leases[lease.job.id]?.isClosing = true
        workers[lease.worker]?.holding -= 1
    }

    private func clipped(_ error: String) -> String {
        error.isEmpty ? "the worker gave no reason" : Refusal.clipped(error)
    }
}
