import KipCore
import KipStore

/// An effect that nobody but a reconciler or a person can tell of.
struct Doubt: Sendable {
    var job: JobID
    var attempt: Int
    /// When a reconciler is asked (again).
    var askAt: SteadyTime
    /// How often one was asked.
    var asks = 0
    /// Workers that were asked: theirs is the word that counts.
    var asked: Set<String> = []
}

/// An effect of a job that runs.
struct Intent: Sendable {
    var attempt: Int
    /// Its handler was told to begin: it may have happened.
    var isTold = false
    /// Messages that bring it, on their way to the disk.
    var pending = 0
    /// One of them has brought it there.
    var isWritten = false

    /// Nobody was told, and nobody will be.
    var isIdle: Bool { !isTold && pending == 0 }
}

extension BrokerCore {
    /// The first wait before a reconciler is asked again, and the longest, in milliseconds; each is twice the one before.
    private static let firstAsk: Int64 = 2_000
    private static let longestAsk: Int64 = 600_000

    /// A handler wants to act on the world. It may when its intent is on disk.
    mutating func take(
        _ begin: WireBeginEffect, _ request: Request, at now: Timestamp, _ effects: inout [Effect]
    ) throws(Refusal) {
        let worker = try known(begin.workerID, begin.session, request)
        // The worker asks again: somebody will have decided by then.
        if let heldBecause { throw Refusal(.storage, heldBecause) }
        let id = try Self.id(begin.jobID)
        guard !begin.key.isEmpty, begin.key.utf8.count <= Limits.keyBytes else {
            throw Refusal(.invalid, "the key of an effect has 1 to \(Limits.keyBytes) bytes")
        }
        guard holds(id, Int(begin.attempt), worker) else {
            effects.append(.send(Self.standing(.void, request), to: request.peer))
            return
        }
        openEffects[id, default: [:]][begin.key, default: Intent(attempt: Int(begin.attempt))].pending += 1
        let intent = EffectIntent(key: begin.key, job: id, attempt: Int(begin.attempt), worker: worker, at: now)
        batch.append(.beginEffect(intent))
        promises.continuations.append(.effectBegun(request, intent))
    }

    /// One of the messages that bring an intent is no longer on its way to the disk.
    mutating func arrived(_ intent: EffectIntent) -> Intent? {
        openEffects[intent.job]?[intent.key]?.pending -= 1
        return openEffects[intent.job]?[intent.key]
    }

    func holds(_ id: JobID, _ attempt: Int, _ worker: String) -> Bool {
        guard let lease = leases[id] else { return false }
        return lease.worker == worker && lease.job.attempt == attempt && !isEnding(lease)
    }

    /// The intent is on disk, or its key was taken.
    mutating func begun(
        _ intent: EffectIntent, _ outcome: WriteOutcome?, _ request: Request, at now: Timestamp,
        _ effects: inout [Effect]
    ) {
        let open = arrived(intent)
        if case .unmirrored = outcome {
            // It is not known outside of the database yet: a backup that is put back could not tell. It is asked again.
            let refusal = Refusal(.storage, "the journal outside of the database cannot be written; nothing was begun")
            effects.append(.send(WireMessage(refusal.wire, request: request.number), to: request.peer))
            return
        }
        guard case .standing(let standing) = outcome else { return }
        switch standing {
        case .begun:
            openEffects[intent.job]?[intent.key]?.isWritten = true
            if holds(intent.job, intent.attempt, intent.worker) {
                openEffects[intent.job]?[intent.key]?.isTold = true
                effects.append(.send(Self.standing(.begun, request), to: request.peer))
            } else {
                // The lease ended meanwhile. Where nobody was told to begin, in no session, nothing happened.
                effects.append(.send(Self.standing(.void, request), to: request.peer))
                if open?.isIdle == true { withdraw(intent, at: now) }
            }
        case .done(let receipt):
            closeEffect(intent.key, of: intent.job)
            effects.append(.send(Self.standing(.done, request, receipt: receipt), to: request.peer))
        case .inDoubt(let job):
            closeEffect(intent.key, of: intent.job)
            effects.append(.send(Self.standing(.inDoubt, request, job: job), to: request.peer))
        case .void: break
        }
    }

    /// A message that brought an intent was not written.
    mutating func lost(_ intent: EffectIntent, at now: Timestamp) {
        guard let open = arrived(intent), open.isIdle else { return }
        if open.isWritten { withdraw(intent, at: now) } else { closeEffect(intent.key, of: intent.job) }
    }

    private mutating func withdraw(_ intent: EffectIntent, at now: Timestamp) {
        let word = EffectWord(
            key: intent.key, settlement: .undone, speaker: .handler(intent.job, attempt: intent.attempt), at: now)
        batch.append(.settleEffect(word))
        promises.continuations.append(.effectSettled(nil, word))
    }

    /// What became of an effect, from the handler or from a reconciler. A handler's word counts also when its job is in
    /// other hands by now: it knows.
    mutating func take(
        _ settle: WireSettleEffect, _ payloads: [[UInt8]], _ request: Request, at now: Timestamp
    ) throws(Refusal) {
        let worker = try known(settle.workerID, settle.session, request)
        if let heldBecause { throw Refusal(.storage, heldBecause) }
        let id = try Self.id(settle.jobID)
        if settle.reconciled {
            // A reconciler that cannot tell (yet) is asked again later; one that was not asked is not heard.
            guard settle.settlement == .done || settle.settlement == .undone else { return }
            guard doubts[settle.key]?.asked.contains(worker) == true else { return }
        }
        let settlement = try Self.settlement(settle.settlement, payloads)
        let attempt = Int(settle.attempt)
        let word = EffectWord(
            key: settle.key, settlement: settlement,
            speaker: settle.reconciled ? .reconciler(id, attempt: attempt) : .handler(id, attempt: attempt), at: now)
        batch.append(.settleEffect(word))
        promises.continuations.append(.effectSettled(settle.reconciled ? nil : request, word))
    }

    private static func settlement(
        _ wire: WireSettleEffect.Settlement, _ payloads: [[UInt8]]
    ) throws(Refusal) -> EffectSettlement {
        switch wire {
        case .done:
            let receipt = payloads.first ?? []
            guard receipt.count <= Limits.payloadBytes else {
                throw Refusal(.tooLarge, "the receipt has \(receipt.count) bytes, the limit is \(Limits.payloadBytes)")
            }
            return .done(receipt: receipt)
        case .undone: return .undone
        case .unknown, .unspecified, .UNRECOGNIZED:
            throw Refusal(.invalid, "the settlement of an effect is DONE or UNDONE")
        }
    }

    /// A person decides about an effect in doubt.
    mutating func take(
        _ resolve: WireResolveEffect, _ payloads: [[UInt8]], _ request: Request, at now: Timestamp
    ) throws(Refusal) {
        guard !resolve.by.isEmpty else { throw Refusal(.invalid, "the decision does not say whose it is (“by”)") }
        let settlement = try Self.settlement(resolve.settlement, payloads)
        let word = EffectWord(key: resolve.key, settlement: settlement, speaker: .person(resolve.by), at: now)
        batch.append(.settleEffect(word))
        promises.continuations.append(.effectResolved(request, word))
    }

    /// The word is on disk, or did not count.
    mutating func settled(_ word: EffectWord, _ outcome: WriteOutcome?) -> Bool {
        guard case .settled = outcome else { return false }
        doubts[word.key] = nil
        if case .handler(let id, _) = word.speaker { closeEffect(word.key, of: id) }
        return true
    }

    mutating func closeEffect(_ key: String, of id: JobID) {
        openEffects[id]?[key] = nil
        if openEffects[id]?.isEmpty == true { openEffects[id] = nil }
    }

    /// The job runs no more: its open effects are in doubt, and whoever can look is asked to.
    mutating func doubt(_ id: JobID) {
        guard let open = openEffects.removeValue(forKey: id) else { return }
        for (key, intent) in open {
            doubts[key] = Doubt(job: id, attempt: intent.attempt, askAt: steady)
        }
        nextAsk = steady
    }

    // MARK: Reconcilers

    mutating func askReconcilers(_ effects: inout [Effect]) {
        guard heldBecause == nil, let due = nextAsk, due <= steady else { return }
        nextAsk = nil
        for (key, doubt) in doubts.sorted(by: { $0.key < $1.key }) {
            var doubt = doubt
            if doubt.askAt <= steady {
                if let worker = reconciler(of: key), let peer = workers[worker]?.peer {
                    doubt.asked.insert(worker)
                    var ask = WireReconcileEffect()
                    ask.key = key
                    ask.jobID = doubt.job.description
                    ask.attempt = Int32(clamping: doubt.attempt)
                    effects.append(.send(WireMessage(.reconcileEffect(ask)), to: peer))
                }
                let wait = min(Self.longestAsk, Self.firstAsk << min(20, doubt.asks))
                doubt.askAt = steady.advanced(byMilliseconds: wait)
                doubt.asks += 1
                doubts[key] = doubt
            }
            nextAsk = min(nextAsk ?? doubt.askAt, doubt.askAt)
        }
    }

    /// A worker that can look up the key; they take turns.
    private mutating func reconciler(of key: String) -> String? {
        for step in 0..<workerOrder.count {
            let place = (reconcilerTurn + step) % workerOrder.count
            guard let worker = workers[workerOrder[place]], worker.isThere,
                worker.reconciles.contains(where: { key.hasPrefix($0) })
            else { continue }
            reconcilerTurn = place + 1
            return worker.id
        }
        return nil
    }

    /// A worker that can look has come: what it may know is asked at once.
    mutating func askSooner(_ prefixes: [String]) {
        guard !prefixes.isEmpty else { return }
        for key in doubts.keys where prefixes.contains(where: { key.hasPrefix($0) }) {
            doubts[key]?.askAt = steady
            nextAsk = steady
        }
    }

    static func standing(
        _ standing: WireEffectStanding.Standing, _ request: Request, receipt: [UInt8] = [], job: String = ""
    ) -> WireMessage {
        var answer = WireEffectStanding()
        answer.standing = standing
        answer.jobID = job
        return WireMessage(.effectStanding(answer), request: request.number, payloads: [receipt])
    }
}
