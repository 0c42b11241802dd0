import KipCore
import KipStore

/// The model's rows for the rules of conditions.
extension ModelStore: ConditionTable {
    /// As `ConditionTable`.
    public func facts(of id: JobID) -> JobFacts? {
        guard let row = rows[id] else { return nil }
        return JobFacts(
            state: row.state, lane: row.lane, runAt: row.runAt, lastStart: row.conditions.lastStart, isHeld: row.isHeld,
            waitsFor: row.waitsFor,
            onParentFailed: row.conditions.onParentFailed, concurrencyKey: row.conditions.concurrencyKey,
            concurrency: row.conditions.concurrency, uniqueKey: row.uniqueKey,
            uniqueScope: row.conditions.uniqueScope, redacts: row.conditions.redacts, isRedacted: row.isRedacted)
    }

    /// As `ConditionTable`.
    public mutating func place(_ id: JobID, _ state: JobState) {
        guard let row = rows[id], [.scheduled, .available, .held, .blocked].contains(row.state) else { return }
        rows[id]?.state = state
    }

    /// As `ConditionTable`.
    public mutating func cancel(_ id: JobID, becauseOf parent: JobID, _ state: JobState, at now: Timestamp) {
        guard let row = rows[id], row.state == .held || row.state == .blocked else { return }
        rows[id]?.state = .cancelled
        noteEnd(of: id, at: now)
    }

    /// As `ConditionTable`.
    public mutating func reopen(_ id: JobID, _ state: JobState, at now: Timestamp) {
        guard let row = rows[id], row.state == .cancelled else { return }
        if row.job.createdAt > now { rows[id]?.runAt = now }
        rows[id]?.state = state
        rows[id]?.ends -= 1
        rows[id]?.endedAt = nil
    }

    /// As `ConditionTable`.
    public func places(takenOf key: String) -> Int {
        if forgetsPlaces { return 0 }
        return (placed[key] ?? []).count { rows[$0]?.state == .available || rows[$0]?.state == .running }
    }

    /// As `ConditionTable`.
    public func firstBlocked(by key: String) -> JobID? {
        if letsNobodyIn { return nil }
        return (placed[key] ?? []).compactMap { rows[$0] }.filter { $0.state == .blocked && $0.waitsFor == 0 }
            .min { ($1.job.priority, $0.job.id) < ($0.job.priority, $1.job.id) }?.job.id
    }

    /// As `ConditionTable`.
    public func children(of parent: JobID, _ standing: ParentStanding, limit: Int) -> [JobID] {
        if reopensNobody, standing == .failed { return [] }
        let children = (families[parent] ?? []).filter { child in
            rows[child]?.parents.contains { $0.id == parent && $0.standing == standing } ?? false
        }
        return Array(children.sorted().prefix(limit))
    }

    /// As `ConditionTable`.
    public mutating func postpone(_ change: PostponedChange, of id: JobID) {
        if forgetsDependents { return }
        if !untold.contains(where: { $0.id == id && $0.change == change }) { untold.append((id, change)) }
    }

    /// As `ConditionTable`.
    public func firstPostponed() -> (id: JobID, change: PostponedChange)? { untold.first }

    /// As `ConditionTable`.
    public mutating func removePostponed(_ change: PostponedChange, of id: JobID) {
        untold.removeAll { $0.id == id && $0.change == change }
    }

    /// As `ConditionTable`.
    public func parents(of child: JobID) -> [(id: JobID, standing: ParentStanding)] {
        (rows[child]?.parents ?? []).map { ($0.id, $0.standing) }
    }

    /// As `ConditionTable`.
    public func hasFailedParent(_ child: JobID) -> Bool {
        rows[child]?.parents.contains { $0.standing == .failed } ?? false
    }

    /// As `ConditionTable`.
    public mutating func note(_ parent: JobID, of child: JobID, _ standing: ParentStanding) {
        for index in rows[child]?.parents.indices ?? 0..<0 where rows[child]?.parents[index].id == parent {
            rows[child]?.parents[index].standing = standing
        }
    }

    /// As `ConditionTable`.
    public mutating func note(_ child: JobID, waitsFor count: Int) {
        rows[child]?.waitsFor = count
    }

    /// As `ConditionTable`.
    public mutating func free(_ key: String, of id: JobID) {
        if keys[key]?.job == id, !keepsDoneKeys { keys[key] = nil }
    }

    /// As `ConditionTable`.
    public mutating func take(_ key: String, for id: JobID, _ scope: UniqueScope, at now: Timestamp) -> Bool {
        guard let row = rows[id] else { return false }
        if let present = keys[key], !(present.until.map { $0 <= now } ?? false) { return present.job == id }
        keys[key] = KeyHolder(
            job: id, fingerprint: Fingerprint.of(kind: row.lane.kind, payload: row.job.payload),
            until: scope.until(now))
        return true
    }

    /// As `ConditionTable`.
    public mutating func redact(_ id: JobID) {
        rows[id]?.job.payload = []
        rows[id]?.isRedacted = true
    }
}

/// The rules of conditions, on the model. Its rows fail never.
extension ModelStore {
    private typealias Rules = ConditionRules<ModelStore>

    mutating func enter(_ id: JobID, at now: Timestamp, _ freed: inout Freed) {
        try? Rules.enter(id, at: now, &self, &freed)
    }

    mutating func arrive(_ id: JobID, at now: Timestamp, _ freed: inout Freed) {
        try? Rules.arrive(id, at: now, &self, &freed)
    }

    mutating func left(_ id: JobID, at now: Timestamp, _ freed: inout Freed) {
        try? Rules.left(id, at: now, &self, &freed)
    }

    mutating func ended(_ id: JobID, at now: Timestamp, _ freed: inout Freed) {
        try? Rules.ended(id, at: now, &self, &freed)
    }

    mutating func woken(_ id: JobID, at now: Timestamp, _ freed: inout Freed) {
        try? Rules.woken(id, at: now, &self, &freed)
    }

    mutating func tellDependents(at now: Timestamp, _ freed: inout Freed) -> WriteOutcome {
        stepsLeft = stepsPerBatch
        return .dependentsTold(isAll: (try? Rules.goOn(at: now, &self, &freed)) ?? true)
    }

    func holdsKeyInVain(_ id: JobID, at now: Timestamp) -> Bool {
        var table = self
        return (try? Rules.holdsKeyInVain(id, at: now, &table)) ?? false
    }

    mutating func hasRoomToWake() -> Bool { Rules.hasRoomToWake(&self) }

    mutating func mayWake(_ id: JobID, at now: Timestamp) -> Bool {
        (try? Rules.mayWake(id, at: now, &self)) ?? false
    }
}
