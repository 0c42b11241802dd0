import KipCore

/// A handler's word about an effect, on its way to the broker's disk.
package struct EffectAsk: Sendable {
    package enum Word: Sendable {
        case begin
        case settle(EffectSettlement)
    }

    /// Who waits for the answer.
    package var number: UInt64
    package var job: JobID
    package var attempt: Int32
    package var key: String
    package var word: Word

    package init(number: UInt64, job: JobID, attempt: Int32, key: String, word: Word) {
        self.number = number
        self.job = job
        self.attempt = attempt
        self.key = key
        self.word = word
    }

    var isBeginning: Bool { if case .begin = word { true } else { false } }
}

/// What the broker answered.
package enum EffectAnswer: Sendable, Equatable {
    case standing(EffectStanding)
    /// What the handler said is on disk.
    case settled
    /// The job is in other hands, or the effect was decided otherwise.
    case void
    /// The broker will not have it, and why.
    case refused(String)
}

/// An effect that a reconciler should look for.
package struct EffectInDoubt: Sendable, Equatable {
    package var key: String
    package var job: JobID
    /// The attempt that began it.
    package var attempt: Int32

    init?(_ wire: WireReconcileEffect) {
        guard let job = JobID(wire.jobID) else { return nil }
        self.job = job
        key = wire.key
        attempt = wire.attempt
    }
}

extension WorkerMachine {
    /// What a message of that number asked about an effect.
    package func question(_ request: UInt64) -> EffectAsk? { askedBy[request].flatMap { asks[$0] } }

    /// A word is said again until it is answered, in this session or the next ones.
    mutating func take(_ ask: EffectAsk, _ actions: inout [Action]) {
        if ask.isBeginning, held[ask.job] != ask.attempt || unrecorded[ask.job] != nil {
            actions.append(.answer(.void, to: ask.number))
            return
        }
        if ask.isBeginning, !begun[ask.job, default: []].insert(ask.key).inserted {
            actions.append(.answer(.standing(.inDoubt(job: ask.job.description)), to: ask.number))
            return
        }
        asks[ask.number] = ask
        send(ask, &actions)
    }

    mutating func sendAsks(_ actions: inout [Action]) {
        askedBy = [:]
        for ask in asks.values.sorted(by: { $0.number < $1.number }) { send(ask, &actions) }
    }

    private mutating func send(_ ask: EffectAsk, _ actions: inout [Action]) {
        guard let session else { return }
        nextMessage += 1
        askedBy[nextMessage] = ask.number
        switch ask.word {
        case .begin:
            var begin = WireBeginEffect()
            begin.workerID = hello.workerID
            begin.session = session
            begin.jobID = ask.job.description
            begin.attempt = ask.attempt
            begin.key = ask.key
            actions.append(.send(WireMessage(.beginEffect(begin), request: nextMessage)))
        case .settle(let settlement):
            let effect = (ask.key, ask.job, ask.attempt)
            actions.append(.send(message(effect, settlement, isReconciled: false, session, request: nextMessage)))
        }
    }

    /// What a reconciler found. Where it is lost, the broker asks again.
    mutating func tell(_ effect: EffectInDoubt, _ settlement: EffectSettlement?, _ actions: inout [Action]) {
        guard let session else { return }
        let known = (effect.key, effect.job, effect.attempt)
        actions.append(.send(message(known, settlement, isReconciled: true, session, request: 0)))
    }

    private func message(
        _ effect: (key: String, job: JobID, attempt: Int32), _ settlement: EffectSettlement?, isReconciled: Bool,
        _ session: UInt64, request: UInt64
    ) -> WireMessage {
        var settle = WireSettleEffect()
        settle.workerID = hello.workerID
        settle.session = session
        settle.jobID = effect.job.description
        settle.attempt = effect.attempt
        settle.key = effect.key
        settle.reconciled = isReconciled
        var receipt: [UInt8] = []
        switch settlement {
        case .done(let bytes):
            settle.settlement = .done
            receipt = bytes
        case .undone: settle.settlement = .undone
        case nil: settle.settlement = .unknown
        }
        return WireMessage(.settleEffect(settle), request: request, payloads: [receipt])
    }

    mutating func take(
        _ standing: WireEffectStanding, _ payloads: [[UInt8]], _ request: UInt64, _ actions: inout [Action]
    ) {
        guard let number = askedBy.removeValue(forKey: request), let ask = asks.removeValue(forKey: number) else {
            return
        }
        if standing.standing != .begun { close(ask) }
        let answer: EffectAnswer =
            switch standing.standing {
            case .begun: .standing(.begun)
            case .done: .standing(.done(receipt: payloads.first ?? []))
            case .inDoubt: .standing(.inDoubt(job: standing.jobID))
            case .settled: .settled
            case .void, .unspecified, .UNRECOGNIZED: .void
            }
        actions.append(.answer(answer, to: number))
    }

    /// The handler may begin the key anew.
    private mutating func close(_ ask: EffectAsk) {
        begun[ask.job]?.remove(ask.key)
        if begun[ask.job]?.isEmpty == true { begun[ask.job] = nil }
    }

    /// A broker that cannot write now is asked again; what it will never take, the handler is told.
    mutating func refusedAsk(
        _ number: UInt64, _ refused: WireRefused, at now: SteadyTime, _ actions: inout [Action]
    ) {
        guard let ask = asks[number] else { return }
        if [Refusal.Code.storage.rawValue, Refusal.Code.busy.rawValue].contains(refused.code) {
            askAgainAt = now.advanced(byMilliseconds: Self.askAgainAfter)
        } else {
            actions.append(.note(.refused(refused.message)))
            asks[number] = nil
            close(ask)
            actions.append(.answer(.refused(refused.message), to: number))
        }
    }
}
