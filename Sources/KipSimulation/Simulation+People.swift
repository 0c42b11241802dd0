import KipCore
import KipStore

/// People who decide what the queue leaves to them.
extension Simulation {
    /// A person who looks after what waits for one: at times while things go wrong, and to the end when they do not.
    mutating func decide() {
        looks += 1
        var dice = dice(.person, UInt64(looks))
        // A person decides even if enqueuing fails because the queue is full.
        guard isCalm || dice.percent(20), clients[0].wishes.values.count(where: \.jobs.isEmpty) < 20 else { return }
        var wishes: [SimulatedClient.Wish] = []
        for id in store.rows.inState(.quarantined).map(\.job.id).sorted() {
            if journals.unproven.contains(id) || store.unprovenFirings.contains(id) {
                if let wish = decision(aboutUnproven: id) { wishes.append(wish) }
            } else {
                wishes.append(Self.retry(id, by: "a person"))
            }
        }
        for id in store.rows.inState(.held).map(\.job.id).sorted() { wishes.append(Self.release(id)) }
        if isCalm {
            let hostile = store.rows.values.filter { $0.lane.kind == HostilePeer.kind && !$0.state.isTerminal }
            if !hostile.isEmpty {
                var cancel = WireCancelJobs()
                cancel.ids = hostile.map(\.job.id).sorted().map(\.description)
                wishes.append(.other(.cancelJobs(cancel)))
            }
            for (scope, name) in [(WireControl.Scope.queue, "narrow"), (.kind, "b")]
            where store.controls().contains(where: { $0.name == name && $0.isPaused }) {
                wishes.append(resumption(scope, name))
            }
        }
        for effect in store.openEffects() where effect.isUncertain && isCalm {
            guard let found = finding(effect.key, HandlerID(job: effect.job, attempt: Int32(effect.attempt))) else {
                continue
            }
            var resolve = WireResolveEffect()
            resolve.key = effect.key
            resolve.by = "a person"
            resolve.settlement = found == .undone ? .undone : .done
            wishes.append(.other(.resolveEffect(resolve), [Array(effect.key.utf8)], repeatable: false))
        }
        if !wishes.isEmpty { wish(wishes, of: 0) }
    }
}
