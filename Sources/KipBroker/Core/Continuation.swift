import KipCore
import KipStore

/// What a batch promises: said and done when it is on disk.
struct Promises: Sendable {
    /// In the order of the batch's mutations.
    var continuations: [Continuation] = []
    /// Jobs that are a worker's from then on.
    var grants: [Grant] = []
    /// Jobs of queues with a rate that begin with it.
    var starts: [QueueStarts] = []
}

/// A job and the attempt for which a worker gets it.
struct Grant: Sendable {
    var id: JobID
    var attempt: Int
}

/// What is said and done for one request, or for what the clock brought.
enum Continuation: Sendable {
    /// Jobs of a producer, in the order of their outcomes, which come after that of their claims.
    case enqueued(Request, [NewJob], Claim)
    /// Results of a worker.
    case recorded(Request, [RecordedWords], [RecordedEnd])
    /// Jobs of a worker that is lost or gave them back wait again.
    case returned([EndedLease])
    /// A page of the jobs that an operator cancelled, revived or released.
    indirect case decided(BulkDecision, [JobID])
    /// Jobs for which it was too late.
    case expired([JobID])
    /// An operator has said something of a queue or a kind.
    case controlled(Request, Control)
    /// Ended jobs are taken away; nil = the clock asked for it.
    case pruned(OperatorPruning?)
    /// Jobs that came after others are told of their ends.
    case dependentsTold
    /// The schedules of an owner are those of the file.
    case schedulesApplied(Request, [ScheduleState], owner: String)
    /// What a worker says of its kinds, and what was known before.
    case kindOptionsRegistered(worker: String, before: [String: KnownKind?])
    /// A handler may act on the world.
    case effectBegun(Request, EffectIntent)
    /// Somebody has said what became of an effect; nil = nobody waits for the answer.
    case effectSettled(Request?, EffectWord)
    /// A person has decided about an effect.
    case effectResolved(Request, EffectWord)
    /// Whose a worker's id is.
    case ownerRecorded(String, before: WorkerOwner?)
    /// A schedule's job is real, or was left out.
    case fired(nominal: Timestamp, previous: ScheduleState, NewJob)
    /// Waits that were counted from a clock that was ahead are counted anew.
    case waitsCorrected(at: Timestamp, CorrectionOccasion)
    /// A reading of the clock is written down, and the one before.
    case clockNoted(before: Timestamp?)
    /// A schedule pauses, or goes on.
    case schedulePaused(Request, WirePauseSchedule, at: Timestamp)
}

/// A lease that ends when its batch is on disk.
struct EndedLease: Sendable {
    var id: JobID
    var attempt: Int
    var writtenAt: Timestamp
    var then: Then

    enum Then: Sendable {
        case ends
        indirect case waits(WaitingJob, Lane, Timestamp)
        case isUncertain
        case isQuarantined
    }
}

/// A result that is being recorded: what to let go of, and the children that are real with it.
struct RecordedEnd: Sendable {
    var ended: EndedLease
    var children: [NewJob] = []
    var claim = Claim()
    /// Of the result.
    var bytes = 0
}

extension BrokerCore {
    /// Mutations and their promises, to be written now; nil = there is nothing to write. The shell gives one
    /// `committed` or `commitFailed` back for each batch, in order.
    public mutating func takeBatch() -> [Mutation]? {
        writeNextPage()
        writeLatePage()
        writeDependentsPage()
        writePruningPage()
        guard !batch.isEmpty else { return nil }
        noteClock()
        writeStarts()
        let taken = batch
        batch = []
        notedBytes = 0
        jobsDecidedNow = 0
        (firingsInBatch, firedBytesInBatch) = (0, 0)
        conditionWork = ConditionWork()
        takenPromises.append(promises)
        promises = Promises()
        return taken
    }

    mutating func committed(_ applied: Applied, at now: Timestamp, _ effects: inout [Effect]) {
        precondition(!takenPromises.isEmpty, "a commit came back that was never asked for")
        let promises = takenPromises.removeFirst()
        var outcomes = applied.outcomes[...]
        for continuation in promises.continuations { finish(continuation, &outcomes, at: now, &effects) }
        precondition(outcomes.isEmpty, "the store gave more outcomes than were asked for")
        // After the continuations: what was written in this very batch may have yielded to a later one of it.
        if !applied.freed.isEmpty { take(applied.freed) }
        for begun in promises.starts { queues[queueIndex(of: begun.queue)].begun(begun.jobs, at: now) }
        handOver(promises.grants, &effects)
    }

    private mutating func finish(
        _ continuation: Continuation, _ outcomes: inout ArraySlice<WriteOutcome>, at now: Timestamp,
        _ effects: inout [Effect]
    ) {
        switch continuation {
        case .enqueued(let request, let jobs, let claim):
            answered(request.peer, jobs.count)
            effects.append(.send(confirm(jobs, claim, &outcomes, request), to: request.peer))
        case .recorded(let request, let recorded, let ends):
            finish(ends, recorded, &outcomes, request, at: now, &effects)
        case .returned(let ended):
            for lease in ended { end(lease, &outcomes) }
        case .effectBegun(let request, let intent):
            begun(intent, outcomes.popFirst(), request, at: now, &effects)
        case .effectSettled(let request, let word):
            let counts = settled(word, outcomes.popFirst())
            if let request {
                effects.append(.send(Self.standing(counts ? .settled : .void, request), to: request.peer))
            }
        case .effectResolved(let request, let word):
            if settled(word, outcomes.popFirst()) {
                effects.append(.ask(.effect(key: word.key), request: request.number, peer: request.peer))
            } else {
                let refusal = Refusal(
                    .conflict,
                    "there is no effect “\(word.key)” in doubt; “kip effects list --state uncertain” shows those that are"
                )
                effects.append(.send(WireMessage(refusal.wire, request: request.number), to: request.peer))
            }
        case .decided(let decision, let page): decided(decision, page, &outcomes, &effects)
        case .expired(let ids): expired(ids, &outcomes, at: now)
        case .ownerRecorded, .clockNoted: break
        case .controlled(let request, let control):
            apply(control)
            effects.append(.send(controlList([control], request), to: request.peer))
        case .pruned(let pruning): pruned(outcomes.popFirst(), pruning, &effects)
        case .dependentsTold: dependentsTold(outcomes.popFirst())
        case .schedulesApplied(let request, let applied, let owner):
            effects.append(.send(self.applied(applied, of: owner, request), to: request.peer))
        case .kindOptionsRegistered: break
        case .fired(let nominal, let previous, let job):
            fired(nominal, previous, job, outcomes.popFirst())
        case .schedulePaused(let request, let pause, let asked):
            effects.append(.send(paused(pause, request, at: asked), to: request.peer))
        case .waitsCorrected(let corrected, _): waitsCorrected(outcomes.popFirst(), by: corrected, at: now)
        }
    }

    private mutating func confirm(
        _ jobs: [NewJob], _ claim: Claim, _ outcomes: inout ArraySlice<WriteOutcome>, _ request: Request
    ) -> WireMessage {
        if !claim.isEmpty, let refusal = Self.refusal(claim, outcomes.popFirst()) {
            for job in jobs { settle(job, outcomes.popFirst()) }
            return WireMessage(refusal.wire, request: request.number)
        }
        var enqueued: [EnqueuedWords] = []
        enqueued.reserveCapacity(jobs.count)
        // Of a job that is alone in its message: of several a precondition finds it, and none is written.
        var taken: JobID?
        for new in jobs {
            let outcome = outcomes.popFirst()
            settle(new, outcome)
            switch outcome {
            case .idTaken(let id): taken = id
            case .existing(let id): enqueued.append(EnqueuedWords(id: id, outcome: .existing))
            default: enqueued.append(EnqueuedWords(id: new.draft.id, outcome: .created))
            }
        }
        if let taken { return WireMessage(Self.idTaken(taken).wire, request: request.number) }
        return WireMessage(.enqueued(enqueued), request: request.number)
    }

    /// Results are on disk. One whose children want a key that belongs to something else is not: it becomes a dead letter
    /// that says so, and the worker hears of all of them when that is written.
    private mutating func finish(
        _ ends: [RecordedEnd], _ recorded: [RecordedWords], _ outcomes: inout ArraySlice<WriteOutcome>,
        _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) {
        var letters: [RecordedEnd] = []
        var recorded = recorded
        for index in ends.indices {
            pendingBytes -= ends[index].bytes
            let hasClaim = !ends[index].claim.isEmpty
            let refusal = hasClaim ? Self.refusal(ends[index].claim, outcomes.popFirst()) : nil
            if !ends[index].children.isEmpty {
                for child in ends[index].children { settle(child, outcomes.popFirst()) }
            }
            guard let refusal else {
                end(ends[index].ended, &outcomes)
                continue
            }
            let end = ends[index]
            unclose(end.ended)
            if let lease = leases[end.ended.id], !isEnding(lease), lease.job.attempt == end.ended.attempt {
                let reason = "a job that it made was refused: \(refusal.message)"
                letters.append(RecordedEnd(ended: bury(lease, reason, at: now)))
            } else {
                for index in recorded.indices where recorded[index].id == end.ended.id {
                    recorded[index].status = .stale
                }
            }
        }
        if letters.isEmpty {
            effects.append(.send(WireMessage(.recorded(recorded), request: request.number), to: request.peer))
        } else {
            promises.continuations.append(.recorded(request, recorded, letters))
        }
    }

    private mutating func end(_ ended: EndedLease, _ outcomes: inout ArraySlice<WriteOutcome>) {
        switch ended.then {
        case .isUncertain, .isQuarantined: _ = outcomes.popFirst()
        case .ends, .waits: break
        }
        guard let place = leases.index(forKey: ended.id) else { return }
        guard leases.values[place].isClosing, leases.values[place].job.attempt == ended.attempt else { return }
        let (_, lease) = leases.remove(at: place)
        tempo.ended(lease, at: steady)
        switch ended.then {
        case .ends, .isQuarantined: break
        case .waits(let job, let lane, let runAt): settle(job, lane, runAt: runAt, at: ended.writtenAt)
        case .isUncertain: doubt(ended.id)
        }
    }

    /// Nothing of the batch was written: whoever asked is told so, leases are what they were before.
    mutating func commitFailed(_ error: StoreError, at now: Timestamp, _ effects: inout [Effect]) {
        precondition(!takenPromises.isEmpty, "a commit failed that was never asked for")
        let promises = takenPromises.removeFirst()
        if settings.broken == .forgetsFailedCommits { return }
        let refusal = WireMessage(Self.refusal(error).wire)
        for continuation in promises.continuations {
            if case .decided(let decision, let page) = continuation {
                failed(decision, page, Self.refusal(error), &effects)
                continue
            }
            if let request = undo(continuation, at: now) {
                var answer = refusal
                answer.request = request.number
                effects.append(.send(answer, to: request.peer))
            }
        }
        for grant in promises.grants where leases[grant.id]?.job.attempt == grant.attempt { withdraw(grant.id) }
        for begun in promises.starts { queues[queueIndex(of: begun.queue)].withdraw(begun.jobs) }
    }

    private static func refusal(_ error: StoreError) -> Refusal {
        switch error {
        case .unknown, .syncFailed:
            Refusal(
                .unknown,
                "it is not known whether this was stored: \(error). Send it again with the same ids, which does no harm"
            )
        case .full:
            Refusal(
                .storage,
                "nothing was stored: \(error). The broker goes on by itself when there is room; send it again then")
        default: Refusal(.storage, "nothing was stored: \(error)")
        }
    }

    /// - Returns: who has to hear of it; nil = nobody asked.
    private mutating func undo(_ continuation: Continuation, at now: Timestamp) -> Request? {
        switch continuation {
        case .enqueued(let request, let jobs, _):
            answered(request.peer, jobs.count)
            for job in jobs { arrived(job) }
            return request
        case .effectBegun(let request, let intent):
            lost(intent, at: now)
            return request
        case .effectSettled(let request, let word):
            pendingReceiptBytes -= word.receiptBytes
            // Where nobody waits for it the effect stays in doubt, and somebody will look.
            return request
        case .effectResolved(let request, let word):
            pendingReceiptBytes -= word.receiptBytes
            return request
        case .decided: return nil
        case .schedulesApplied(let request, _, _), .schedulePaused(let request, _, _):
            return request
        case .expired(let ids):
            expiryFailed(ids, at: now)
            return nil
        case .kindOptionsRegistered(let worker, let before):
            restoreKindOptions(before, of: worker)
            return nil
        case .clockNoted(let before):
            // The next batch writes one down again: what is counted from it must not go without.
            notedClock = before
            return nil
        case .ownerRecorded(let worker, let before):
            ownerNotRecorded(worker, before: before)
            return nil
        case .controlled(let request, let control):
            unsaid(control)
            return request
        case .pruned(let pruning):
            pruneFailed(pruning)
            return pruning?.request
        case .dependentsTold:
            dependentsTold(nil)
            return nil
        case .waitsCorrected(_, let occasion):
            correctionFailed(occasion)
            return nil
        case .recorded(_, _, let ends):
            for end in ends {
                pendingBytes -= end.bytes
                for child in end.children { arrived(child) }
                reopen(end.ended)
            }
            return nil
        case .returned(let ended):
            for lease in ended { reopen(lease) }
            return nil
        case .fired(_, let previous, let job):
            arrived(job)
            restore(previous)
            return nil
        }
    }

    /// A result that could not be written: the worker still has it, and sends it again in its next session. A worker
    /// that left meanwhile is waited for as long as a lease lasts.
    private mutating func reopen(_ ended: EndedLease) {
        guard let worker = unclose(ended) else { return }
        workers[worker]?.mustGreet = true
    }

    /// The lease is as it was.
    /// - Returns: its worker.
    @discardableResult
    private mutating func unclose(_ ended: EndedLease) -> String? {
        guard var lease = leases[ended.id], lease.isClosing, lease.job.attempt == ended.attempt else { return nil }
        lease.isClosing = false
        lease.isTakenBack = false
        remember(lease.worker)
        take(lease)
        return lease.worker
    }

    /// Cancellations that could not be written: waiting jobs are found on disk again, running ones run on. Their
    /// workers may have heard meanwhile that a result is stale, so they have to say what they still hold.
    mutating func resume(_ ids: [JobID]) {
        var waits = false
        for id in ids {
            settleCancellation(of: id)
            if cancelling[id] != nil { continue }
            if let lease = leases[id] {
                if lease.isClosing { continue }
                remember(lease.worker)
                workers[lease.worker]?.mustGreet = true
            } else {
                waits = true
            }
        }
        if waits { lookOnDisk() }
    }
}
