import KipCore

/// What holds a job back beside its time, and what its end sets free. All of it happens in the transaction of the change
/// that brings it about, so that the broker's core never has a job in its hands that is not ready.
public enum ConditionRules<Table: ConditionTable> {
    // MARK: Waiting

    /// Where a job belongs that is neither running nor ended.
    static func standing(_ id: JobID, _ facts: JobFacts, at now: Timestamp, _ table: inout Table) throws -> JobState {
        if facts.isHeld { return .held }
        if facts.waitsFor > 0 { return .blocked }
        if facts.runAt > now { return .scheduled }
        guard let key = facts.concurrencyKey, facts.state != .available else { return .available }
        return try table.places(takenOf: key) < facts.concurrency ? .available : .blocked
    }

    /// Puts a job that may have become ready where it belongs.
    public static func enter(_ id: JobID, at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws {
        guard let facts = try table.facts(of: id) else { return }
        let state = try standing(id, facts, at: now, &table)
        try table.place(id, state)
        freed.note(state, facts)
    }

    /// A job was written as available that may have to wait for a place of its key.
    public static func arrive(_ id: JobID, at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws {
        // Not yet one of those that have a place.
        try table.place(id, .blocked)
        try enter(id, at: now, &table, &freed)
    }

    /// A place of a concurrency key may be free: those that wait for it have it, by priority, then age.
    static func letIn(_ key: String?, at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws {
        guard let key else { return }
        while let next = try table.firstBlocked(by: key), let facts = try table.facts(of: next),
            try table.places(takenOf: key) < facts.concurrency
        {
            try table.place(next, .available)
            freed.note(.available, facts)
        }
    }

    /// A job has left its worker and does not wait for the next one at once.
    public static func left(_ id: JobID, at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws {
        try letIn(try table.facts(of: id)?.concurrencyKey, at: now, &table, &freed)
    }

    // MARK: Ends

    /// A job has ended: its key, its place and those that came after it are free, as far as its end is a good one. A batch
    /// tells as many of those as `ConditionTable.stepsLeft` allows; `goOn` tells the others in later batches.
    public static func ended(_ id: JobID, at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws {
        guard let facts = try table.facts(of: id) else { return }
        try free(id, facts, at: now, &table, &freed)
        try tellChildren(of: id, facts.state, at: now, &table, &freed)
    }

    /// What an ended job had is free.
    private static func free(
        _ id: JobID, _ facts: JobFacts, at now: Timestamp, _ table: inout Table, _ freed: inout Freed
    ) throws {
        if facts.uniqueScope == .untilDone, let key = facts.uniqueKey { try table.free(key, of: id) }
        // A dead letter may be woken, and what was cancelled with its parent is woken with it: they need what they are
        // about.
        if facts.redacts, facts.state != .dead, try facts.state != .cancelled || !table.hasFailedParent(id) {
            try table.redact(id)
        }
        try letIn(facts.concurrencyKey, at: now, &table, &freed)
    }

    /// Those that came after a job that has ended are told, and those that came after them where they are cancelled with it.
    private static func tellChildren(
        of id: JobID, _ state: JobState, at now: Timestamp, _ table: inout Table, _ freed: inout Freed
    ) throws {
        var ended = [(id: id, state: state)]
        while let parent = ended.popLast() {
            for child in try table.children(of: parent.id, .open, limit: table.stepsLeft + 1) {
                guard table.stepsLeft > 0 else {
                    try postpone(.end, of: parent.id, &table, &freed)
                    break
                }
                table.stepsLeft -= 1
                if try tell(child, of: parent.id, parent.state, at: now, &table, &freed) { continue }
                guard let facts = try table.facts(of: child) else { continue }
                try free(child, facts, at: now, &table, &freed)
                ended.append((child, facts.state))
            }
        }
    }

    private static func postpone(
        _ change: PostponedChange, of id: JobID, _ table: inout Table, _ freed: inout Freed
    ) throws {
        try table.postpone(change, of: id)
        freed.isUnfinished = true
    }

    /// Tells those that came after jobs which ended, or were woken, in earlier batches, as far as `stepsLeft` allows. Until
    /// one is told, it waits for its parent as before.
    /// - Returns: whether all have been told.
    public static func goOn(at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws -> Bool {
        while let (id, change) = try table.firstPostponed() {
            guard table.stepsLeft > 0 else {
                freed.isUnfinished = true
                return false
            }
            table.stepsLeft -= 1
            try table.removePostponed(change, of: id)
            guard let state = try table.facts(of: id)?.state else { continue }
            switch change {
            case .end where state.isTerminal: try tellChildren(of: id, state, at: now, &table, &freed)
            // It was woken meanwhile: its children wait for its next end.
            case .end: break
            case .waking where !state.isTerminal: try reopenChildren(of: id, at: now, &table, &freed)
            case .waking where state == .succeeded:
                try reopenChildren(of: id, at: now, &table, &freed)
                try postpone(.end, of: id, &table, &freed)
            // It did not end well again: what was cancelled with it stays so.
            case .waking: break
            }
        }
        return true
    }

    /// - Returns: false where the child was cancelled.
    private static func tell(
        _ child: JobID, of parent: JobID, _ state: JobState, at now: Timestamp, _ table: inout Table,
        _ freed: inout Freed
    ) throws -> Bool {
        guard let facts = try table.facts(of: child) else { return true }
        if state != .succeeded, facts.onParentFailed == .cancel {
            if facts.state == .held || facts.state == .blocked {
                try table.note(parent, of: child, .failed)
                try table.cancel(child, becauseOf: parent, state, at: now)
                return false
            }
            // Another one failed before: the child waits for both when they are woken.
            if facts.state == .cancelled, try table.hasFailedParent(child) {
                try table.note(parent, of: child, .failed)
                return true
            }
        }
        try table.note(parent, of: child, .met)
        try table.note(child, waitsFor: max(0, facts.waitsFor - 1))
        if facts.state == .blocked, facts.waitsFor <= 1 { try enter(child, at: now, &table, &freed) }
        return true
    }

    // MARK: Keys

    /// Whether a job that has a unique key until it is done can only expire: it waits, and it is too late for it to begin.
    public static func holdsKeyInVain(_ id: JobID, at now: Timestamp, _ table: inout Table) throws -> Bool {
        guard let facts = try table.facts(of: id), facts.uniqueScope == .untilDone, let last = facts.lastStart else {
            return false
        }
        return last <= now && [.available, .scheduled, .held, .blocked].contains(facts.state)
    }

    // MARK: Waking

    /// Whether the present batch may wake another job; if not, a later batch can. The first job of a batch always can be.
    public static func hasRoomToWake(_ table: inout Table) -> Bool { table.parentsLeft > 0 }

    /// Whether an ended job may be woken: what was wiped cannot run, and a key that another job has by now is that one's.
    public static func mayWake(_ id: JobID, at now: Timestamp, _ table: inout Table) throws -> Bool {
        guard let facts = try table.facts(of: id) else { return false }
        if facts.isRedacted { return false }
        guard facts.state.isTerminal, facts.state != .succeeded, let key = facts.uniqueKey else { return true }
        return try table.take(key, for: id, facts.uniqueScope, at: now)
    }

    /// A person has woken a job: it waits for those of its parents that have not ended, and not for those that failed, as
    /// the person knows of them. Those that were cancelled because of it wait again.
    public static func woken(_ id: JobID, at now: Timestamp, _ table: inout Table, _ freed: inout Freed) throws {
        var waitsFor = 0
        let parents = try table.parents(of: id)
        table.parentsLeft -= parents.count
        for parent in parents where parent.standing != .met {
            if let state = try table.facts(of: parent.id)?.state, !state.isTerminal {
                waitsFor += 1
                try table.note(parent.id, of: id, .open)
            } else {
                try table.note(parent.id, of: id, .met)
            }
        }
        try table.note(id, waitsFor: waitsFor)
        if try table.facts(of: id)?.state == .available { try arrive(id, at: now, &table, &freed) }
        try reopenChildren(of: id, at: now, &table, &freed)
    }

    private static func reopenChildren(
        of id: JobID, at now: Timestamp, _ table: inout Table, _ freed: inout Freed
    ) throws {
        var parents = [id]
        while let parent = parents.popLast() {
            for child in try table.children(of: parent, .failed, limit: table.stepsLeft + 1) {
                guard table.stepsLeft > 0 else {
                    try postpone(.waking, of: parent, &table, &freed)
                    break
                }
                table.stepsLeft -= 1
                try table.note(parent, of: child, .open)
                guard let facts = try table.facts(of: child), facts.state == .cancelled, !facts.isRedacted,
                    try !table.hasFailedParent(child)
                else { continue }
                if let key = facts.uniqueKey {
                    guard try table.take(key, for: child, facts.uniqueScope, at: now) else { continue }
                }
                let state = facts.isHeld ? JobState.held : .blocked
                try table.reopen(child, state, at: now)
                freed.note(state, facts)
                parents.append(child)
            }
        }
    }
}
