import KipCore
import KipStore

extension ModelStore {
    // MARK: New jobs

    mutating func insert(
        _ draft: JobDraft, at now: Timestamp, _ worker: String?, _ writing: inout Writing
    ) -> WriteOutcome {
        if hasOtherJob(of: draft) { return .idTaken(draft.id) }
        if let key = draft.uniqueKey, let holder = take(key, for: draft, at: now, &writing) {
            if holder != draft.id { writing.aliases[draft.id] = holder }
            return .existing(holder)
        }
        if rows[draft.id] != nil {
            if let key = draft.uniqueKey { free(key, of: draft.id) }
            return .existing(draft.id)
        }
        var job = WaitingJob(draft, createdAt: now)
        job.attempt = worker == nil ? 0 : 1
        let state: JobState = worker != nil ? .running : draft.runAt > now ? .scheduled : .available
        rows[draft.id] = Row(
            job: job, lane: Lane(queue: draft.queue, kind: draft.kind), state: state, runAt: draft.runAt,
            worker: worker, uniqueKey: draft.uniqueKey)
        guard let conditions = draft.conditions else { return .created }
        return write(conditions, of: draft, in: state, at: now, &writing)
    }

    private mutating func write(
        _ conditions: JobConditions, of draft: JobDraft, in state: JobState, at now: Timestamp,
        _ writing: inout Writing
    ) -> WriteOutcome {
        let id = draft.id
        rows[id]?.conditions = conditions
        rows[id]?.isHeld = conditions.hold && !forgetsHolds
        if let key = conditions.concurrencyKey { placed[key, default: []].insert(id) }
        var failed: (JobID, JobState)?
        for named in conditions.after {
            let parent = writing.aliases[named] ?? named
            // Two names of one job.
            if rows[id]?.parents.contains(where: { $0.id == parent }) == true { continue }
            let state = rows[parent]?.state ?? .succeeded
            var standing = ParentStanding.met
            if forgetsParents {
                standing = .met
            } else if !state.isTerminal {
                standing = .open
            } else if state != .succeeded, conditions.onParentFailed == .cancel {
                standing = .failed
                failed = failed ?? (parent, state)
            }
            rows[id]?.parents.append(Parent(id: parent, standing: standing))
            families[parent, default: []].insert(id)
            if standing != .met { rows[id]?.waitsFor += 1 }
        }
        if let failed {
            place(id, .blocked)
            cancel(id, becauseOf: failed.0, failed.1, at: now)
            ended(id, at: now, &writing.freed)
            return .deferred
        }
        if state == .running || conditions.isReady { return .created }
        place(id, .blocked)
        var unheard = Freed()
        enter(id, at: now, &unheard)
        let standing = rows[id]?.state
        return standing == .available || standing == .scheduled ? .created : .deferred
    }

    private mutating func take(
        _ key: String, for draft: JobDraft, at now: Timestamp, _ writing: inout Writing
    ) -> JobID? {
        let holder = KeyHolder(
            job: draft.id, fingerprint: draft.fingerprint, until: draft.conditions?.uniqueScope.until(now))
        if let present = keys[key], !forgetsKeys {
            if present.job == draft.id || rows[draft.id] != nil { return draft.id }
            let isOver = present.until.map { $0 <= now } ?? expires(present.job, at: now, &writing)
            guard isOver || (draft.keyConflict == .replacePending && yields(present.job, to: draft, at: now, &writing))
            else {
                return present.job
            }
        }
        keys[key] = holder
        return nil
    }

    private mutating func expires(_ id: JobID, at now: Timestamp, _ writing: inout Writing) -> Bool {
        guard holdsKeyInVain(id, at: now), case .changed(let lane) = expire(id, at: now, &writing.freed) else {
            return false
        }
        writing.freed.withdrawn.append(LaneJob(id: id, lane: lane))
        return true
    }

    private func wouldYield(_ id: JobID, to lane: Lane) -> Bool {
        guard let row = rows[id], row.lane == lane else { return false }
        return Self.waiting.contains(row.state) && row.job.attempt == 0
    }

    private mutating func yields(
        _ id: JobID, to draft: JobDraft, at now: Timestamp, _ writing: inout Writing
    ) -> Bool {
        guard wouldYield(id, to: Lane(queue: draft.queue, kind: draft.kind)) else { return false }
        rows[id]?.state = .cancelled
        noteEnd(of: id, at: now)
        writing.freed.withdrawn.append(
            LaneJob(id: id, lane: Lane(queue: draft.queue, kind: draft.kind)))
        ended(id, at: now, &writing.freed)
        return true
    }

    /// There is a job of this id that has another kind or payload.
    private func hasOtherJob(of draft: JobDraft) -> Bool {
        guard let row = rows[draft.id] else { return false }
        return !draft.isSameJob(kind: row.lane.kind, payload: row.isRedacted ? draft.payload : row.job.payload)
    }

    func check(_ claim: Claim) -> WriteOutcome {
        for job in claim.jobs where hasOtherJob(of: job) { return .idTaken(job.id) }
        for (position, key) in claim.keys.enumerated() {
            guard !forgetsKeys, let holder = keys[key.key], holder.job != key.job, rows[key.job] == nil else {
                continue
            }
            let isSame = holder.fingerprint == key.fingerprint
            let isOver = holder.until.map { $0 <= key.at } ?? holdsKeyInVain(holder.job, at: key.at)
            let lane = rows[holder.job]?.lane
            if let shareable = key.shareable, !isOver, !(lane.map(shareable.includes) ?? isSame) {
                return .keyTaken(position: position, by: nil)
            }
            let isMine =
                switch key.conflict {
                case .keepExisting: true
                case .refuse: isSame || isOver
                case .replacePending: isSame || wouldYield(holder.job, to: key.lane) || isOver
                case .reject: isOver
                }
            let isNamed = key.visible.map { visible in lane.map(visible.includes) ?? isSame } ?? true
            if !isMine { return .keyTaken(position: position, by: isNamed ? holder.job : nil) }
        }
        for claimed in claim.parents where rows[claimed.child] == nil {
            if let parent = rows[claimed.parent], claimed.visible.includes(parent.lane) { continue }
            return .parentMissing(claimed.parent)
        }
        for room in claim.rooms where !forgetsRooms && !hasRoom(for: room) {
            // A message that is sent again needs none.
            if room.adding.allSatisfy({ rows[$0] != nil }) { continue }
            return .queueFull(queue: room.queue, most: room.most)
        }
        return .claimed
    }

    private func hasRoom(for room: RoomClaim) -> Bool {
        let waiting = rows.inState(.available).count { $0.lane.queue == room.queue }
        return waiting + room.adding.count <= room.most
    }

    // MARK: People and clocks

    private static let waiting: Set<JobState> = [.scheduled, .available, .held, .blocked]

    mutating func cancel(_ id: JobID, at now: Timestamp, _ freed: inout Freed) -> WriteOutcome {
        guard let row = rows[id], !row.state.isTerminal else { return .unchanged }
        rows[id]?.state = .cancelled
        rows[id]?.moments.append(now)
        doubtEffects(of: id)
        noteEnd(of: id, at: now)
        ended(id, at: now, &freed)
        return .changed(row.lane)
    }

    mutating func revive(_ id: JobID, at now: Timestamp, _ freed: inout Freed) -> WriteOutcome {
        if !hasRoomToWake() { return .postponed }
        guard mayWake(id, at: now), let row = rows[id], row.state.isTerminal || row.state == .quarantined,
            row.state != .succeeded
        else { return .unchanged }
        let state: JobState = openEffects(of: id).isEmpty ? .available : .uncertain
        rows[id]?.state = state
        rows[id]?.job.setbacks = Setbacks()
        rows[id]?.job.terms = JobTerms(lastStart: nil, deadline: nil, headers: row.conditions.headers)
        rows[id]?.conditions.expiresAt = nil
        rows[id]?.conditions.deadline = nil
        rows[id]?.runAt = now
        rows[id]?.moments.append(now)
        rows[id]?.worker = nil
        if row.state.isTerminal { rows[id]?.ends -= 1 }
        rows[id]?.endedAt = nil
        woken(id, at: now, &freed)
        return .changed(row.lane)
    }

    mutating func release(_ id: JobID, at now: Timestamp, _ freed: inout Freed) -> WriteOutcome {
        guard let row = rows[id], row.state == .held else { return .unchanged }
        rows[id]?.isHeld = false
        enter(id, at: now, &freed)
        return .changed(row.lane)
    }

    mutating func expire(_ id: JobID, at now: Timestamp, _ freed: inout Freed) -> WriteOutcome {
        guard let lane = rows[id]?.lane, let last = rows[id]?.conditions.lastStart, last <= now,
            rows[id].map({ Self.waiting.contains($0.state) }) == true
        else { return .unchanged }
        rows[id]?.state = .expired
        noteEnd(of: id, at: now)
        ended(id, at: now, &freed)
        return .changed(lane)
    }

    func late(at now: Timestamp, _ limit: Int) -> [JobID] {
        let late = rows.lastStarts.filter { $0.last <= now }
        return late.sorted { ($0.last, $0.id) < ($1.last, $1.id) }.prefix(limit).map(\.id)
    }

    func nextLate(after now: Timestamp?) -> Timestamp? {
        rows.lastStarts.map(\.last).filter { last in now.map { last > $0 } ?? true }.min()
    }
}
