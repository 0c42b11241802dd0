import KipCore
import KipStore

extension BrokerCore {
    /// A producer's jobs: all are written, or none and the answer says why.
    mutating func take(
        _ jobs: [some NewJobWords], _ payloads: [[UInt8]], _ request: Request, at now: Timestamp,
        _ effects: inout [Effect]
    ) throws(Refusal) {
        guard !jobs.isEmpty else { throw Refusal(.invalid, "the enqueue message names no job") }
        try checkRoom(for: request.peer)
        try checkUnconfirmed(request.peer)
        var frames = PayloadFrames(payloads)
        let drafts = try drafts(jobs, &frames, at: now)
        try frames.checkEnd()
        let claim = try claim(
            of: drafts, at: now, isLimited: true, isAlone: drafts.count == 1, request.peer.identity)
        if !claim.isEmpty { batch.append(.claim(claim, covers: drafts.count)) }
        let new = insert(drafts.count == 1 ? drafts : Self.unifiedTwins(drafts), at: now, of: request.peer)
        promise(new, claim, request)
        if settings.broken == .confirmsBeforeCommit { effects.append(.send(foreseen(new, request), to: request.peer)) }
    }

    /// The answer that a broker would give that does not wait for its disk.
    private func foreseen(_ jobs: [NewJob], _ request: Request) -> WireMessage {
        WireMessage(
            .enqueued(jobs.map { EnqueuedWords(id: $0.draft.id, outcome: .created) }), request: request.number)
    }

    /// The keys that must not belong to something else: all jobs of the message are written, or none.
    /// - Throws: `Refusal` where two jobs of the message itself have one key for two things.
    static func keys(
        of drafts: [JobDraft], at now: Timestamp, _ identity: PeerIdentity?
    ) throws(Refusal) -> [KeyClaim] {
        let (shareable, visible) = (identity?.enqueueableJobs, identity?.visibleJobs)
        var claims: [KeyClaim] = []
        var known: [String: (fingerprint: Int64, isClaimed: Bool)] = [:]
        for draft in drafts {
            guard let key = draft.uniqueKey else { continue }
            let claim = KeyClaim(
                key: key, job: draft.id, lane: draft.lane, fingerprint: draft.fingerprint,
                conflict: Self.conflict(of: draft, visible), shareable: shareable, visible: visible, at: now)
            let isClaimed = draft.keyConflict != .keepExisting
            let other = known[key]
            // One that may stay beside it takes the key as well: the first of the two has it.
            if let other, other.fingerprint != claim.fingerprint, isClaimed || other.isClaimed {
                throw Refusal(
                    .keyTaken, "two jobs of the message have the unique key “\(key)” and different kinds or payloads")
            }
            if other != nil, draft.keyConflict == .reject || draft.keyConflict == .replacePending {
                throw Refusal(.keyTaken, "two jobs of the message have the unique key “\(key)”")
            }
            // Whose key has limits is not given the id of any job that has the key.
            let isChecked = visible != nil && other == nil
            if isChecked || (isClaimed && other?.isClaimed != true) { claims.append(claim) }
            known[key] = (claim.fingerprint, isClaimed || other?.isClaimed == true)
        }
        return claims
    }

    /// How a job treats another job with its unique key. Replacing cancels the other job, so a producer may replace only jobs
    /// that it may see; otherwise it shares the key only with an identical job.
    private static func conflict(of draft: JobDraft, _ visible: JobVisibility?) -> KeyConflict {
        draft.keyConflict == .replacePending && !visible.includes(draft.lane) ? .refuse : draft.keyConflict
    }

    static func keyTaken(_ claim: KeyClaim, by id: JobID?) -> Refusal {
        guard let id else {
            return Refusal(
                .keyTaken,
                "the unique key “\(claim.key)” is taken by a job that this connection's key may not see; nothing was "
                    + "stored. Use another unique key, such as one that begins with the kind")
        }
        let text =
            switch claim.conflict {
            case .reject: "belongs to job \(id); nothing was stored, as the enqueue asked for (reject)"
            case .replacePending:
                "belongs to job \(id), which has another kind or payload and has begun or ended; nothing was stored. Use "
                    + "another key, or wait for it"
            case .refuse, .keepExisting:
                "belongs to job \(id), which has another kind or payload; nothing was stored. Use another key, or say "
                    + "that the existing job may stay (keyConflict, --keep-existing)"
            }
        return Refusal(.keyTaken, "the unique key “\(claim.key)” \(text)")
    }

    /// What the unique keys of firings begin with: nobody else may take, or take over, such a key.
    static let firingPrefix = "schedule/"

    /// The jobs of a message, checked.
    func drafts(
        _ jobs: [some NewJobWords], _ frames: inout PayloadFrames, at now: Timestamp
    ) throws(Refusal) -> [JobDraft] {
        if jobs.count > Limits.jobsPerMessage {
            throw Refusal(
                .tooLarge, "the message names \(jobs.count) jobs, the limit is \(Limits.jobsPerMessage); send several")
        }
        if frames.bytes > Limits.messageBytes {
            throw Refusal(
                .tooLarge,
                "the message has \(frames.bytes) bytes of payload, the limit is \(Limits.messageBytes); send several")
        }
        var drafts: [JobDraft] = []
        drafts.reserveCapacity(jobs.count)
        for index in jobs.indices {
            var draft = try JobDraft(words: jobs[index], payload: try frames.next(), position: index + 1, now: now)
            if !kindDefaults.isEmpty, !jobs[index].ignoresKindOptions, let defaults = kindDefaults[draft.kind],
                defaults.count(in: draft.queue)
            {
                draft = draft.filled(from: defaults.options, where: jobs[index], at: now)
            }
            drafts.append(draft)
            if draft.uniqueKey?.hasBytePrefix(Self.firingPrefix) == true {
                throw Refusal(
                    .invalid,
                    "job \(index + 1) of the message: unique keys that begin with “\(Self.firingPrefix)” are those of "
                        + "schedules; choose another")
            }
        }
        if settings.broken != .noTwins { Self.joinTwins(&drafts) }
        return drafts
    }

    /// Jobs of a message with one unique key are one job: later ones go by the id of the first. So a message that is sent
    /// again gets the answer of the first time, also when that job has ended meanwhile and its key went to somebody else.
    private static func joinTwins(_ drafts: inout [JobDraft]) {
        var first: [String: JobID] = [:]
        var twins: [JobID: JobID] = [:]
        for index in drafts.indices {
            if let key = drafts[index].uniqueKey {
                if let one = first[key] {
                    twins[drafts[index].id] = one
                    drafts[index].id = one
                } else {
                    first[key] = drafts[index].id
                }
            }
            guard !twins.isEmpty, let after = drafts[index].conditions?.after else { continue }
            drafts[index].conditions?.after = after.map { twins[$0] ?? $0 }
        }
    }

    /// Jobs of one id are one job, the first: so those that share a unique key, and may stay beside another payload.
    static func unifiedTwins(_ drafts: [JobDraft]) -> [JobDraft] {
        if areGrowing(drafts) { return drafts }
        var known: [JobID: JobDraft] = [:]
        return drafts.map { draft in
            if let first = known[draft.id] { return first }
            known[draft.id] = draft
            return draft
        }
    }

    /// Whether each id is greater than the one before: then no job stands there twice. Producers make such ids.
    static func areGrowing(_ drafts: [JobDraft]) -> Bool {
        for index in drafts.indices.dropFirst() where drafts[index - 1].id >= drafts[index].id { return false }
        return true
    }

    /// Refuses new work while too much waits for the disk, so that memory stays bounded.
    func checkRoom(for peer: Peer) throws(Refusal) {
        let share = conditionWork.share(of: peer)
        let changes = batch.count + (share > 0 ? conditionWork.total : conditionWork.total / 2)
        let isFull = changes >= settings.pendingMutations || share >= settings.pendingMutations / 4
        if isFull || pendingBytes >= settings.pendingBytes {
            throw Refusal(
                .busy,
                "\(changes) changes (\(pendingBytes) bytes of payload) wait for the disk; nothing was stored, try "
                    + "again in a moment")
        }
    }

    /// Refuses a connection that has asked much more than was confirmed to it: it would only grow.
    func checkUnconfirmed(_ peer: Peer) throws(Refusal) {
        guard let waiting = unconfirmed[peer.routingID] else { return }
        if waiting.jobs >= Limits.unconfirmedJobsPerPeer {
            throw Refusal(
                .busy,
                "\(waiting.jobs) jobs of this connection wait for their confirmation; nothing was stored, wait for some of "
                    + "them and try again")
        }
        if waiting.messages >= settings.unconfirmedMessages {
            throw Refusal(
                .busy,
                "\(settings.unconfirmedMessages) messages of this connection wait for their confirmation; nothing was "
                    + "stored, wait for some of them and try again")
        }
    }

    /// A message of a connection is confirmed, or refused, when its batch comes back.
    mutating func promise(_ jobs: [NewJob], _ claim: Claim, _ request: Request) {
        unconfirmed[request.peer.routingID, default: Unconfirmed()].add(messages: 1, jobs: jobs.count)
        promises.continuations.append(.enqueued(request, jobs, claim))
    }

    mutating func answered(_ peer: Peer, _ jobs: Int) {
        guard var waiting = unconfirmed[peer.routingID] else { return }
        waiting.add(messages: -1, jobs: -jobs)
        unconfirmed[peer.routingID] = waiting.messages > 0 ? waiting : nil
    }

    /// Writes new jobs down, each in the hands of a worker already where one is free and nothing waits before it: what
    /// need not wait costs one write and one fsync less.
    /// - Parameter peer: whose jobs they are; nil = a schedule's or a handler's.
    mutating func insert(_ drafts: [JobDraft], at now: Timestamp, of peer: Peer? = nil) -> [NewJob] {
        let nothingWaits = heldBecause == nil && unsettled == 0 && lanes.allSatisfy(\.isIdle)
        var busy: Set<Int> = []
        return drafts.map { draft in
            let draft = heldByKind(draft)
            pendingBytes += draft.bytes
            if let conditions = draft.conditions { conditionWork.add(conditions, of: peer) }
            let worker = nothingWaits ? freeWorker(for: draft, &busy, at: now) : nil
            batch.append(.insert(draft, at: now, worker: worker))
            if let worker {
                var job = WaitingJob(draft, createdAt: now)
                job.attempt = 1
                noteStart(lane: index(of: draft.lane), by: worker, at: now)
                grant(job, draft.lane, to: worker)
            } else {
                unsettled += 1
            }
            return NewJob(draft: draft, writtenAt: now, isGranted: worker != nil)
        }
    }

    /// A worker that can have a new job at once: the next in turn with credit.
    /// - Parameter busy: lanes of which it is known that nobody is free.
    private mutating func freeWorker(for draft: JobDraft, _ busy: inout Set<Int>, at now: Timestamp) -> String? {
        // A job that is sent again may be in a worker's hands: the store will say that it exists.
        guard draft.runAt <= now, leases[draft.id] == nil else { return nil }
        if let conditions = draft.conditions {
            guard conditions.isReady, conditions.lastStart.map({ $0 > now }) ?? true else { return nil }
        }
        let lane = index(of: draft.lane)
        let queue = lanes[lane].queue
        // What the store refuses, or knows already, would have used up a start.
        if busy.contains(lane) || queues[queue].control.rate > 0 || isFullOfLeases || !mayStart(lane: lane, at: now) {
            return nil
        }
        let needsPlace = queues[queue].isCounted
        let places = placesOfWorkers(serving: lane)
        let start = places.firstIndex { $0 >= turn } ?? 0
        for step in places.indices {
            let place = places[(start + step) % places.count]
            let id = workerOrder[place]
            guard workers.read(id, { $0.takes(lane: lane, needsPlace: needsPlace) }) == true else { continue }
            turn = (place + 1) % workerOrder.count
            return id
        }
        busy.insert(lane)
        return nil
    }

    /// In their order.
    mutating func placesOfWorkers(serving lane: Int) -> [Int] {
        if let known = takers.places(of: lane) { return known }
        var found: [Int] = []
        for place in workerOrder.indices
        where workers.read(workerOrder[place], { $0.serves(lane) }) == true { found.append(place) }
        takers.note(found, of: lane)
        return found
    }

    /// A new job is on disk: it waits, or is in a worker's hands; or there was one of its id or key, and nothing is new.
    mutating func settle(_ new: NewJob, _ outcome: WriteOutcome?) {
        arrived(new)
        if outcome == .deferred {
            noteLastStart(new.draft.conditions?.lastStart)
        } else if outcome != .created {
            if new.isGranted { withdraw(new.draft.id) }
        } else if !new.isGranted {
            let job = WaitingJob(new.draft, createdAt: new.writtenAt)
            settle(job, new.draft.lane, runAt: new.draft.runAt, at: new.writtenAt)
        }
    }

    /// A new job is no longer on its way to the disk.
    mutating func arrived(_ new: NewJob) {
        pendingBytes -= new.draft.bytes
        if !new.isGranted { unsettled -= 1 }
    }

    /// Puts a waiting job that is on disk where it belongs: before a worker, or with those whose time has not come.
    mutating func settle(_ job: WaitingJob, _ lane: Lane, runAt: Timestamp, at now: Timestamp) {
        noteLastStart(job.terms?.lastStart)
        if runAt > now {
            nextDue = min(nextDue ?? runAt, runAt)
        } else if cancelling[job.id] == nil {
            var job = job
            job.runAt = runAt
            if job.attempt > 0 { lanes[index(of: lane)].putBack(job) } else { lanes[index(of: lane)].offer(job) }
        }
    }
}

extension BrokerCore {
    /// When it will be too late for a job that waits.
    mutating func noteLastStart(_ last: Timestamp?) {
        if let last { nextDue = min(nextDue ?? last, last) }
    }
}

/// A job on its way to the disk.
struct NewJob: Sendable {
    var draft: JobDraft
    var writtenAt: Timestamp
    /// It is in a worker's hands as soon as it is on disk.
    var isGranted: Bool
}

extension JobDraft {
    /// About what it takes in memory, for what grows with the job.
    var bytes: Int {
        guard let conditions else { return payload.count }
        return payload.count + conditions.headers.count + 16 * conditions.after.count
    }

    var lane: Lane { Lane(queue: queue, kind: kind) }
}

/// The payload frames of a message, taken one by one. A message without any stands for empty payloads.
struct PayloadFrames {
    private let frames: [[UInt8]]
    private var position = 0

    init(_ frames: [[UInt8]]) {
        self.frames = frames
        bytes = frames.reduce(0) { $0 + $1.count }
    }

    /// Of all frames.
    let bytes: Int

    mutating func next() throws(Refusal) -> [UInt8] {
        if frames.isEmpty { return [] }
        guard position < frames.count else {
            throw Refusal(
                .malformed,
                "the message has \(frames.count) payload frames, fewer than jobs; send one for each job, in order")
        }
        position += 1
        return frames[position - 1]
    }

    func checkEnd() throws(Refusal) {
        if position < frames.count, !frames.isEmpty {
            throw Refusal(
                .malformed,
                "the message has \(frames.count) payload frames for \(position) jobs; send one for each job, in order")
        }
    }
}

/// Enqueue messages of a connection that are not committed yet, and the jobs in them.
struct Unconfirmed {
    private(set) var messages = 0
    private(set) var jobs = 0

    mutating func add(messages: Int, jobs: Int) {
        self.messages += messages
        self.jobs += jobs
    }
}
