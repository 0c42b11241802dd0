import KipCore
import KipStore

extension BrokerCore {
    /// Jobs that one step looks at: so few that nobody waits for it.
    private static let prunedAtOnce = 2_000
    /// Between two steps of a round, and between two rounds, in milliseconds.
    private static let nextStep: Int64 = 500
    private static let nextRound: Int64 = 600_000

    /// Takes ended jobs away that are kept no longer, a few at a time.
    mutating func pruneByClock(at now: Timestamp) {
        guard heldBecause == nil, let due = nextPrune, due <= steady else { return }
        nextPrune = nil
        let kept = [
            (states: [JobState.succeeded, .cancelled, .expired], time: settings.keepMilliseconds),
            (states: [.dead], time: settings.keepDeadMilliseconds),
        ].filter { $0.time > 0 }
        for (states, time) in kept {
            batch.append(
                .prune(
                    Pruning(
                        states: states, before: now.advanced(byMilliseconds: -time), now: now,
                        limit: Self.prunedAtOnce, from: prunedTo)))
            promises.continuations.append(.pruned(nil))
        }
    }

    /// An operator takes ended jobs away.
    mutating func take(_ prune: WirePruneJobs, _ request: Request, at now: Timestamp) throws(Refusal) {
        let named = prune.states.compactMap(JobState.init(wire:))
        let states = prune.states.isEmpty ? [JobState.succeeded, .cancelled, .expired] : named
        guard states.count == prune.states.count || prune.states.isEmpty, states.allSatisfy(\.isTerminal) else {
            throw Refusal(
                .invalid, "only ended jobs are taken away: succeeded, cancelled, expired or dead; cancel others first")
        }
        batch.append(
            .prune(
                Pruning(
                    states: states, kind: prune.kind, queue: prune.queue,
                    before: Timestamp(milliseconds: prune.beforeMs), now: now,
                    limit: prune.limit <= 0 ? 1_000 : min(Int(prune.limit), Limits.listRows),
                    from: prune.from.isEmpty ? nil : try Self.id(prune.from))))
        promises.continuations.append(.pruned(request))
    }

    /// Nothing was taken away: the disk may be full.
    mutating func pruneFailed() {
        nextPrune = steady.advanced(byMilliseconds: Self.nextStep * 10)
    }

    mutating func pruned(_ outcome: WriteOutcome?, _ request: Request?, _ effects: inout [Effect]) {
        guard case .pruned(let jobs, let next) = outcome else { return }
        guard let request else {
            // The first prune of a step says how far it has come: the second one, for dead letters, looks farther where the
            // first has taken jobs away.
            guard nextPrune == nil else { return }
            prunedTo = next
            nextPrune = steady.advanced(byMilliseconds: next == nil ? Self.nextRound : Self.nextStep)
            return
        }
        var pruned = WirePruned()
        pruned.jobs = Int64(jobs)
        pruned.next = next?.description ?? ""
        effects.append(.send(WireMessage(.pruned(pruned), request: request.number), to: request.peer))
    }
}
