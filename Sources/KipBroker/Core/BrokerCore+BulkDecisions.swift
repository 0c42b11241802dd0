import KipCore
import KipStore

/// An operator's cancel, retry or release of many jobs.
struct BulkDecision: Sendable {
    enum Action: Sendable {
        case cancel, retry, release
    }

    let request: Request
    let action: Action
    let by: String
    let count: Int
    /// Jobs of the later pages.
    var rest: ArraySlice<JobID>
    /// It has its turn among others, and is not written with what came with it.
    var isQueued: Bool
    /// The outcome of the jobs that have been written.
    var changed = WireChanged()

    /// With whose decisions it takes turns.
    var asker: Asker { Asker(request.peer) }

    /// It need not wait for the pages of others.
    var isSmall: Bool { count <= BrokerCore.jobsDecidedAtOnce }

    /// - Parameter now: the time of writing, not of the request: the clock may be set back while a page waits.
    func mutation(_ id: JobID, at now: Timestamp) -> Mutation {
        switch action {
        case .cancel: .cancel(id, at: now, by: by)
        case .retry: .revive(id, at: now, by: by)
        case .release: .release(id, at: now, by: by)
        }
    }
}

/// Decisions about many jobs are worked off in pages, one in a batch, so that what others want is written between them. A
/// decision about few is one page. The answer comes after the last page.
extension BrokerCore {
    /// Jobs of one page: some 2 ms of writing, for which every other request waits.
    static let jobsPerPage = 5
    /// Jobs that small decisions may have in one batch, beside a page.
    static let jobsDecidedAtOnce = 50

    mutating func decide(
        _ action: BulkDecision.Action, _ ids: [JobID], by: String, _ request: Request
    ) throws(Refusal) {
        let waiting = jobsToDecide
        let asker = Asker(request.peer)
        // An asker without a waiting decision may add one even if the limit is reached by others.
        if waiting + ids.count > Limits.decidedJobs, bulkDecisions.has(asker) {
            throw Refusal(.busy, "decisions about \(waiting) jobs wait; nothing was changed, try again in a moment")
        }
        // A small one does not wait for the pages of a large one, and is in one batch with what came with it. Many small ones
        // are as much as a large one, and none overtakes another of its asker: two may be about one job.
        let isQueued = smallDecisionsQueued[asker] != nil || jobsDecidedNow + ids.count > Self.jobsDecidedAtOnce
        let decision = BulkDecision(
            request: request, action: action, by: by, count: ids.count, rest: ids[...], isQueued: isQueued)
        if isQueued {
            jobsToDecide += ids.count
            countSmall(decision, 1)
            bulkDecisions.append(decision, of: asker)
        } else {
            jobsDecidedNow += ids.count
            writePage(of: decision)
        }
    }

    /// The next page, of the first decision or of several small ones, when the page before is on disk.
    mutating func writeNextPage() {
        guard pagesUnderway == 0 else { return }
        var room = Self.jobsPerPage
        while room > 0, let decision = bulkDecisions.popFirst() {
            room -= decision.rest.count
            pagesUnderway += 1
            writePage(of: decision)
        }
    }

    private mutating func writePage(of decision: BulkDecision) {
        var decision = decision
        let limit = decision.isQueued ? Self.jobsPerPage : decision.count
        let page = Array(decision.rest.prefix(limit))
        decision.rest = decision.rest.dropFirst(limit)
        if decision.isQueued { jobsToDecide -= page.count }
        if decision.action == .cancel { for id in page { cancelling[id, default: 0] += 1 } }
        for id in page { batch.append(decision.mutation(id, at: wall)) }
        promises.continuations.append(.decided(decision, page))
    }

    /// A page is on disk.
    mutating func decided(
        _ decision: BulkDecision, _ page: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>, _ effects: inout [Effect]
    ) {
        var decision = decision
        var postponed: [JobID] = []
        switch decision.action {
        case .cancel: cancelled(page, &outcomes, &decision.changed, &effects)
        case .retry, .release: postponed = revived(page, &outcomes, &decision.changed)
        }
        if decision.isQueued { pagesUnderway -= 1 }
        decision.rest = postponed + decision.rest
        jobsToDecide += postponed.count
        if decision.rest.isEmpty {
            if decision.isQueued { countSmall(decision, -1) }
            let answer = WireMessage(.changed(decision.changed), request: decision.request.number)
            effects.append(.send(answer, to: decision.request.peer))
        } else if decision.isSmall {
            if !decision.isQueued { countSmall(decision, 1) }
            decision.isQueued = true
            bulkDecisions.prepend(decision, of: decision.asker)
        } else {
            // Others that came meanwhile have their turn.
            bulkDecisions.append(decision, of: decision.asker)
        }
    }

    private mutating func countSmall(_ decision: BulkDecision, _ change: Int) {
        guard decision.isSmall else { return }
        let count = (smallDecisionsQueued[decision.asker] ?? 0) + change
        smallDecisionsQueued[decision.asker] = count > 0 ? count : nil
    }

    /// A page could not be written: the decision ends here, and says how far it has come.
    mutating func failed(
        _ decision: BulkDecision, _ page: [JobID], _ refusal: Refusal, _ effects: inout [Effect]
    ) {
        if decision.action == .cancel { resume(page) }
        if decision.isQueued {
            pagesUnderway -= 1
            jobsToDecide -= decision.rest.count
            countSmall(decision, -1)
        }
        var refusal = refusal
        if !decision.changed.ids.isEmpty {
            refusal = Refusal(
                refusal.code,
                "\(decision.changed.ids.count) of the \(decision.count) jobs were changed, then: \(refusal.message). Send "
                    + "it again for the others: what is done is left as it is")
        }
        effects.append(
            .send(WireMessage(refusal.wire, request: decision.request.number), to: decision.request.peer))
    }
}
