import KipCore

/// Lists that the router thread makes from what the core has in memory; the store makes the others.
extension WireMessage {
    /// Whether it asks for one.
    var asksForComputedList: Bool {
        guard hot == nil else { return false }
        switch rareBody {
        case .readOverview, .listWorkers, .listKinds, .listControls: return true
        case .applyScheduleSet(let apply): return apply.dryRun
        default: return false
        }
    }

    /// Whether it is one.
    var isComputedList: Bool {
        guard hot == nil else { return false }
        switch rareBody {
        case .overview, .workerList, .kindList, .controlList, .scheduleList: return true
        default: return false
        }
    }
}
