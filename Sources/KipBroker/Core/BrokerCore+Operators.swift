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
                before: list.before.isEmpty ? nil : try Self.id(list.before), matching: try Self.match(list))
        case .showJob(let show): question = .job(try Self.id(show.id), visibleTo: request.peer.visibleJobs)
        case .states(let states):
            question = .states(try Self.ids(states.ids), visibleTo: request.peer.visibleJobs)
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

    private static func match(_ list: WireListJobs) throws(Refusal) -> JobMatch {
        var match = JobMatch()
        match.uniqueKey = list.uniqueKey
        match.workerPrefix = list.workerPrefix
        match.errorPart = list.errorPart
        match.createdFrom = list.createdFromMs == 0 ? nil : Timestamp(milliseconds: list.createdFromMs)
        match.createdBefore = list.createdBeforeMs == 0 ? nil : Timestamp(milliseconds: list.createdBeforeMs)
        if !list.idPrefix.isEmpty {
            guard let ids = JobID.range(ofPrefix: list.idPrefix) else {
                throw Refusal(
                    .invalid,
                    "“\(list.idPrefix.clipped(toBytes: 60))” is not the beginning of a job id; ids are hexadecimal")
            }
            match.ids = ids
        }
        return match
    }

    private static func limit(_ asked: Int32) -> Int {
        asked == 0 ? Limits.listRowsByDefault : Int(asked)
    }

    static func id(_ text: String) throws(Refusal) -> JobID {
        guard let id = JobID(text) else {
            throw Refusal(
                .invalid, "“\(text.clipped(toBytes: 60))” is not a job id; ids are UUIDs, as enqueue prints them")
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
        try decide(.cancel, ids, by: cancel.by, request)
    }

    mutating func cancelled(
        _ ids: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>, _ changed: inout WireChanged,
        _ effects: inout [Effect]
    ) {
        var ended: [LaneJob] = []
        for id in ids {
            settleCancellation(of: id)
            guard case .changed(let lane) = outcomes.popFirst() else {
                changed.unchanged.append(id.description)
                continue
            }
            changed.ids.append(id.description)
            ended.append(LaneJob(id: id, lane: lane))
            revoke(id, &effects)
            doubt(id)
        }
        takeOut(ended)
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
        try decide(.retry, ids, by: retry.by, request)
    }

    /// - Returns: the jobs for which their batch had no room.
    mutating func revived(
        _ ids: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>, _ changed: inout WireChanged
    ) -> [JobID] {
        var postponed: [JobID] = []
        for id in ids {
            switch outcomes.popFirst() {
            case .changed(let lane):
                changed.ids.append(id.description)
                lanes[index(of: lane)].becameReady()
            case .postponed: postponed.append(id)
            default: changed.unchanged.append(id.description)
            }
        }
        return postponed
    }

    func pong(_ request: Request, at now: Timestamp) -> WireMessage {
        var pong = WirePong()
        pong.version = settings.version
        pong.malformed = Int64(malformed)
        pong.uptimeMs = now.milliseconds(since: startedAt)
        return WireMessage(.pong(pong), request: request.number)
    }

    func workerList(_ request: Request, at now: Timestamp) -> WireMessage {
        var list = WireWorkerList()
        list.workers = workerOrder.compactMap { workers[$0] }.filter { isListed($0, for: request.peer) }.map { worker in
            let visible = isOwn(worker, request.peer) ? nil : request.peer.visibleJobs
            // The session stays unset: it is what a worker speaks for itself with.
            var wire = WireWorker()
            wire.id = worker.id
            wire.name = worker.name
            wire.kinds = worker.kinds.filter { visible?.includes(kind: $0) ?? true }.sorted()
            wire.queues = worker.queues.filter { visible?.includes(queue: $0) ?? true }.sorted()
            wire.credit = Int32(clamping: worker.credit)
            wire.holding = Int32(clamping: worker.holding)
            wire.lastSeenMs = now.milliseconds.subtractingSaturated(steady.milliseconds(since: worker.lastSeen))
            wire.draining = worker.draining
            wire.reachable = worker.peer != nil
            wire.places = worker.places == .max ? 0 : Int32(clamping: worker.places)
            return wire
        }
        return WireMessage(.workerList(list), request: request.number)
    }

    /// A key with limits sees its own workers, and those that serve what its jobs wait for.
    func isListed(_ worker: WorkerState, for peer: Peer) -> Bool {
        guard let visible = peer.visibleJobs, !isOwn(worker, peer) else { return true }
        return worker.kinds.contains(where: visible.includes(kind:))
            && worker.queues.contains(where: visible.includes(queue:))
    }

    private func isOwn(_ worker: WorkerState, _ peer: Peer) -> Bool {
        guard let key = peer.identity?.publicKey else { return true }
        return owners.publicKey(of: worker.id) == key
    }
}
