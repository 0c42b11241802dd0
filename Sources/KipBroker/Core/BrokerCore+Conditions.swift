import KipCore
import KipStore

extension BrokerCore {
    // MARK: Too late

    /// It is too late for jobs that wait: they end when that is on disk, and until then nobody gets them.
    mutating func expire(_ ids: [JobID]) {
        // What is in a worker's hands has begun in time, as far as is known here.
        for id in ids where leases[id] == nil && cancelling[id] == nil {
            cancelling[id, default: 0] += 1
            lateJobs.append(id)
        }
    }

    /// Ends the next of them.
    mutating func writeLatePage() {
        guard let page = lateJobs.takePage() else { return }
        for id in page { batch.append(.expire(id, at: wall)) }
        promises.continuations.append(.expired(page))
    }

    mutating func expired(_ ids: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>, at now: Timestamp) {
        lateJobs.finish(ids)
        var ended: [LaneJob] = []
        for id in ids {
            settleCancellation(of: id)
            if case .changed(let lane) = outcomes.popFirst() { ended.append(LaneJob(id: id, lane: lane)) }
        }
        takeOut(ended)
        // A person has woken one meanwhile, say: it is found where it is.
        if ended.count < ids.count { lookOnDisk() }
        // There may be more of them on disk.
        if lateJobs.isEmpty { nextDue = min(nextDue ?? now, now) }
    }

    /// Those that could not be written are tried again in a moment.
    mutating func expiryFailed(_ ids: [JobID], at now: Timestamp) {
        resume(lateJobs.fail(ids))
        let again = now.advanced(byMilliseconds: 1_000)
        nextDue = min(nextDue ?? again, again)
    }

    // MARK: Set free

    /// What a batch has made ready besides what was asked of it.
    mutating func take(_ freed: Freed) {
        if !freed.withdrawn.isEmpty { withdrawReplaced(freed.withdrawn) }
        // In one order, as new lanes get their places by it: a simulated world is the same each time.
        for lane in freed.lanes.sorted() { lanes[index(of: lane)].becameReady() }
        if let due = freed.due { nextDue = min(nextDue ?? due, due) }
        if freed.isUnfinished { hasUntoldDependents = true }
    }

    /// Writes the next page of children whose parents have ended: a job may have any number of children, and the size of a
    /// batch is limited.
    mutating func writeDependentsPage() {
        guard hasUntoldDependents, !areDependentsUnderway, heldBecause == nil,
            dependentsDue.map({ $0 <= steady }) ?? true
        else { return }
        dependentsDue = nil
        hasUntoldDependents = false
        areDependentsUnderway = true
        batch.append(.tellDependents(at: wall))
        promises.continuations.append(.dependentsTold)
    }

    mutating func dependentsTold(_ outcome: WriteOutcome?) {
        areDependentsUnderway = false
        if outcome != .dependentsTold(isAll: true) { hasUntoldDependents = true }
        // The disk may be full: it is tried again in a moment.
        if outcome == nil { dependentsDue = steady.advanced(byMilliseconds: 1_000) }
    }

    /// Removes waiting jobs that have ended on disk because other jobs have taken their unique keys. If such a job was leased
    /// since, its lease was not written, so the worker has not received it and never does.
    private mutating func withdrawReplaced(_ jobs: [LaneJob]) {
        takeOut(jobs)
        for job in jobs { if let lease = leases[job.id] { release(lease) } }
    }

    // MARK: Release

    /// A person lets held jobs run.
    mutating func take(_ release: WireReleaseJobs, _ request: Request, at now: Timestamp) throws(Refusal) {
        let ids = try Self.ids(release.ids)
        guard !ids.isEmpty else { throw Refusal(.invalid, "the release message names no job") }
        guard !release.by.isEmpty else { throw Refusal(.invalid, "the release does not say whose it is (“by”)") }
        try decide(.release, ids, by: release.by, request)
    }

    // MARK: Claims

    /// What the jobs of a message need to find.
    /// - Parameter isAlone: it is the only job of its message, so that its own outcome refuses the message.
    /// - Throws: `Refusal` where they contradict each other.
    func claim(
        of drafts: [JobDraft], at now: Timestamp, isLimited: Bool, isAlone: Bool, _ identity: PeerIdentity?
    ) throws(Refusal) -> Claim {
        var claim = Claim()
        if !isAlone { claim.jobs = try Self.checkedIDs(of: drafts) }
        if settings.broken != .forgetsKeys { claim.keys = try Self.keys(of: drafts, at: now, identity) }
        if drafts.contains(where: { $0.conditions != nil }) {
            claim.parents = try Self.parents(of: drafts, identity?.visibleJobs)
        }
        if isLimited, hasLengthLimits { claim.rooms = try rooms(for: drafts, at: now) }
        return claim
    }

    /// The jobs of a message, each of which has an id of its own; but for jobs that share a unique key, which are one.
    private static func checkedIDs(of drafts: [JobDraft]) throws(Refusal) -> [JobDraft] {
        if areGrowing(drafts) { return drafts }
        var known: [JobID: JobDraft] = [:]
        var checked: [JobDraft] = []
        for draft in drafts {
            guard let other = known[draft.id] else {
                known[draft.id] = draft
                checked.append(draft)
                continue
            }
            // `joinTwins` gave it this id.
            if draft.uniqueKey != nil, draft.uniqueKey == other.uniqueKey { continue }
            guard draft.isSameJob(as: other) else {
                throw Refusal(
                    .keyTaken,
                    "two jobs of the message have the id \(draft.id) and different kinds or payloads; give each its own"
                )
            }
        }
        return checked
    }

    static func idTaken(_ id: JobID) -> Refusal {
        Refusal(
            .keyTaken,
            "the id \(id) belongs to a job of another kind or payload; nothing was stored. Give each job an id of its own, "
                + "and use one again only to send the very same job again")
    }

    /// The parents that must be on disk already. Those of the same message stand before their children.
    private static func parents(of drafts: [JobDraft], _ visible: JobVisibility?) throws(Refusal) -> [ParentClaim] {
        var named = 0
        var parents: [ParentClaim] = []
        var earlier: Set<JobID> = []
        let own = Set(drafts.map(\.id))
        for (index, draft) in drafts.enumerated() {
            for parent in draft.conditions?.after ?? [] where !earlier.contains(parent) {
                if own.contains(parent) {
                    throw Refusal(
                        .invalid,
                        "job \(index + 1) of the message comes after \(parent), which must stand before it in the message"
                    )
                }
                parents.append(ParentClaim(parent, of: draft.id, visible: visible))
            }
            named += draft.conditions?.after.count ?? 0
            earlier.insert(draft.id)
        }
        if named > Limits.parentsPerMessage {
            throw Refusal(
                .tooLarge, "the message names \(named) parents, the limit is \(Limits.parentsPerMessage); send several")
        }
        return parents
    }

    private var hasLengthLimits: Bool { lengthLimitedQueues > 0 }

    private func rooms(for drafts: [JobDraft], at now: Timestamp) throws(Refusal) -> [RoomClaim] {
        var adding: [String: [JobID]] = [:]
        for draft in drafts { adding[draft.queue, default: []].append(draft.id) }
        var claims: [RoomClaim] = []
        for (queue, jobs) in adding.sorted(by: { $0.key < $1.key }) {
            guard let most = controls[ControlName(scope: .queue, name: queue)]?.mostWaiting, most > 0 else { continue }
            if jobs.count > most {
                throw Refusal(
                    .tooLarge,
                    "the message has \(jobs.count) jobs for the queue “\(queue)”, in which at most \(most) may wait; send "
                        + "several")
            }
            claims.append(RoomClaim(queue: queue, most: most, adding: jobs, at: now))
        }
        return claims
    }

    /// Why what a claim covers was not written; nil = it was.
    static func refusal(_ claim: Claim, _ outcome: WriteOutcome?) -> Refusal? {
        switch outcome {
        case .idTaken(let id): idTaken(id)
        case .keyTaken(let position, let id): keyTaken(claim.keys[position], by: id)
        case .parentMissing(let id):
            Refusal(
                .notFound,
                "job \(id), which a job of the message comes after, is not there; nothing was stored. Enqueue it first, or "
                    + "in the same message before those that come after it")
        case .queueFull(let queue, let most):
            Refusal(
                .busy,
                "the queue “\(queue)” is full: at most \(most) jobs may wait in it; nothing was stored, try again later"
            )
        default: nil
        }
    }
}
