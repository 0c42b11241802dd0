import KipCore
import KipStore

extension BrokerCore {
    /// A worker comes, or comes back: it says what it takes and what it still holds.
    mutating func take(
        _ hello: WireHello, _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        try check(hello)
        try Self.checkKinds(of: hello)
        let isBack = (workers[hello.workerID]?.session ?? 0) != 0
        let nameBytes = try nameBytes(of: hello, on: request.peer)
        try recordOwner(of: hello.workerID, request.peer.identity, at: now)
        nextSession += 1
        let id = hello.workerID
        remember(id)
        var worker = workers[id] ?? .unseen(id, at: steady)
        worker.name = hello.name.isEmpty ? String(id.prefix(8)) : hello.name
        worker.session = nextSession
        connect(id, from: worker.peer, to: request.peer)
        worker.peer = request.peer
        workerNameBytes += nameBytes - worker.nameBytes
        worker.nameBytes = nameBytes
        worker.kinds = Set(hello.kinds)
        worker.queues = hello.queues.isEmpty ? ["default"] : Set(hello.queues)
        worker.credit = min(Int(hello.credit), Limits.credit)
        worker.places = hello.places > 0 ? Int(hello.places) : .max
        worker.lastSeen = steady
        worker.reconciles = ReconcilePrefixes(hello.reconciles)
        worker.draining = worker.mustDrain
        worker.mustGreet = false
        if settings.broken == .ignoresKinds { worker.kinds = Set(lanes.map(\.lane.kind)) }
        learnLanes(&worker)
        workers[id] = worker
        registerKindOptions(of: hello, request.peer.identity, at: now)
        note(
            .workerCame(
                id: id, name: worker.name, kinds: worker.kinds.count, queues: worker.queues.sorted(), isBack: isBack))
        takers.forget()
        level(id)
        let refused = reconcile(hello.holding, of: id, at: now)
        effects.append(.send(welcome(worker.session, refused, request), to: request.peer))
        sendDrain(to: id, &effects)
        askSooner(workers[id]?.reconciles ?? ReconcilePrefixes())
    }

    private func check(_ hello: WireHello) throws(Refusal) {
        guard JobID(hello.workerID) != nil else {
            throw Refusal(.invalid, "the hello's workerId is not a UUID; make one when the worker's process starts")
        }
        guard !hello.kinds.isEmpty else {
            throw Refusal(.invalid, "the hello names no kinds; a worker gets only the kinds that it declares")
        }
        guard hello.credit > 0 else { throw Refusal(.invalid, "the hello's credit must be 1 or more") }
        let names = hello.kinds + hello.queues + hello.reconciles
        if names.count > Limits.namesPerWorker || names.contains(where: { $0.utf8.count > Limits.nameBytes }) {
            throw Refusal(.tooLarge, "the hello names too many kinds, queues or prefixes, or one that is too long")
        }
    }

    /// Takes up the leases that the worker still has; gives the others back; names those that it must stop.
    private mutating func reconcile(_ holding: [WireHeld], of worker: String, at now: Timestamp) -> [WireHeld] {
        var announced: [JobID: WireHeld] = [:]
        for held in holding { if let id = JobID(held.id) { announced[id] = held } }
        var gone: [JobID] = []
        var held = 0
        let present = leases(of: worker)
        for lease in present where !lease.isClosing {
            let id = lease.job.id
            // What is being cancelled is neither taken up nor given back: the disk decides.
            if cancelling[id] != nil {
                held += 1
                continue
            }
            let isHeld = announced[id].map { Int($0.attempt) == lease.job.attempt } ?? false
            if isHeld || settings.broken == .keepsUnannounced { held += 1 } else { gone.append(id) }
        }
        workers[worker]?.holding = held + gone.count
        workers[worker]?.leasedBytes = present.reduce(0) { $0 + ($1.isClosing ? 0 : $1.job.payload.count) }
        forgetIsolation(of: worker)
        for lease in present { trackIsolation(lease) }
        giveBack(gone, outcome: "interrupted", at: now)
        var refused: [WireHeld] = []
        for (id, word) in announced.sorted(by: { $0.key < $1.key }) {
            if let lease = leases[id], lease.worker == worker, lease.job.attempt == Int(word.attempt),
                !lease.isTakenBack, cancelling[id] == nil
            {
                continue
            }
            refused.append(word)
        }
        return refused
    }

    /// A job that a worker held when the broker stopped.
    mutating func restore(_ running: RunningJob) {
        remember(running.worker)
        take(Lease(job: running.job, lane: running.lane, worker: running.worker))
        _ = index(of: running.lane)
    }

    /// Makes sure that a worker which holds a lease is known, so that its silence ends the lease.
    mutating func remember(_ worker: String) {
        guard workers[worker] == nil else { return }
        var new = WorkerState.unseen(worker, at: steady)
        new.deadline = workerDeadlines.add(worker, at: new.silence(lease: settings.leaseMilliseconds).at)
        workers[worker] = new
        workerOrder.append(worker)
        takers.forget()
    }

    /// The lanes that the worker takes jobs of, as far as there are any.
    private mutating func learnLanes(_ worker: inout WorkerState) {
        for lane in worker.lanes { servedLanes.remove(lane) }
        worker.lanes = []
        if worker.kinds.count * worker.queues.count < lanes.count {
            for queue in worker.queues {
                for kind in worker.kinds {
                    if let index = laneIndex[Lane(queue: queue, kind: kind)] { worker.lanes.append(index) }
                }
            }
            worker.lanes.sort()
        } else {
            for (index, window) in lanes.enumerated() { worker.learn(window.lane, at: index, of: window.queue) }
        }
        worker.lanesByQueue = [QueueLanes](worker.lanes) { lanes[$0].queue }
        for lane in worker.lanes { servedLanes.add(lane) }
    }

    // MARK: Connections

    /// How much the names of a hello take, if there is room for them.
    /// - Throws: `Refusal` if the connection speaks for too many workers, or their names are too long together.
    private func nameBytes(of hello: WireHello, on peer: Peer) throws(Refusal) -> Int {
        var bytes = 0
        for name in hello.kinds + hello.queues + hello.reconciles { bytes += Limits.nameOverhead + name.utf8.count }
        for said in hello.kindOptions {
            bytes += Limits.nameOverhead + ((try? said.serializedBytes() as [UInt8]) ?? []).count
        }
        let others = (workersByConnection[peer.routingID] ?? []).filter { $0 != hello.workerID }
        if others.count >= Limits.workersPerConnection {
            throw Refusal(
                .tooLarge,
                "this connection speaks for \(others.count) workers already, which is the limit; let some of them say "
                    + "goodbye, or open another connection")
        }
        let ofConnection = others.reduce(bytes) { $0 + (workers[$1]?.nameBytes ?? 0) }
        let known = workers[hello.workerID]?.nameBytes ?? 0
        if ofConnection > Limits.workerNameBytesPerConnection
            || workerNameBytes - known + bytes > Limits.workerNameBytes
        {
            throw Refusal(
                .busy,
                "the kinds, queues and prefixes of the workers take too much memory; declare fewer, or try again when "
                    + "other workers have left")
        }
        return bytes
    }

    private mutating func connect(_ id: String, from old: Peer?, to new: Peer) {
        if old?.routingID == new.routingID { return }
        if let old { disconnect(id, from: old) }
        workersByConnection[new.routingID, default: []].append(id)
    }

    private mutating func disconnect(_ id: String, from peer: Peer) {
        workersByConnection[peer.routingID]?.removeAll { $0 == id }
        if workersByConnection[peer.routingID]?.isEmpty == true { workersByConnection[peer.routingID] = nil }
    }

    private func welcome(_ session: UInt64, _ refused: [WireHeld], _ request: Request) -> WireMessage {
        var welcome = WireWelcome()
        welcome.session = session
        welcome.heartbeatSeconds = Double(settings.heartbeatMilliseconds) / 1000
        welcome.leaseSeconds = Double(settings.leaseMilliseconds) / 1000
        welcome.refused = refused
        welcome.heedsCredit = true
        return WireMessage(.welcome(welcome), request: request.number)
    }

    /// The sign of life that keeps all leases of a worker.
    mutating func take(
        _ heartbeat: WireHeartbeat, _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        let id = try known(heartbeat.workerID, heartbeat.session, request)
        workers[id]?.lastSeen = steady
        if heartbeat.credit != 0, settings.broken != .ignoresCredit {
            workers[id]?.credit = min(max(0, Int(heartbeat.credit)), Limits.credit)
        }
        if !heartbeat.draining { sendDrain(to: id, &effects) }
        let mustDrain = workers[id]?.mustDrain == true
        workers[id]?.draining = heartbeat.draining || mustDrain
        effects.append(.send(WireMessage(.alive(WireAlive()), request: request.number), to: request.peer))
    }

    /// The worker of a message, if it speaks in its present session and on its present connection.
    func known(_ id: String, _ session: UInt64, _ request: Request) throws(Refusal) -> String {
        if settings.broken == .anySession, let worker = workers[id] { return worker.id }
        guard let worker = workers[id], worker.session == session, !worker.mustGreet, let peer = worker.peer,
            peer.isSameConnection(as: request.peer)
        else {
            throw Refusal(.unknownSession, "the broker does not know this session; say hello with what you hold")
        }
        // Not the message's: leases have this one, and the same text is compared at a glance.
        return worker.id
    }

    /// A worker leaves; what it still holds waits again. It counts only on the connection that was welcomed. One that
    /// leaves before it heard its welcome knows no session.
    mutating func take(_ goodbye: WireGoodbye, _ request: Request, at now: Timestamp) {
        guard let worker = workers[goodbye.workerID] else { return }
        let isMeant =
            worker.peer?.isSameConnection(as: request.peer) == true
            && (goodbye.session == 0 || goodbye.session == worker.session)
        guard isMeant || settings.broken == .goodbyeAnySession else { return }
        forget(worker.id, outcome: "given back", at: now)
    }

    /// The connection of a peer is gone. Its jobs stay its own until its lease ends or it says hello again.
    mutating func lost(_ peer: Peer) {
        for id in workersByConnection.removeValue(forKey: peer.routingID) ?? [] { workers[id]?.peer = nil }
    }

    /// The connections of these keys are worth nothing any more. Public keys, in Z85.
    mutating func disconnectWorkers(ofKeys publicKeys: Set<String>) {
        for id in workerOrder {
            guard let peer = workers[id]?.peer, let key = peer.identity?.publicKey, publicKeys.contains(key) else {
                continue
            }
            disconnect(id, from: peer)
            workers[id]?.peer = nil
        }
    }

    /// Looks only at workers whose time may have come: a thousand others are not asked.
    mutating func endSilentWorkers(at now: Timestamp) {
        while let (id, number) = workerDeadlines.popFirst(upTo: steady) {
            guard let worker = workers[id], worker.deadline == number else { continue }
            let (isOverdue, at) = worker.silence(lease: settings.leaseMilliseconds)
            if at <= steady, isOverdue || settings.broken == .noGrace {
                forget(id, outcome: "worker lost", at: now)
                continue
            }
            if at <= steady { workers[id]?.overdueSince = steady }
            guard let next = workers[id]?.silence(lease: settings.leaseMilliseconds).at else { continue }
            workers[id]?.deadline = workerDeadlines.add(id, at: next)
        }
    }

    private mutating func forget(_ id: String, outcome: String, at now: Timestamp) {
        let held = leases(of: id).filter { !isEnding($0) }.map(\.job.id)
        let name = workers[id]?.name ?? id
        note(
            outcome == "worker lost"
                ? .workerLost(id: id, name: name, jobs: held.count)
                : .workerLeft(id: id, name: name, jobs: held.count))
        giveBack(held, outcome: outcome, at: now)
        guard let worker = workers[id] else { return }
        if let peer = worker.peer { disconnect(id, from: peer) }
        for lane in worker.lanes { servedLanes.remove(lane) }
        workerNameBytes -= worker.nameBytes
        workersApart.remove(id)
        workers[id] = nil
        if workerOrder.remove(id) { takers.forget() }
        if workerDeadlines.count > 2 * workers.count + 1_024 {
            workerDeadlines.keep { workers[$0]?.deadline == $1 }
        }
    }

    /// All leases of a worker, also those that are about to end.
    private mutating func leases(of worker: String) -> [Lease] {
        if leaseIndex.jobs(of: worker) == nil { leaseIndex.make(from: leases) }
        let jobs = Set(leaseIndex.jobs(of: worker) ?? [])
        return jobs.compactMap { leases[$0] }.filter { $0.worker == worker }
    }

    /// Ends leases without a result. A loss is counted, as the job may be what killed its worker; an interruption is
    /// counted and costs nothing.
    mutating func giveBack(_ ids: [JobID], outcome: String, at now: Timestamp) {
        guard !ids.isEmpty else { return }
        var ended: [EndedLease] = []
        for id in ids.sorted() {
            guard let lease = leases[id] else { continue }
            leases[id]?.isTakenBack = true
            ended.append(outcome == "worker lost" ? lose(lease, at: now) : interrupt(lease, outcome, at: now))
        }
        promises.continuations.append(.returned(ended))
    }
}
