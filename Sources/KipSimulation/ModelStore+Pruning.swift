import KipBroker
import KipCore
import KipStore

extension ModelStore {
    /// As `JobStore` does with a pruning.
    mutating func prune(_ pruning: Pruning) -> WriteOutcome {
        let following = rows.ids.filter { id in pruning.from.map { id > $0 } ?? true }
        var bytes = 0
        let looked = Array(
            following.prefix(pruning.limit).prefix { id in
                if bytes >= pruning.bytes { return false }
                bytes += (rows[id]?.job.payload.count ?? 0) + (rows[id]?.result.count ?? 0)
                return true
            })
        let isAll = looked.count == following.count && looked.count < pruning.limit
        let gone = looked.filter { isPruned($0, pruning) }
        for id in gone { takeAway(id, at: pruning.now) }
        return .pruned(jobs: gone.count, next: isAll ? nil : looked.last)
    }

    private func isPruned(_ id: JobID, _ pruning: Pruning) -> Bool {
        guard let row = rows[id], row.state.isTerminal, pruning.states.contains(row.state) else { return false }
        if prunesTooMuch { return true }
        guard let endedAt = row.endedAt, pruning.kind.isEmpty || pruning.kind == row.lane.kind,
            pruning.queue.isEmpty || pruning.queue == row.lane.queue
        else { return false }
        let keep = row.conditions.keepMilliseconds
        let isOld = keep == 0 ? endedAt < pruning.before : endedAt.advanced(byMilliseconds: keep) < pruning.now
        return isOld && openEffects(of: id).isEmpty && isReadByNobody(id) && !untold.contains { $0.id == id }
    }

    /// Nothing that came after it has still to run.
    func isReadByNobody(_ id: JobID) -> Bool {
        (families[id] ?? []).allSatisfy { rows[$0]?.state.isTerminal ?? true }
    }

    private mutating func takeAway(_ id: JobID, at now: Timestamp) {
        guard let row = rows[id] else { return }
        takenAway.append((row, !isReadByNobody(id)))
        rows[id] = nil
        for parent in row.parents { families[parent.id]?.remove(id) }
        if let key = row.conditions.concurrencyKey { placed[key]?.remove(id) }
        if let key = row.uniqueKey, let holder = keys[key], holder.job == id, let until = holder.until, until <= now {
            keys[key] = nil
        }
    }

    /// What a handler reads of the jobs that its own came after.
    func parentResults(of id: JobID, request: UInt64) -> WireMessage {
        var answer = WireParentResults()
        var results: [[UInt8]] = []
        for parent in rows[id]?.parents ?? [] {
            var wire = WireParentResults.Parent()
            wire.id = parent.id.description
            wire.state = rows[parent.id]?.state.wire ?? .unspecified
            answer.parents.append(wire)
            results.append(rows[parent.id]?.result ?? [])
        }
        return WireMessage(.parentResults(answer), request: request, payloads: results)
    }
}
