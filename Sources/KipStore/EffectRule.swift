import KipCore

/// Whose word about an effect counts, and when. Every store goes by it.
public enum EffectRule {
    /// What becomes of a word.
    public enum Judgement: Sendable, Equatable {
        /// It is written.
        case accepted
        /// The same stands there already.
        case stands
        /// It does not count. It may be a contradiction: a handler says “done” of what was decided otherwise. The store
        /// records that if the worker ran that attempt.
        case refused(isContradiction: Bool)
    }

    /// Judges a word.
    /// - Parameters:
    ///   - owner: the job, the attempt and the worker whose effect it is now.
    ///   - state: how the effect stands.
    public static func judge(
        _ word: EffectWord, of owner: EffectOwner, in state: WireEffectState
    ) -> Judgement {
        let isDone = if case .done = word.settlement { true } else { false }
        switch word.speaker {
        case .handler(let job, let attempt, let worker):
            guard job == owner.job, attempt == owner.attempt, owner.isSame(as: worker) else {
                return .refused(isContradiction: isDone)
            }
            switch state {
            case .effectBegun, .effectUncertain: return .accepted
            case .effectDone: return isDone ? .stands : .refused(isContradiction: false)
            // Decided to be undone, and nobody has begun anew: the handler knows better.
            case .effectUndone: return isDone ? .accepted : .stands
            case .unspecified, .UNRECOGNIZED: return .refused(isContradiction: false)
            }
        case .reconciler(let job, let attempt, _):
            guard job == owner.job, attempt == owner.attempt, state == .effectUncertain else {
                return .refused(isContradiction: false)
            }
            return .accepted
        case .person:
            return state == .effectUncertain ? .accepted : .refused(isContradiction: false)
        }
    }
}
