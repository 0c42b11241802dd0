import KipCore
import KipStore

/// What is said and done when a batch is on disk.
enum Continuation: Sendable {
    /// Jobs of a producer, in the order of their outcomes.
    case enqueued(Request, [JobDraft], at: Timestamp)
    /// Results of a worker: what to let go of, and the children that are real now.
    case recorded(Request, WireRecorded, ended: [EndedLease], children: [JobDraft], at: Timestamp)
    /// Jobs of a worker that is lost or gave them back wait again.
    case returned([EndedLease], at: Timestamp)
    /// Jobs that an operator cancelled.
    case cancelled(Request, [JobID])
    /// Jobs that an operator revived.
    case revived(Request, [JobID])
    /// The schedules are those of the file.
    case schedulesApplied(Request, [ScheduleState])
    /// A schedule's job is real.
    case fired(name: String, previous: ScheduleState, JobDraft, at: Timestamp)
}

/// A lease that ends when its batch is on disk.
struct EndedLease: Sendable {
    var id: JobID
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
        takenContinuations.append(continuations)
        continuations = []
        batchNumber += 1
        return taken
    }

    mutating func committed(_ outcomes: [WriteOutcome], at now: Timestamp, _ effects: inout [Effect]) {
        precondition(!takenContinuations.isEmpty, "a commit came back that was never asked for")
        var outcomes = outcomes[...]
        for continuation in takenContinuations.removeFirst() {
            finish(continuation, &outcomes, at: now, &effects)
        }
        precondition(outcomes.isEmpty, "the store gave more outcomes than were asked for")
    }

    private mutating func finish(
        _ continuation: Continuation, _ outcomes: inout ArraySlice<WriteOutcome>, at now: Timestamp,
        _ effects: inout [Effect]
    ) {
        switch continuation {
        case .enqueued(let request, let drafts, let written):
            effects.append(.send(confirm(drafts, &outcomes, at: written, request), to: request.peer))
        case .recorded(let request, let recorded, let ended, let children, let written):
            for child in children where outcomes.popFirst() == .created { settle(child, at: written) }
            for lease in ended { end(lease, at: now) }
            effects.append(.send(WireMessage(.recorded(recorded), request: request.number), to: request.peer))
        case .returned(let ended, _):
            for lease in ended { end(lease, at: now) }
        case .cancelled(let request, let ids):
            effects.append(.send(cancelled(ids, &outcomes, request, &effects), to: request.peer))
        case .revived(let request, let ids):
            effects.append(.send(revived(ids, &outcomes, request), to: request.peer))
        case .schedulesApplied(let request, let applied):
            schedules = applied
            effects.append(.send(scheduleList(applied, request), to: request.peer))
        case .fired(_, _, let draft, let written):
            if outcomes.popFirst() == .created { settle(draft, at: written) }
        }
    }

    private mutating func confirm(
        _ drafts: [JobDraft], _ outcomes: inout ArraySlice<WriteOutcome>, at written: Timestamp, _ request: Request
    ) -> WireMessage {
        var enqueued = WireEnqueued()
        enqueued.jobs.reserveCapacity(drafts.count)
        for draft in drafts {
            var job = WireEnqueuedJob()
            switch outcomes.popFirst() {
            case .existing(let id):
                job.id = id.description
                job.outcome = .existing
            default:
                job.id = draft.id.description
                job.outcome = .created
                settle(draft, at: written)
            }
            enqueued.jobs.append(job)
        }
        return WireMessage(.enqueued(enqueued), request: request.number)
    }

    private mutating func end(_ ended: EndedLease, at now: Timestamp) {
        leases[ended.id] = nil
        if let again = ended.again { settle(again.job, again.lane, runAt: again.runAt, at: now) }
    }

    /// Nothing of the batch was written: producers are told so, leases stay as they were.
    mutating func commitFailed(_ error: StoreError, at now: Timestamp, _ effects: inout [Effect]) {
        precondition(!takenContinuations.isEmpty, "a commit failed that was never asked for")
        let refusal = Refusal(.storage, "nothing was stored: \(error)")
        for continuation in takenContinuations.removeFirst() {
            switch continuation {
            case .enqueued(let request, _, _), .revived(let request, _), .schedulesApplied(let request, _):
                effects.append(.send(WireMessage(refusal.wire, request: request.number), to: request.peer))
            case .cancelled(let request, let ids):
                for id in ids { resume(id) }
                effects.append(.send(WireMessage(refusal.wire, request: request.number), to: request.peer))
            case .recorded(_, _, let ended, _, _), .returned(let ended, _):
                for lease in ended { reopen(lease.id, at: now) }
            case .fired(let name, let previous, _, _):
                restore(previous, named: name)
            }
        }
    }

    /// A result that could not be written: the worker still has it, and sends it again in its next session. A worker
    /// that left meanwhile is waited for as long as a lease lasts.
    private mutating func reopen(_ id: JobID, at now: Timestamp) {
        guard let worker = leases[id]?.worker else { return }
        leases[id]?.ending = false
        remember(worker, at: now)
        workers[worker]?.mustGreet = true
        workers[worker]?.holding += 1
    }

    /// A cancellation that could not be written: a waiting job is found on disk again, a running one runs on. Its
    /// worker may have heard meanwhile that its result is stale, so it has to say what it still holds.
    private mutating func resume(_ id: JobID) {
        if let lease = leases[id], lease.cancelling {
            leases[id]?.ending = false
            leases[id]?.cancelling = false
            workers[lease.worker]?.mustGreet = true
        } else if leases[id] == nil {
            for index in lanes.indices { lanes[index].leaveOnDisk() }
        }
    }
}
