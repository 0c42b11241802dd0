import KipCore
import KipStore

/// An operator's pruning, which looks at its jobs in pages.
struct OperatorPruning: Sendable {
    let request: Request
    /// The present page.
    var page: Pruning
    /// Jobs that are to be looked at after it.
    var left: Int
    /// Jobs that are gone so far.
    var jobs = 0
}

extension BrokerCore {
    /// Jobs that one step looks at, and their bytes: few, so that other requests are not delayed.
    private static let prunedAtOnce = 500
    private static let prunedBytesAtOnce = 4 << 20
    /// Between two steps of a round, and between two rounds, in milliseconds.
    private static let nextStep: Int64 = 125
    private static let nextRound: Int64 = 600_000

    /// Takes ended jobs away that are kept no longer, a few at a time.
    mutating func pruneByClock(at now: Timestamp) {
        guard heldBecause == nil, let due = nextPrune, due <= steady else { return }
        nextPrune = nil
        let kept = [
            (states: [JobState.succeeded, .cancelled, .expired], time: settings.keepMilliseconds),
            (states: [.dead], time: settings.keepDeadMilliseconds),
        ]
        for (states, time) in kept {
            // Where they are kept for ever, those go that say themselves how long.
            let before = time > 0 ? now.advanced(byMilliseconds: -time) : Timestamp(milliseconds: .min)
            batch.append(
                .prune(
                    Pruning(
                        states: states, before: before, now: now, limit: Self.prunedAtOnce,
                        bytes: Self.prunedBytesAtOnce, from: prunedTo)))
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
        let page = Pruning(
            states: states, kind: prune.kind, queue: prune.queue,
            before: Timestamp(milliseconds: prune.beforeMs), now: now, limit: 0, bytes: Self.prunedBytesAtOnce,
            from: prune.from.isEmpty ? nil : try Self.id(prune.from))
        // An asker without a waiting pruning may add one even if the limit is reached by others.
        let asker = Asker(request.peer)
        if prunings.count >= Limits.waitingPrunings, prunings.has(asker) {
            throw Refusal(.busy, "\(prunings.count) prunings wait; nothing was taken away, try again in a moment")
        }
        prunings.append(
            OperatorPruning(request: request, page: page, left: prune.limit == 0 ? 1_000 : Int(prune.limit)), of: asker)
    }

    /// Writes one page of one pruning if none is on its way to the disk: what others want is written between two of them.
    mutating func writePruningPage() {
        guard !isPruningUnderway, var pruning = prunings.popFirst() else { return }
        isPruningUnderway = true
        pruning.page.limit = min(pruning.left, Self.prunedAtOnce)
        pruning.left -= pruning.page.limit
        batch.append(.prune(pruning.page))
        promises.continuations.append(.pruned(pruning))
    }

    /// Nothing was taken away: the disk may be full. An operator's pruning ends here.
    mutating func pruneFailed(_ pruning: OperatorPruning?) {
        guard pruning == nil else { return isPruningUnderway = false }
        nextPrune = steady.advanced(byMilliseconds: Self.nextStep * 10)
    }

    mutating func pruned(_ outcome: WriteOutcome?, _ pruning: OperatorPruning?, _ effects: inout [Effect]) {
        if pruning != nil { isPruningUnderway = false }
        guard case .pruned(let jobs, let next) = outcome else { return }
        guard var pruning else {
            // The first prune of a step says how far it has come: the second one, for dead letters, looks farther where the
            // first has taken jobs away.
            guard nextPrune == nil else { return }
            prunedTo = next
            nextPrune = steady.advanced(byMilliseconds: next == nil ? Self.nextRound : Self.nextStep)
            return
        }
        pruning.jobs += jobs
        if next != nil, pruning.left > 0 {
            pruning.page.from = next
            return prunings.append(pruning, of: Asker(pruning.request.peer))
        }
        var pruned = WirePruned()
        pruned.jobs = Int64(pruning.jobs)
        pruned.next = next?.description ?? ""
        effects.append(.send(WireMessage(.pruned(pruned), request: pruning.request.number), to: pruning.request.peer))
    }
}
