import KipCore
import KipStore

/// An effect that nobody but a reconciler or a person can tell of.
struct Doubt: Sendable {
    var job: JobID
    var attempt: Int
    /// The number of the deadline at which a reconciler is asked (again).
    var deadline: UInt64 = 0
    /// How often one was asked.
    var asks = 0
    /// The sessions of the workers that were asked: only their answers count.
    var asked: [String: UInt64] = [:]
}

extension EffectWord {
    /// Bytes of the receipt that it brings.
    var receiptBytes: Int { if case .done(let receipt) = settlement { receipt.count } else { 0 } }
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
        try checkRoom(for: request.peer)
        let id = try Self.id(begin.jobID)
        guard !begin.key.isEmpty, begin.key.utf8.count <= Limits.keyBytes else {
            throw Refusal(.invalid, "the key of an effect has 1 to \(Limits.keyBytes) bytes")
        }
        guard holds(id, Int(begin.attempt), worker) else {
            effects.append(.send(Self.standing(.void, request), to: request.peer))
            return
        }
        if openEffects[id]?[begin.key] == nil { try checkOpenEffects(of: id, worker) }
        openEffects.begin(begin.key, of: id, attempt: Int(begin.attempt), by: worker)
        let intent = EffectIntent(
            key: begin.key, job: id, attempt: Int(begin.attempt),
            worker: EffectWorker(id: worker, credential: request.peer.identity?.credential), at: now)
        batch.append(.beginEffect(intent))
        promises.continuations.append(.effectBegun(request, intent))
    }

    private func checkOpenEffects(of id: JobID, _ worker: String) throws(Refusal) {
        let ofJob = openEffects[id]?.count ?? 0
        if ofJob >= Limits.openEffectsPerAttempt {
            throw Refusal(
                .tooLarge,
                "job \(id) has begun \(ofJob) effects whose outcomes are not reported yet, the limit is "
                    + "\(Limits.openEffectsPerAttempt); end some first, or do the work in several jobs")
        }
        let ofWorker = openEffects.count(of: worker)
        if ofWorker >= Limits.openEffectsPerWorker {
            throw Refusal(
                .busy,
                "the jobs of this worker have begun \(ofWorker) effects whose outcomes are not reported yet, the limit is "
                    + "\(Limits.openEffectsPerWorker); try again when some have ended")
        }
        let ofAll = openEffects.count + doubts.count
        if ofAll >= Limits.openEffects, ofWorker >= Limits.openEffectsBeyond {
            throw Refusal(
                .busy,
                "the outcomes of \(ofAll) effects are not reported yet, the limit is \(Limits.openEffects); try again when "
                    + "some have ended, and decide those that are in doubt (“kip effects list --state uncertain”)")
        }
    }

    /// One of the messages that bring an intent is no longer on its way to the disk.
    mutating func arrived(_ intent: EffectIntent) -> Intent? {
        openEffects.update(intent.key, of: intent.job) { $0.pending -= 1 }
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
            let refusal = Refusal(
                .storage,
                "the intent of effect “\(intent.key)” is on disk, but the journal outside of the database cannot be written yet: the handler may not begin, and asks again by itself"
            )
            effects.append(.send(WireMessage(refusal.wire, request: request.number), to: request.peer))
            return
        }
        if case .effectInDoubt(let job, let lane) = outcome {
            openEffects.close(intent.key, of: intent.job)
            let isShown = job == intent.job || isVisible(lane, to: request.peer)
            let answer = Self.standing(.inDoubt, request, job: isShown ? job.description : "")
            effects.append(.send(answer, to: request.peer))
            return
        }
        guard case .standing(let standing) = outcome else { return }
        switch standing {
        case .begun:
            openEffects.update(intent.key, of: intent.job) { $0.isWritten = true }
            if holds(intent.job, intent.attempt, intent.worker.id) {
                openEffects.update(intent.key, of: intent.job) { $0.isTold = true }
                effects.append(.send(Self.standing(.begun, request), to: request.peer))
            } else {
                // The lease ended meanwhile. Where nobody was told to begin, in no session, nothing happened.
                effects.append(.send(Self.standing(.void, request), to: request.peer))
                if open?.isIdle == true { withdraw(intent, at: now) }
            }
        case .done(let receipt):
            openEffects.close(intent.key, of: intent.job)
            effects.append(.send(Self.standing(.done, request, receipt: receipt), to: request.peer))
        case .inDoubt(let job):
            openEffects.close(intent.key, of: intent.job)
            effects.append(.send(Self.standing(.inDoubt, request, job: job), to: request.peer))
        case .void: break
        }
    }

    /// Whether a peer may see jobs of a lane; a job that is gone is seen only by those who may see all.
    private func isVisible(_ lane: Lane?, to peer: Peer) -> Bool {
        guard let visible = peer.visibleJobs else { return true }
        return lane.map(visible.includes) ?? false
    }

    /// A message that brought an intent was not written.
    mutating func lost(_ intent: EffectIntent, at now: Timestamp) {
        guard let open = arrived(intent), open.isIdle else { return }
        if open.isWritten { withdraw(intent, at: now) } else { openEffects.close(intent.key, of: intent.job) }
    }

    private mutating func withdraw(_ intent: EffectIntent, at now: Timestamp) {
        let word = EffectWord(
            key: intent.key, settlement: .undone,
            speaker: .handler(intent.job, attempt: intent.attempt, worker: intent.worker), at: now)
        write(word, .effectSettled(nil, word))
    }

    /// The outcome of an effect, reported by the handler or by a reconciler. A handler's report is accepted only from the
    /// worker that began the effect, also if the job has since been leased to another worker. A reconciler's is accepted in
    /// the session in which it was asked, if its key may look up that effect.
    mutating func take(
        _ settle: WireSettleEffect, _ payloads: [[UInt8]], _ request: Request, at now: Timestamp
    ) throws(Refusal) {
        let worker = try known(settle.workerID, settle.session, request)
        if let heldBecause { throw Refusal(.storage, heldBecause) }
        let id = try Self.id(settle.jobID)
        if settle.reconciled {
            // A reconciler that cannot tell (yet) is asked again later; one that was not asked is not heard.
            guard settle.settlement == .done || settle.settlement == .undone else { return }
            let isAsked =
                doubts[settle.key]?.asked[worker] == settle.session
                && request.peer.identity?.rights.mayAct(on: settle.key) ?? true
            guard isAsked || settings.broken == .hearsUnasked else { return }
        }
        let settlement = try Self.settlement(settle.settlement, payloads)
        do throws(Refusal) {
            try checkRoom(for: settlement, of: request.peer)
        } catch {
            // A reconciler waits for no answer; it is asked again.
            if settle.reconciled { return }
            throw error
        }
        let attempt = Int(settle.attempt)
        let reporter = EffectWorker(id: worker, credential: request.peer.identity?.credential)
        let word = EffectWord(
            key: settle.key, settlement: settlement,
            speaker: settle.reconciled
                ? .reconciler(id, attempt: attempt, worker: reporter)
                : .handler(id, attempt: attempt, worker: reporter), at: now)
        write(word, .effectSettled(settle.reconciled ? nil : request, word))
    }

    private mutating func write(_ word: EffectWord, _ continuation: Continuation) {
        pendingReceiptBytes += word.receiptBytes
        batch.append(.settleEffect(word))
        promises.continuations.append(continuation)
    }

    /// Refuses a receipt while too many bytes of receipts are uncommitted: the journal writes a batch as one line.
    private func checkRoom(for settlement: EffectSettlement, of peer: Peer) throws(Refusal) {
        try checkRoom(for: peer)
        guard case .done(let receipt) = settlement, pendingReceiptBytes + receipt.count > Limits.pendingReceiptBytes
        else {
            return
        }
        throw Refusal(
            .busy,
            "\(pendingReceiptBytes) bytes of receipts wait for the disk; nothing was stored, try again in a moment")
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
        try checkRoom(for: settlement, of: request.peer)
        let word = EffectWord(key: resolve.key, settlement: settlement, speaker: .person(resolve.by), at: now)
        write(word, .effectResolved(request, word))
    }

    /// The word is on disk, or did not count.
    mutating func settled(_ word: EffectWord, _ outcome: WriteOutcome?) -> Bool {
        pendingReceiptBytes -= word.receiptBytes
        guard case .settled = outcome else { return false }
        doubts[word.key] = nil
        if case .handler(let id, _, _) = word.speaker { openEffects.close(word.key, of: id) }
        return true
    }

    /// The job runs no more: its open effects are in doubt, and whoever can look is asked to.
    mutating func doubt(_ id: JobID) {
        for (key, intent) in openEffects.removeAll(of: id) { addDoubt(key, of: id, attempt: intent.attempt) }
    }

    /// Only a reconciler or a person can tell of an effect: one is asked at once.
    mutating func addDoubt(_ key: String, of job: JobID, attempt: Int) {
        doubts[key] = Doubt(job: job, attempt: attempt)
        ask(about: key, at: steady)
    }

    // MARK: Reconcilers

    /// Effects that one round asks about: more messages than a worker's connection holds would end it.
    static let asksPerRound = 100
    /// The pause after such a round, in milliseconds.
    private static let askPause: Int64 = 20
    /// Effects whose question a worker that comes can bring forward, and keys that are looked at to find them: some
    /// milliseconds. The others are asked about when their time has come.
    private static let askedSooner = 10_000
    private static let comparedAtOnce = 10_000

    /// When a reconciler is asked next; nil = there is nothing to ask.
    var nextAsk: SteadyTime? {
        doubtDeadlines.next.map { next in askPausedUntil.map { max($0, next) } ?? next }
    }

    mutating func askReconcilers(_ effects: inout [Effect]) {
        guard heldBecause == nil, let due = nextAsk, due <= steady else { return }
        askPausedUntil = nil
        var asked = 0
        while let (key, number) = doubtDeadlines.popFirst(upTo: steady) {
            guard let doubt = doubts[key], doubt.deadline == number else { continue }
            ask(doubt, key, &effects)
            asked += 1
            if asked == Self.asksPerRound {
                askPausedUntil = steady.advanced(byMilliseconds: Self.askPause)
                return
            }
        }
    }

    private mutating func ask(_ doubt: Doubt, _ key: String, _ effects: inout [Effect]) {
        var doubt = doubt
        if let worker = reconciler(of: key), let peer = workers[worker]?.peer {
            doubt.asked[worker] = workers[worker]?.session
            var ask = WireReconcileEffect()
            ask.key = key
            ask.jobID = doubt.job.description
            ask.attempt = Int32(clamping: doubt.attempt)
            effects.append(.send(WireMessage(.reconcileEffect(ask)), to: peer))
        }
        let wait = min(Self.longestAsk, Self.firstAsk << min(20, doubt.asks))
        doubt.asks += 1
        doubts[key] = doubt
        ask(about: key, at: steady.advanced(byMilliseconds: wait))
    }

    private mutating func ask(about key: String, at time: SteadyTime) {
        doubts[key]?.deadline = doubtDeadlines.add(key, at: time)
        if doubtDeadlines.count > 2 * doubts.count + 1_024 {
            doubtDeadlines.keep { doubts[$0]?.deadline == $1 }
        }
    }

    /// A worker that can look up the key; they take turns.
    private mutating func reconciler(of key: String) -> String? {
        for step in 0..<workerOrder.count {
            let place = (reconcilerTurn + step) % workerOrder.count
            guard let worker = workers[workerOrder[place]], worker.isThere,
                worker.reconciles.cover(key)
            else { continue }
            reconcilerTurn = place + 1
            return worker.id
        }
        return nil
    }

    /// A worker that can look has come: what it may know is asked at once.
    mutating func askSooner(_ prefixes: ReconcilePrefixes) {
        guard !prefixes.isEmpty else { return }
        let known = doubts.keys.prefix(Self.comparedAtOnce).lazy.filter { prefixes.cover($0) }
        for key in Array(known.prefix(Self.askedSooner)) { ask(about: key, at: steady) }
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
