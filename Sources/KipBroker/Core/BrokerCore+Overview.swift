import KipCore
import KipStore

/// How the broker does, from what it knows by heart: the question reads no disk, and costs what there are lanes. A key
/// with limits sees its own queues and workers; one that is limited to kinds sees of a queue only what waits, as the
/// other figures are those of all kinds.
extension BrokerCore {
    func overview(_ request: Request, at now: Timestamp) -> WireMessage {
        var lines: [String: WireOverview.Line] = [:]
        let visible = request.peer.visibleJobs
        for queue in tempo.queues where visible?.includes(queue: queue.queue) ?? true {
            lines[queue.queue] = visible?.kinds.isEmpty ?? true ? line(queue) : WireOverview.Line()
        }
        for window in lanes where visible.includes(window.lane) {
            add(window, at: now, to: &lines[window.lane.queue, default: WireOverview.Line()])
        }
        var overview = WireOverview()
        overview.lines = lines.sorted { $0.key < $1.key }.map { queue, line in
            var line = line
            line.queue = queue
            line.paused = controls[ControlName(scope: .queue, name: queue)]?.isPaused ?? false
            return line
        }
        overview.workers =
            visible == nil
            ? Int64(workers.count)
            : Int64(workerOrder.count { workers[$0].map { isListed($0, for: request.peer) } ?? false })
        overview.unserved = unserved(at: now, visible: visible)
        overview.heldBecause = heldBecause ?? ""
        overview.uptimeMs = now.milliseconds(since: startedAt)
        return WireMessage(.overview(overview), request: request.number)
    }

    private func line(_ queue: QueueTempo) -> WireOverview.Line {
        let figures = queue.figures(at: steady)
        var line = WireOverview.Line()
        line.running = Int64(queue.running)
        line.started = Int64(figures.started)
        line.succeeded = Int64(figures.succeeded)
        line.failed = Int64(figures.failed)
        line.waitP50Ms = figures.waits.percentile(50) ?? 0
        line.waitP99Ms = figures.waits.percentile(99) ?? 0
        return line
    }

    private func add(_ window: LaneWindow, at now: Timestamp, to line: inout WireOverview.Line) {
        line.waiting += Int64(window.countInMemory)
        if window.hasMore { line.waitingIsMore = true }
        guard let since = window.waitsSince else { return }
        line.oldestWaitingMs = max(line.oldestWaitingMs, now.milliseconds(since: since))
    }
}

extension LaneWindow {
    /// Since when the first one may run that has waited longest: of each priority the first is looked at, so that what
    /// starves behind others is seen. nil = none waits in memory.
    var waitsSince: Timestamp? {
        var since = isolatedJobs.first?.runAt
        for level in levels {
            guard let first = level.jobs.first?.runAt else { continue }
            since = min(since ?? first, first)
        }
        return since
    }
}

extension Mutation {
    /// How an attempt ends with it; nil = none does.
    var ending: Ending? {
        switch self {
        case .finish(let finish): finish.state == .succeeded ? .succeeded : .failed
        case .again(let again): ["failed", "worker lost"].contains(again.outcome) ? .failed : .postponed
        case .park: .failed
        default: nil
        }
    }
}
