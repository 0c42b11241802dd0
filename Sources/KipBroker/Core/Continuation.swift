import KipCore
import KipStore

/// What a batch promises: said and done when it is on disk.
struct Promises: Sendable {
    /// In the order of the batch's mutations.
    var continuations: [Continuation] = []
    /// Jobs that are a worker's from then on.
    var grants: [Grant] = []
}

/// A job and the attempt for which a worker gets it.
struct Grant: Sendable {
    var id: JobID
    var attempt: Int
}

/// What is said and done for one request, or for what the clock brought.
enum Continuation: Sendable {
    /// Jobs of a producer, in the order of their outcomes.
    case enqueued(Request, [NewJob])
    /// Results of a worker: what to let go of, and the children that are real now.
    case recorded(Request, WireRecorded, ended: [EndedLease], children: [NewJob])
    /// Jobs of a worker that is lost or gave them back wait again.
    case returned([EndedLease])
    /// Jobs that an operator cancelled.
    case cancelled(Request, [JobID])
    /// Jobs that an operator revived.
    case revived(Request, [JobID])
    /// The schedules are those of the file.
    case schedulesApplied(Request, [ScheduleState])
    /// A schedule's job is real.
    case fired(name: String, previous: ScheduleState, NewJob)
}

/// A lease that ends when its batch is on disk.
struct EndedLease: Sendable {
    var id: JobID
    var attempt: Int
    var writtenAt: Timestamp
    /// Where the job waits again; nil = it ended.
    var again: (job: WaitingJob, lane: Lane, runAt: Timestamp)?
}

extension BrokerCore {
    /// Mutations and their promises, to be written now; nil = there is nothing to write. The shell gives one
    /// `committed` or `commitFailed` back for each batch, in order.
    public mutating func takeBatch() -> [Mutation]? {
        guard !batch.isEmpty else { return nil }
        let taken = batch
        batch = []
        takenPromises.append(promises)
        promises = Promises()
        return taken
    }

    mutating func committed(_ outcomes: [WriteOutcome], at now: Timestamp, _ effects: inout [Effect]) {
        precondition(!takenPromises.isEmpty, "a commit came back that was never asked for")
        let promises = takenPromises.removeFirst()
        var outcomes = outcomes[...]
        for continuation in promises.continuations { finish(continuation, &outcomes, &effects) }
        precondition(outcomes.isEmpty, "the store gave more outcomes than were asked for")
        handOver(promises.grants, &effects)
    }

    private mutating func finish(
        _ continuation: Continuation, _ outcomes: inout ArraySlice<WriteOutcome>, _ effects: inout [Effect]
    ) {
        switch continuation {
        case .enqueued(let request, let jobs):
            effects.append(.send(confirm(jobs, &outcomes, request), to: request.peer))
        case .recorded(let request, let recorded, let ended, let children):
            for child in children { settle(child, outcomes.popFirst()) }
            for lease in ended { end(lease) }
            effects.append(.send(WireMessage(.recorded(recorded), request: request.number), to: request.peer))
        case .returned(let ended):
            for lease in ended { end(lease) }
        case .cancelled(let request, let ids):
            effects.append(.send(cancelled(ids, &outcomes, request, &effects), to: request.peer))
        case .revived(let request, let ids):
            effects.append(.send(revived(ids, &outcomes, request), to: request.peer))
        case .schedulesApplied(let request, let applied):
            schedules = applied
            effects.append(.send(scheduleList(applied, request), to: request.peer))
        case .fired(_, _, let job):
            settle(job, outcomes.popFirst())
        }
    }

    private mutating func confirm(
        _ jobs: [NewJob], _ outcomes: inout ArraySlice<WriteOutcome>, _ request: Request
    ) -> WireMessage {
        var enqueued = WireEnqueued()
        enqueued.jobs.reserveCapacity(jobs.count)
        for new in jobs {
            let outcome = outcomes.popFirst()
            settle(new, outcome)
            var job = WireEnqueuedJob()
            job.id = new.draft.id.description
            job.outcome = .created
            if case .existing(let id) = outcome {
                job.id = id.description
                job.outcome = .existing
            }
            enqueued.jobs.append(job)
        }
        return WireMessage(.enqueued(enqueued), request: request.number)
    }

    private mutating func end(_ ended: EndedLease) {
        guard let lease = leases[ended.id], lease.isClosing, lease.job.attempt == ended.attempt else { return }
        leases[ended.id] = nil
        if let again = ended.again { settle(again.job, again.lane, runAt: again.runAt, at: ended.writtenAt) }
    }

    /// Nothing of the batch was written: whoever asked is told so, leases are what they were before.
    mutating func commitFailed(_ error: StoreError, at now: Timestamp, _ effects: inout [Effect]) {
        precondition(!takenPromises.isEmpty, "a commit failed that was never asked for")
        let promises = takenPromises.removeFirst()
        let refusal = WireMessage(Refusal(.storage, "nothing was stored: \(error)").wire)
        for continuation in promises.continuations {
            if let request = undo(continuation, at: now) {
                var answer = refusal
                answer.header.request = request.number
                effects.append(.send(answer, to: request.peer))
            }
        }
        for grant in promises.grants where leases[grant.id]?.job.attempt == grant.attempt { withdraw(grant.id) }
    }

    /// - Returns: who has to hear of it; nil = nobody asked.
    private mutating func undo(_ continuation: Continuation, at now: Timestamp) -> Request? {
        switch continuation {
        case .enqueued(let request, let jobs):
            for job in jobs { arrived(job) }
            return request
        case .cancelled(let request, let ids):
            for id in ids { resume(id, at: now) }
            return request
        case .revived(let request, _), .schedulesApplied(let request, _):
            return request
        case .recorded(_, _, let ended, let children):
            for child in children { arrived(child) }
            for lease in ended { reopen(lease, at: now) }
            return nil
        case .returned(let ended):
            for lease in ended { reopen(lease, at: now) }
            return nil
        case .fired(let name, let previous, let job):
            arrived(job)
            restore(previous, named: name)
            return nil
        }
    }

    /// A result that could not be written: the worker still has it, and sends it again in its next session. A worker
    /// that left meanwhile is waited for as long as a lease lasts.
    private mutating func reopen(_ ended: EndedLease, at now: Timestamp) {
        guard let lease = leases[ended.id], lease.isClosing, lease.job.attempt == ended.attempt else { return }
        leases[ended.id]?.isClosing = false
        leases[ended.id]?.isTakenBack = false
        remember(lease.worker, at: now)
        workers[lease.worker]?.mustGreet = true
        workers[lease.worker]?.holding += 1
    }

    /// A cancellation that could not be written: a waiting job is found on disk again, a running one runs on. Its
    /// worker may have heard meanwhile that its result is stale, so it has to say what it still holds.
    private mutating func resume(_ id: JobID, at now: Timestamp) {
        settleCancellation(of: id)
        if cancelling[id] != nil { return }
        if let lease = leases[id] {
            if lease.isClosing { return }
            remember(lease.worker, at: now)
            workers[lease.worker]?.mustGreet = true
        } else {
            for index in lanes.indices { lanes[index].leaveOnDisk() }
        }
    }
}
