import GRDB
import KipCore

extension SQLiteJobStore {
    /// The rows of this database, for the rules of conditions.
    func conditions(_ db: Database) -> SQLiteConditionTable { SQLiteConditionTable(hot: hot.conditions, steps: steps) }

    /// Notes, once and for all, that the database has jobs with conditions: until then no end of a job looks for any.
    func noteConditions(_ db: Database) throws {
        if usesConditions { return }
        try db.execute(sql: "INSERT OR IGNORE INTO marks (name) VALUES ('conditions')")
        usesConditions = true
    }

    static func usesConditions(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM marks WHERE name = 'conditions')") ?? true
    }
}

/// SQLite's rows for the rules of conditions.
struct SQLiteConditionTable: ConditionTable {
    let hot: ConditionStatements
    let steps: DependentSteps

    var stepsLeft: Int {
        get { steps.left }
        nonmutating set { steps.left = newValue }
    }

    var parentsLeft: Int {
        get { steps.parentsLeft }
        nonmutating set { steps.parentsLeft = newValue }
    }

    func facts(of id: JobID) throws -> JobFacts? {
        let row = hot.facts
        row.bind(id, at: 1)
        defer { row.reset() }
        guard try row.step(), let state = JobState(rawValue: row.integer(0)) else { return nil }
        return JobFacts(
            state: state, lane: Lane(queue: row.text(1) ?? "", kind: row.text(2) ?? ""),
            runAt: row.timestamp(3) ?? Timestamp(milliseconds: 0), lastStart: row.timestamp(12),
            isHeld: row.integer(4) == 1,
            waitsFor: row.integer(5), onParentFailed: OnParentFailed(rawValue: row.integer(6)) ?? .cancel,
            concurrencyKey: row.text(7), concurrency: max(1, row.integer(8)), uniqueKey: row.text(9),
            uniqueScope: UniqueScope(stored: row.isNull(10) ? nil : row.integer(10)), redacts: row.integer(11) >= 1,
            isRedacted: row.integer(11) == 2)
    }

    func place(_ id: JobID, _ state: JobState) throws {
        hot.place.bind(id, at: 1)
        hot.place.bind(state.rawValue, at: 2)
        try hot.place.run()
    }

    func cancel(_ id: JobID, becauseOf parent: JobID, _ state: JobState, at now: Timestamp) throws {
        hot.cancel.bind(id, at: 1)
        hot.cancel.bind(now, at: 2)
        hot.cancel.bind("job \(parent), which it came after, is \(state.name)", at: 3)
        try hot.cancel.run()
    }

    func reopen(_ id: JobID, _ state: JobState, at now: Timestamp) throws {
        hot.reopen.bind(id, at: 1)
        hot.reopen.bind(state.rawValue, at: 2)
        hot.reopen.bind(now, at: 3)
        try hot.reopen.run()
    }

    func places(takenOf key: String) throws -> Int {
        hot.places.bind(key, at: 1)
        defer { hot.places.reset() }
        return try hot.places.step() ? hot.places.integer(0) : 0
    }

    func firstBlocked(by key: String) throws -> JobID? {
        hot.firstBlocked.bind(key, at: 1)
        defer { hot.firstBlocked.reset() }
        return try hot.firstBlocked.step() ? hot.firstBlocked.jobID(0) : nil
    }

    func postpone(_ change: PostponedChange, of id: JobID) throws {
        hot.postpone.bind(id, at: 1)
        hot.postpone.bind(change.rawValue, at: 2)
        try hot.postpone.run()
    }

    func firstPostponed() throws -> (id: JobID, change: PostponedChange)? {
        defer { hot.firstPostponed.reset() }
        guard try hot.firstPostponed.step() else { return nil }
        return (hot.firstPostponed.jobID(0), PostponedChange(rawValue: hot.firstPostponed.integer(1)) ?? .end)
    }

    func removePostponed(_ change: PostponedChange, of id: JobID) throws {
        hot.removePostponed.bind(id, at: 1)
        hot.removePostponed.bind(change.rawValue, at: 2)
        try hot.removePostponed.run()
    }

    func children(of parent: JobID, _ standing: ParentStanding, limit: Int) throws -> [JobID] {
        hot.children.bind(parent, at: 1)
        hot.children.bind(standing.rawValue, at: 2)
        hot.children.bind(limit, at: 3)
        defer { hot.children.reset() }
        var children: [JobID] = []
        while try hot.children.step() { children.append(hot.children.jobID(0)) }
        return children
    }

    func parents(of child: JobID) throws -> [(id: JobID, standing: ParentStanding)] {
        hot.parents.bind(child, at: 1)
        defer { hot.parents.reset() }
        var parents: [(JobID, ParentStanding)] = []
        while try hot.parents.step() {
            parents.append((hot.parents.jobID(0), ParentStanding(rawValue: hot.parents.integer(1)) ?? .met))
        }
        return parents
    }

    func hasFailedParent(_ child: JobID) throws -> Bool {
        hot.failedParent.bind(child, at: 1)
        defer { hot.failedParent.reset() }
        return try hot.failedParent.step()
    }

    func note(_ parent: JobID, of child: JobID, _ standing: ParentStanding) throws {
        hot.standing.bind(child, at: 1)
        hot.standing.bind(parent, at: 2)
        hot.standing.bind(standing.rawValue, at: 3)
        try hot.standing.run()
    }

    func note(_ child: JobID, waitsFor count: Int) throws {
        hot.waitsFor.bind(child, at: 1)
        hot.waitsFor.bind(count, at: 2)
        try hot.waitsFor.run()
    }

    func free(_ key: String, of id: JobID) throws {
        hot.freeKey.bind(key, at: 1)
        hot.freeKey.bind(id, at: 2)
        try hot.freeKey.run()
    }

    func take(_ key: String, for id: JobID, _ scope: UniqueScope, at now: Timestamp) throws -> Bool {
        guard let fingerprint = try fingerprint(of: id) else { return false }
        hot.takeKey.bind(key, at: 1)
        hot.takeKey.bind(id, at: 2)
        hot.takeKey.bind(now, at: 3)
        hot.takeKey.bind(Int(fingerprint), at: 4)
        hot.takeKey.bind(scope.until(now), at: 5)
        try hot.takeKey.run()
        hot.holder.bind(key, at: 1)
        defer { hot.holder.reset() }
        return try hot.holder.step() && hot.holder.jobID(0) == id
    }

    private func fingerprint(of id: JobID) throws -> Int64? {
        hot.content.bind(id, at: 1)
        defer { hot.content.reset() }
        guard try hot.content.step() else { return nil }
        return Fingerprint.of(kind: hot.content.text(0) ?? "", payload: hot.content.bytes(1))
    }

    func redact(_ id: JobID) throws {
        hot.redact.bind(id, at: 1)
        try hot.redact.run()
    }

    /// A job that is about to be written, and the place of each of its parents.
    func insertParent(_ parent: JobID, of child: JobID, position: Int, _ standing: ParentStanding) throws {
        hot.insertParent.bind(child, at: 1)
        hot.insertParent.bind(position, at: 2)
        hot.insertParent.bind(parent, at: 3)
        hot.insertParent.bind(standing.rawValue, at: 4)
        try hot.insertParent.run()
    }
}

/// How many jobs a batch may still look at because of others, one count for all tables of a store. The limits are those of
/// one batch, some 50 ms of work each; tests set lower ones.
final class DependentSteps {
    /// Jobs that are told of the ends of others.
    var limit = 1_000
    var left = 0
    /// Parents of jobs that are woken.
    var parentLimit = 2_000
    var parentsLeft = 0

    func beginBatch() {
        left = limit
        parentsLeft = parentLimit
    }

    /// A part of the batch that is to have its own steps begins.
    func reset() { left = limit }
}

/// The statements of the rules of conditions, prepared once.
struct ConditionStatements {
    let facts: HotStatement
    let place: HotStatement
    let cancel: HotStatement
    let reopen: HotStatement
    let places: HotStatement
    let firstBlocked: HotStatement
    let children: HotStatement
    let parents: HotStatement
    let failedParent: HotStatement
    let standing: HotStatement
    let waitsFor: HotStatement
    let freeKey: HotStatement
    let takeKey: HotStatement
    let holder: HotStatement
    let content: HotStatement
    let redact: HotStatement
    let insertParent: HotStatement
    let postpone: HotStatement
    let firstPostponed: HotStatement
    let removePostponed: HotStatement

    init(_ db: Database) throws {
        facts = try HotStatement(
            db,
            """
            SELECT state, queue, kind, run_at, hold, waits_for, on_parent_failed, concurrency_key, concurrency, unique_key,
                unique_scope, redact, expires_at
            FROM jobs WHERE id = ?1
            """)
        place = try HotStatement(db, "UPDATE jobs SET state = ?2 WHERE id = ?1 AND state IN (1, 2, 10, 11)")
        cancel = try HotStatement(
            db, "UPDATE jobs SET state = 5, finished_at = ?2, error = ?3 WHERE id = ?1 AND state IN (10, 11)")
        reopen = try HotStatement(
            db,
            """
            UPDATE jobs SET state = ?2, finished_at = NULL, error = NULL, run_at = iif(created_at > ?3, ?3, run_at)
            WHERE id = ?1 AND state = 5
            """)
        places = try HotStatement(
            db,
            "SELECT COUNT(*) FROM jobs WHERE concurrency_key = ?1 AND concurrency_key IS NOT NULL AND state IN (2, 3)")
        firstBlocked = try HotStatement(
            db,
            """
            SELECT id FROM jobs
            WHERE concurrency_key = ?1 AND concurrency_key IS NOT NULL AND state = 11 AND waits_for IS NULL
            ORDER BY priority DESC, id LIMIT 1
            """)
        children = try HotStatement(
            db, "SELECT child FROM parents WHERE parent = ?1 AND standing = ?2 ORDER BY child LIMIT ?3")
        parents = try HotStatement(db, "SELECT parent, standing FROM parents WHERE child = ?1 ORDER BY position")
        failedParent = try HotStatement(
            db, "SELECT 1 FROM parents WHERE child = ?1 AND standing = \(ParentStanding.failed.rawValue) LIMIT 1")
        standing = try HotStatement(db, "UPDATE parents SET standing = ?3 WHERE child = ?1 AND parent = ?2")
        waitsFor = try HotStatement(db, "UPDATE jobs SET waits_for = nullif(?2, 0) WHERE id = ?1")
        freeKey = try HotStatement(db, "DELETE FROM unique_keys WHERE key = ?1 AND job = ?2")
        takeKey = try HotStatement(
            db,
            """
            INSERT INTO unique_keys (key, job, fingerprint, until) VALUES (?1, ?2, ?4, ?5)
            ON CONFLICT (key) DO UPDATE SET job = ?2, fingerprint = ?4, until = ?5 WHERE until <= ?3
            """)
        content = try HotStatement(db, "SELECT kind, payload FROM jobs WHERE id = ?1")
        holder = try HotStatement(db, "SELECT job FROM unique_keys WHERE key = ?1")
        redact = try HotStatement(db, "UPDATE jobs SET payload = zeroblob(0), redact = 2 WHERE id = ?1")
        insertParent = try HotStatement(
            db, "INSERT INTO parents (child, position, parent, standing) VALUES (?1, ?2, ?3, ?4)")
        postpone = try HotStatement(db, "INSERT OR IGNORE INTO untold_dependents (job, change) VALUES (?1, ?2)")
        firstPostponed = try HotStatement(
            db, "SELECT job, change FROM untold_dependents WHERE number >= 0 ORDER BY number LIMIT 1")
        removePostponed = try HotStatement(db, "DELETE FROM untold_dependents WHERE job = ?1 AND change = ?2")
    }
}

extension UniqueScope {
    /// The column: NULL is forever, 0 until the job has ended, more is so many milliseconds.
    init(stored: Int?) {
        switch stored {
        case nil: self = .forever
        case 0: self = .untilDone
        case .some(let milliseconds): self = .period(milliseconds: Int64(milliseconds))
        }
    }

    var stored: Int? {
        switch self {
        case .forever: nil
        case .untilDone: 0
        case .period(let milliseconds): Int(milliseconds)
        }
    }

    /// Until when a key that is taken now stands; nil = for longer.
    package func until(_ now: Timestamp) -> Timestamp? {
        if case .period(let milliseconds) = self { now.advanced(byMilliseconds: milliseconds) } else { nil }
    }
}
