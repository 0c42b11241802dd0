import KipCore
import KipStore

extension BrokerCore {
    /// The place of a queue, which is made where it is new.
    mutating func queueIndex(of name: String) -> Int {
        if let index = queueIndexes[name] { return index }
        queues.append(QueueShare(name))
        queueIndexes[name] = queues.count - 1
        return queues.count - 1
    }

    /// Whether a job of a lane may begin.
    mutating func mayStart(lane index: Int, at now: Timestamp) -> Bool {
        if settings.broken == .ignoresControls { return true }
        return !lanes[index].isKindPaused && queues[lanes[index].queue].mayStart(at: now)
    }

    /// A worker begins a job of a lane.
    mutating func noteStart(lane index: Int, by worker: String, at now: Timestamp) {
        let queue = lanes[index].queue
        let tag = queues[queue].tag
        queues[queue].noteStart(at: now)
        for served in workers[worker]?.lanes ?? [] { queues[lanes[served].queue].raise(to: tag) }
        let control = queues[queue].control
        guard control.rate > 0 else { return }
        let since = now.advanced(byMilliseconds: -control.ratePeriodMilliseconds)
        batch.append(.start(queue: control.name, at: now, jobs: 1, since: since))
    }

    /// A worker takes lanes that it did not take before: none of their queues has credit for the time before that.
    mutating func level(_ worker: String) {
        let served = (workers[worker]?.lanes ?? []).map { lanes[$0].queue }
        guard let floor = served.map({ queues[$0].floor }).max() else { return }
        for queue in served { queues[queue].raise(to: floor) }
    }

    /// When a rate lets a waiting job begin.
    var nextRatedStart: Timestamp? {
        var next: Timestamp?
        for lane in lanes where !lane.isIdle && !lane.isKindPaused {
            if let start = queues[lane.queue].nextStart() { next = min(next ?? start, start) }
        }
        return next
    }

    /// An operator says something of a queue or a kind. It holds from when it is on disk.
    mutating func take(_ change: WireChangeControl, _ request: Request, at now: Timestamp) throws(Refusal) {
        let wire = change.control
        guard !wire.name.isEmpty, wire.name.utf8.count <= Limits.nameBytes else {
            throw Refusal(.invalid, "the control names no queue or kind, or one that is too long")
        }
        var control = control(wire.scope == .kind ? .kind : .queue, wire.name)
        try control.change(wire, at: now)
        batch.append(.control(control))
        // What is said next, before this is on disk, adds to it.
        saying[ControlName(control)] = control
        promises.continuations.append(.controlled(request, control))
    }

    private func control(_ scope: Control.Scope, _ name: String) -> Control {
        let place = ControlName(scope: scope, name: name)
        return saying[place] ?? controls[place] ?? Control(scope, name)
    }

    /// What was said is on disk.
    mutating func apply(_ control: Control) {
        let name = ControlName(control)
        if saying[name] == control { saying[name] = nil }
        controls[name] = control
        switch control.scope {
        case .queue: queues[queueIndex(of: control.name)].control = control
        case .kind:
            for index in lanes.indices where lanes[index].lane.kind == control.name {
                lanes[index].isKindPaused = control.isPaused
            }
        }
    }

    /// What was said could not be written.
    mutating func unsaid(_ control: Control) {
        saying[ControlName(control)] = nil
    }

    func controlList(_ controls: [Control], _ request: Request) -> WireMessage {
        var list = WireControlList()
        list.controls = controls.map(\.wire)
        return WireMessage(.controlList(list), request: request.number)
    }

    var controlsInOrder: [Control] {
        controls.values.sorted { ($0.scope.rawValue, $0.name) < ($1.scope.rawValue, $1.name) }
    }

    /// A new job of a kind whose jobs wait for their release does so.
    func heldByKind(_ draft: JobDraft) -> JobDraft {
        if controls.isEmpty { return draft }
        guard controls[ControlName(scope: .kind, name: draft.kind)]?.holds == true else { return draft }
        var draft = draft
        var conditions = draft.conditions ?? JobConditions()
        conditions.hold = true
        draft.conditions = conditions
        return draft
    }
}

/// Of whom a control speaks.
struct ControlName: Hashable, Sendable {
    var scope: Control.Scope
    var name: String
}

extension ControlName {
    init(_ control: Control) {
        self.init(scope: control.scope, name: control.name)
    }
}
