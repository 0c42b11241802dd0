import KipCore
import KipStore

extension ModelStore {
    /// An effect as it stands on disk.
    public struct Effect: Sendable, Equatable {
        /// Whose it is.
        public var job: JobID
        /// The attempt that began it.
        public var attempt: Int
        /// The worker that began it.
        public var worker: EffectWorker
        /// How it stands.
        public var state: WireEffectState
        /// What was kept of it.
        public var receipt: [UInt8] = []
    }

    mutating func write(_ park: Mutation.Park, _ freed: inout Freed) {
        guard runs(park.id, park.attempt) else { return }
        rows[park.id]?.state = park.state
        rows[park.id]?.job.setbacks = park.setbacks
        rows[park.id]?.moments.append(park.at)
        if forgetsLosses { rows[park.id]?.job.setbacks.losses = 0 }
        end(park.id, park.attempt)
        left(park.id, at: park.at, &freed)
        guard park.state == .uncertain else { return }
        doubtEffects(of: park.id)
        free(park.id, at: park.at, &freed)
    }

    mutating func begin(_ intent: EffectIntent) -> WriteOutcome {
        if forgetsIntents { return .standing(.begun) }
        if let present = effects[intent.key], present.state != .effectUndone {
            if present.state == .effectDone { return .standing(.done(receipt: present.receipt)) }
            let isSame = present.job == intent.job && present.attempt == intent.attempt
            if isSame, present.state == .effectBegun { return .standing(.begun) }
            return .effectInDoubt(job: present.job, lane: rows[present.job]?.lane)
        }
        effects[intent.key] = Effect(
            job: intent.job, attempt: intent.attempt, worker: intent.worker, state: .effectBegun)
        entries.append(
            JournalEntry(
                what: "effect-begun", key: intent.key, job: intent.job.description, attempt: intent.attempt,
                by: intent.worker.id, worker: intent.worker))
        return .standing(.begun)
    }

    mutating func settle(_ word: EffectWord, _ freed: inout Freed) -> WriteOutcome {
        if forgetsIntents { return .settled }
        guard let present = effects[word.key] else { return .unchanged }
        let owner = EffectOwner(
            job: present.job, attempt: present.attempt, worker: present.worker.id,
            publicKey: present.worker.credential?.publicKey ?? "")
        switch EffectRule.judge(word, of: owner, in: present.state) {
        case .stands: return .settled
        case .refused: return .unchanged
        case .accepted: break
        }
        if case .done(let receipt) = word.settlement {
            effects[word.key]?.state = .effectDone
            effects[word.key]?.receipt = receipt
        } else {
            effects[word.key]?.state = .effectUndone
        }
        let isUndone = effects[word.key]?.state == .effectUndone
        entries.append(
            JournalEntry(
                what: isUndone ? "effect-undone" : "effect-done", key: word.key, job: present.job.description,
                attempt: present.attempt, by: word.by, worker: word.worker))
        let isFree = free(present.job, at: word.at, &freed)
        if word.isDecision || isFree { rows[present.job]?.moments.append(word.at) }
        return .settled
    }

    @discardableResult
    private mutating func free(_ id: JobID, at now: Timestamp, _ freed: inout Freed) -> Bool {
        guard let row = rows[id], row.state == .uncertain, openEffects(of: id).isEmpty else { return false }
        rows[id]?.state = .available
        rows[id]?.runAt = now
        rows[id]?.worker = nil
        arrive(id, at: now, &freed)
        return true
    }

    private func isOpen(_ effect: Effect, of id: JobID) -> Bool {
        effect.job == id && (effect.state == .effectBegun || effect.state == .effectUncertain)
    }

    /// The keys of a job's effects that are begun or in doubt.
    func openEffects(of id: JobID) -> [String] {
        effects.filter { isOpen($0.value, of: id) }.map(\.key).sorted()
    }

    mutating func doubtEffects(of id: JobID) {
        for (key, effect) in effects where effect.job == id && effect.state == .effectBegun {
            effects[key]?.state = .effectUncertain
        }
    }

    /// As `JobStore.openEffects`.
    public func openEffects() -> [OpenEffect] {
        effects.filter { isOpen($0.value, of: $0.value.job) }.map { key, effect in
            OpenEffect(
                key: key, job: effect.job, attempt: effect.attempt, isUncertain: effect.state == .effectUncertain)
        }.sorted { $0.key < $1.key }
    }
}
