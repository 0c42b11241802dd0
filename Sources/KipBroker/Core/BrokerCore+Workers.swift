import KipCore
import KipStore

extension BrokerCore {
    /// A worker comes, or comes back: it says what it takes and what it still holds.
    mutating func take(
        _ hello: WireHello, _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        try check(hello)
        nextSession += 1
        let id = hello.workerID
        remember(id)
        var worker = workers[id] ?? .unseen(id, at: steady)
        worker.name = hello.name.isEmpty ? String(id.prefix(8)) : hello.name
        worker.session = nextSession
        worker.peer = request.peer
        worker.kinds = Set(hello.kinds)
        worker.queues = hello.queues.isEmpty ? ["default"] : Set(hello.queues)
        worker.credit = min(Int(hello.credit), Limits.credit)
        worker.places = hello.places > 0 ? Int(hello.places) : .max
        worker.lastSeen = steady
        worker.reconciles = hello.reconciles
        worker.draining = worker.mustDrain
        worker.mustGreet = false
        worker.lanes = []
        if settings.broken == .ignoresKinds { worker.kinds = Set(lanes.map(\.lane.kind)) }
        for (index, window) in lanes.enumerated() { worker.learn(window.lane, at: index) }
        workers[id] = worker
        takers.forget()
        level(id)
        let refused = reconcile(hello.holding, of: id, at: now)
        effects.append(.send(welcome(worker.session, refused, request), to: request.peer))
        sendDrain(to: id, &effects)
        askSooner(hello.reconciles)
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
        for (id, lease) in leases where lease.worker == worker && !lease.isClosing {
            // What is being cancelled is neither taken up nor given back: the disk decides.
            if cancelling[id] != nil {
                held += 1
                continue
            }
            let isHeld = announced[id].map { Int($0.attempt) == lease.job.attempt } ?? false
            if isHeld || settings.broken == .keepsUnannounced { held += 1 } else { gone.append(id) }
        }
        workers[worker]?.holding = held + gone.count
        workers[worker]?.suspects = []
        for lease in leases.values where lease.worker == worker { noteAlone(lease) }
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
        let new = WorkerState.unseen(worker, at: steady)
        workers[worker] = new
        workerOrder.append(worker)
        let end = new.silence(lease: settings.leaseMilliseconds).at
        silenceAt = min(silenceAt ?? end, end)
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
        guard let worker = workers[id], worker.session == session, !worker.mustGreet, let peer = worker.peer,
            peer.routingID == request.peer.routingID
        else {
            throw Refusal(.unknownSession, "the broker does not know this session; say hello with what you hold")
        }
        // Not the message's: leases have this one, and the same text is compared at a glance.
        return worker.id
    }

    /// A worker leaves; what it still holds waits again. One that leaves before it heard its welcome knows no session: it is
    /// known by its connection.
    mutating func take(_ goodbye: WireGoodbye, _ request: Request, at now: Timestamp) {
        guard let worker = workers[goodbye.workerID] else { return }
        let isMeant =
            goodbye.session == 0
            ? worker.peer?.routingID == request.peer.routingID : worker.session == goodbye.session
        guard isMeant else { return }
        forget(worker.id, outcome: "given back", at: now)
    }

    /// The connection of a peer is gone. Its jobs stay its own until its lease ends or it says hello again.
    mutating func lost(_ peer: Peer) {
        for id in workerOrder where workers[id]?.peer?.routingID == peer.routingID { workers[id]?.peer = nil }
    }

    /// Looks at the workers only when it may be time: a thousand of them are not asked in each round.
    mutating func endSilentWorkers(at now: Timestamp) {
        guard let due = silenceAt, due <= steady else { return }
        for id in workerOrder {
            guard let (isOverdue, at) = workers[id]?.silence(lease: settings.leaseMilliseconds), at <= steady else {
                continue
            }
            if isOverdue { forget(id, outcome: "worker lost", at: now) } else { workers[id]?.overdueSince = steady }
        }
        let lease = settings.leaseMilliseconds
        silenceAt = workers.values.map { $0.silence(lease: lease).at }.min()
    }

    private mutating func forget(_ id: String, outcome: String, at now: Timestamp) {
        let held = leases.filter { $0.value.worker == id && !isEnding($0.value) }.map(\.key)
        giveBack(held, outcome: outcome, at: now)
        workers[id] = nil
        workerOrder.removeAll { $0 == id }
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
