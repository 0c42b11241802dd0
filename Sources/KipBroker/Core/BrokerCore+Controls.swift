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
        !isKindPaused(lane: index) && mayStart(queue: lanes[index].queue, at: now)
    }

    /// Whether a job of a queue may begin, as far as the queue goes.
    mutating func mayStart(queue index: Int, at now: Timestamp) -> Bool {
        settings.broken == .ignoresControls || queues[index].mayStart(at: now, broken: settings.broken)
    }

    /// Whether an operator has paused the kind of a lane.
    func isKindPaused(lane index: Int) -> Bool {
        lanes[index].isKindPaused && settings.broken != .ignoresControls
    }

    /// A worker begins a job of a lane.
    mutating func noteStart(lane index: Int, by worker: String, at now: Timestamp) {
        let queue = lanes[index].queue
        let tag = queues[queue].tag
        queues[queue].noteStart()
        for served in workers.read(worker, { $0.lanesByQueue }) ?? [] { queues[served.queue].raise(to: tag) }
        if queues[queue].control.rate > 0 { starting[queue, default: 0] += 1 }
    }

    /// The starts of a batch, after all else of it: a claim covers the mutations that follow it, and no start among them.
    mutating func writeStarts() {
        for (queue, jobs) in starting.sorted(by: { $0.key < $1.key }) {
            let control = queues[queue].control
            let since = wall.advanced(byMilliseconds: -control.ratePeriodMilliseconds - Self.longestWrite)
            batch.append(.start(queue: control.name, at: wall, jobs: jobs, since: since))
            promises.starts.append(QueueStarts(queue: control.name, at: wall, jobs: jobs))
        }
        starting = [:]
    }

    /// A batch may have been on its way to the disk for so long, in milliseconds.
    private static let longestWrite: Int64 = 15_000

    /// Starts that the store knows. It knows when each was decided, and its job has begun when that was written: after a
    /// restart it is taken for begun so much later.
    mutating func restore(_ starts: [QueueStarts]) {
        for begun in starts {
            let at = min(max(begun.at, wall), begun.at.advanced(byMilliseconds: Self.longestWrite))
            queues[queueIndex(of: begun.queue)].begun(begun.jobs, at: at)
        }
    }

    /// A worker takes lanes that it did not take before: none of their queues has credit for the time before that.
    mutating func level(_ worker: String) {
        let served = (workers[worker]?.lanesByQueue ?? []).map(\.queue)
        guard let floor = served.map({ queues[$0].floor }).max() else { return }
        for queue in served { queues[queue].raise(to: floor) }
    }

    /// Some queue has a rate: without, nobody walks through them for it.
    var hasRates: Bool { ratedQueues > 0 }

    /// When a rate lets a waiting job begin.
    var nextRatedStart: Timestamp? {
        guard hasRates else { return nil }
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
        let name = ControlName(scope: wire.scope == .kind ? .kind : .queue, name: wire.name)
        // What is said now adds to what stands, and what stands is known when the word before is on disk, or is not.
        if saying.contains(name) {
            throw Refusal(
                .busy, "another word on \(name.scope) “\(name.name)” is on its way to the disk; try again in a moment")
        }
        if controls[name] == nil, controls.count + saying.count >= Limits.policies {
            throw Refusal(
                .tooLarge,
                "\(controls.count) queues and kinds have a policy, the limit is \(Limits.policies); nothing was changed"
            )
        }
        var control = controls[name] ?? Control(name.scope, name.name)
        try control.change(wire, at: now)
        batch.append(.control(control))
        saying.insert(name)
        promises.continuations.append(.controlled(request, control))
    }

    /// What was said is on disk.
    mutating func apply(_ control: Control) {
        let name = ControlName(control)
        saying.remove(name)
        let before = controls.updateValue(control, forKey: name)
        ratedQueues += (control.rate > 0 ? 1 : 0) - (before?.rate ?? 0 > 0 ? 1 : 0)
        lengthLimitedQueues += (control.mostWaiting > 0 ? 1 : 0) - (before?.mostWaiting ?? 0 > 0 ? 1 : 0)
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
        saying.remove(ControlName(control))
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
