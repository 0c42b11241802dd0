import KipCore
import KipStore

/// Jobs whose time has come: the disk makes them available, a page at a time.
extension BrokerCore {
    /// Jobs that become available, or are found to be late, in one step: others wait for the disk meanwhile.
    private static let promotedAtOnce = 1_000
    /// In milliseconds.
    private static let promotionPause: Int64 = 50

    mutating func promoteWhatIsDue(at now: Timestamp, _ effects: inout [Effect]) {
        guard heldBecause == nil, let due = nextDue, due <= now, !promoting else { return }
        promoting = true
        effects.append(.promote(limit: Self.promotedAtOnce))
    }

    /// The disk has made them available, or has failed to.
    mutating func promoted(_ promotion: Promotion?, at now: Timestamp) {
        promoting = false
        guard let promotion else {
            nextDue = now.advanced(byMilliseconds: 1_000)
            return
        }
        nextDue = promotion.next
        for lane in promotion.lanes { lanes[index(of: lane)].becameReady() }
        guard heldBecause == nil else { return }
        let known = lateJobs.found
        expire(promotion.late)
        if !lateJobs.isEmpty, lateJobs.found == known, let next = nextDue {
            // The disk names those again that are about to end there.
            nextDue = max(next, now.advanced(byMilliseconds: Self.promotionPause))
        }
    }
}
