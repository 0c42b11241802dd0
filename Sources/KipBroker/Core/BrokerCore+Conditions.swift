import KipCore
import KipStore

extension BrokerCore {
    // MARK: Too late

    /// It is too late for jobs that wait: they end when that is on disk, and until then nobody gets them.
    mutating func expire(_ ids: [JobID], at now: Timestamp) {
        var late: [JobID] = []
        // What is in a worker's hands has begun in time, as far as is known here.
        for id in ids where leases[id] == nil && cancelling[id] == nil {
            cancelling[id, default: 0] += 1
            batch.append(.expire(id, at: now))
            late.append(id)
        }
        if late.isEmpty { return }
        let gone = Set(late)
        for index in lanes.indices { lanes[index].remove(all: gone) }
        promises.continuations.append(.expired(late))
    }

    mutating func expired(_ ids: [JobID], _ outcomes: inout ArraySlice<WriteOutcome>) {
        var staysSomewhere = false
        for id in ids {
            settleCancellation(of: id)
            if case .changed = outcomes.popFirst() { continue }
            staysSomewhere = true
        }
        // A person has woken one meanwhile, say: it is found where it is.
        if staysSomewhere { lookOnDisk() }
    }

    /// Those that could not be written are tried again in a moment.
    mutating func expiryFailed(_ ids: [JobID], at now: Timestamp) {
        for id in ids { resume(id) }
        let again = now.advanced(byMilliseconds: 1_000)
        nextDue = min(nextDue ?? again, again)
    }

    // MARK: Set free

    /// What a batch has made ready besides what was asked of it.
    mutating func take(_ freed: Freed) {
        for id in freed.withdrawn { withdrawReplaced(id) }
        // In one order, as new lanes get their places by it: a simulated world is the same each time.
        for lane in freed.lanes.sorted() { lanes[index(of: lane)].becameReady() }
        if let due = freed.due { nextDue = min(nextDue ?? due, due) }
    }

    /// A waiting job gave its unique key to another and is cancelled on disk. Where it was given to a worker since, that is
    /// not said yet, and never will be: its lease was not written.
    private mutating func withdrawReplaced(_ id: JobID) {
        takeOut(id)
        guard let lease = leases[id] else { return }
        release(lease)
    }

    // MARK: Release

    /// A person lets held jobs run.
    mutating func take(_ release: WireReleaseJobs, _ request: Request, at now: Timestamp) throws(Refusal) {
        let ids = try Self.ids(release.ids)
        guard !ids.isEmpty else { throw Refusal(.invalid, "the release message names no job") }
        guard !release.by.isEmpty else { throw Refusal(.invalid, "the release does not say whose it is (“by”)") }
        for id in ids { batch.append(.release(id, at: now, by: release.by)) }
        promises.continuations.append(.revived(request, ids))
    }

    // MARK: Claims

    /// What the jobs of a message need to find.
    /// - Throws: `Refusal` where they contradict each other.
    func claim(of drafts: [JobDraft], at now: Timestamp, isLimited: Bool) throws(Refusal) -> Claim {
        var claim = Claim()
        if settings.broken != .forgetsKeys { claim.keys = try Self.keys(of: drafts, at: now) }
        if drafts.contains(where: { $0.conditions != nil }) { claim.parents = try Self.parents(of: drafts) }
        if isLimited, hasLengthLimits { claim.rooms = try rooms(for: drafts, at: now) }
        return claim
    }

    /// The parents that must be on disk already. Those of the same message stand before their children.
    private static func parents(of drafts: [JobDraft]) throws(Refusal) -> [ParentClaim] {
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
                parents.append(ParentClaim(parent, of: draft.id))
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

    private var hasLengthLimits: Bool { controls.values.contains { $0.mostWaiting > 0 } }

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
