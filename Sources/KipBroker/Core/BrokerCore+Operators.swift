import KipCore
import KipStore

extension BrokerCore {
    /// Questions that the store answers.
    func ask(_ body: WireHeader.OneOf_Body?, _ request: Request, _ effects: inout [Effect]) throws(Refusal) {
        let question: Question
        switch body {
        case .listJobs(let list):
            question = .jobs(
                state: JobState(wire: list.state), kind: list.kind, queue: list.queue, limit: Self.limit(list.limit),
                before: list.before.isEmpty ? nil : try Self.id(list.before))
        case .showJob(let show): question = .job(try Self.id(show.id))
        case .states(let states): question = .states(try Self.ids(states.ids))
        case .listQueues: question = .queues
        case .listSchedules: question = .schedules
        case .listEffects(let list):
            question = .effects(state: list.state, prefix: list.prefix, limit: Self.limit(list.limit))
        case .explainJob(let explain): question = .explanation(try Self.id(explain.id))
        case .scheduleHistory(let history):
            question = .firings(schedule: history.name, limit: Self.limit(history.limit))
        case nil: throw Refusal(.malformed, "the header names no request that this broker knows")
        default: throw Refusal(.invalid, "this message goes from the broker to its peers, not to the broker")
        }
        effects.append(.ask(question, request: request.number, peer: request.peer))
    }

    private static func limit(_ asked: Int32) -> Int {
        asked <= 0 ? Limits.listRowsByDefault : min(Int(asked), Limits.listRows)
    }

    static func id(_ text: String) throws(Refusal) -> JobID {
        guard let id = JobID(text) else {
            throw Refusal(.invalid, "“\(text.prefix(60))” is not a job id; ids are UUIDs, as enqueue prints them")
        }
        return id
    }

    static func ids(_ texts: [String]) throws(Refusal) -> [JobID] {
        if texts.count > Limits.jobsPerMessage {
            throw Refusal(.tooLarge, "\(texts.count) ids in one message, the limit is \(Limits.jobsPerMessage)")
        }
        var ids: [JobID] = []
        for text in texts { ids.append(try id(text)) }
        return ids
    }

    /// Cancels jobs, also running ones: from here on no result of theirs counts, and when that is on disk their worker is
    /// told to stop.
    mutating func take(
        _ cancel: WireCancelJobs, _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        let ids = try Self.ids(cancel.ids)
        guard !ids.isEmpty else { throw Refusal(.invalid, "the cancel message names no job") }
        for id in ids {
            takeOut(id)
            cancelling[id, default: 0] += 1
            batch.append(.cancel(id, at: now, by: cancel.by))
        }
        promises.continuations.append(.cancelled(request, ids))
    }

    mutating func cancelled(
        _ ids: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>, _ request: Request, _ effects: inout [Effect]
    ) -> WireMessage {
        var changed = WireChanged()
        for id in ids {
            settleCancellation(of: id)
            guard case .changed(let lane) = outcomes.popFirst() else {
                changed.unchanged.append(id.description)
                continue
            }
            changed.ids.append(id.description)
            _ = lanes[index(of: lane)].remove(id)
            revoke(id, &effects)
            doubt(id)
        }
        return WireMessage(.changed(changed), request: request.number)
    }

    /// One cancellation of a job is no longer on its way to the disk.
    mutating func settleCancellation(of id: JobID) {
        guard let count = cancelling[id] else { return }
        cancelling[id] = count > 1 ? count - 1 : nil
    }

    private mutating func revoke(_ id: JobID, _ effects: inout [Effect]) {
        // A lease that ends for another reason has its own continuation.
        guard let lease = leases[id], !lease.isClosing else { return }
        release(lease)
        guard let peer = workers[lease.worker]?.peer else { return }
        var held = WireHeld()
        held.id = id.description
        held.attempt = Int32(clamping: lease.job.attempt)
        var revoked = WireRevoked()
        revoked.jobs = [held]
        revoked.reason = "cancelled"
        effects.append(.send(WireMessage(.revoked(revoked)), to: peer))
    }

    /// Wakes ended jobs.
    mutating func take(_ retry: WireRetryJobs, _ request: Request, at now: Timestamp) throws(Refusal) {
        let ids = try Self.ids(retry.ids)
        guard !ids.isEmpty else { throw Refusal(.invalid, "the retry message names no job") }
        for id in ids { batch.append(.revive(id, at: now, by: retry.by)) }
        promises.continuations.append(.revived(request, ids))
    }

    mutating func revived(
        _ ids: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>, _ request: Request
    ) -> WireMessage {
        var changed = WireChanged()
        for id in ids {
            if case .changed(let lane) = outcomes.popFirst() {
                changed.ids.append(id.description)
                lanes[index(of: lane)].becameReady()
            } else {
                changed.unchanged.append(id.description)
            }
        }
        return WireMessage(.changed(changed), request: request.number)
    }

    func pong(_ request: Request, at now: Timestamp) -> WireMessage {
        var pong = WirePong()
        pong.version = settings.version
        pong.malformed = Int64(malformed)
        pong.uptimeMs = now.milliseconds - startedAt.milliseconds
        return WireMessage(.pong(pong), request: request.number)
    }

    func workerList(_ request: Request, at now: Timestamp) -> WireMessage {
        var list = WireWorkerList()
        list.workers = workerOrder.compactMap { workers[$0] }.map { worker in
            var wire = WireWorker()
            wire.id = worker.id
            wire.name = worker.name
            wire.session = worker.session
            wire.kinds = worker.kinds.sorted()
            wire.queues = worker.queues.sorted()
            wire.credit = Int32(clamping: worker.credit)
            wire.holding = Int32(clamping: worker.holding)
            wire.lastSeenMs = now.milliseconds - (steady.milliseconds - worker.lastSeen.milliseconds)
            wire.draining = worker.draining
            wire.reachable = worker.peer != nil
            return wire
        }
        return WireMessage(.workerList(list), request: request.number)
    }
}
