import GRDB
import Synchronization

/// The tables of `kip.db`.
enum Schema {
    /// Creates what is missing; a newer database than this program is refused by name.
    /// - Returns: what an operator should know of it; empty if nothing was merged or respelled.
    static func migrate(_ writer: DatabaseQueue) throws -> [String] {
        let notes = Notes()
        let migrator = migrator(notes)
        try refuseNewer(writer, migrator)
        try migrator.migrate(writer)
        return notes.lines.withLock { $0 }
    }

    /// What migrations have to say.
    private final class Notes: Sendable {
        let lines = Mutex<[String]>([])
    }

    private static func migrator(_ notes: Notes = Notes()) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs") { db in
            try db.execute(sql: jobs)
        }
        migrator.registerMigration("2 promises") { db in
            try db.execute(sql: promises)
        }
        migrator.registerMigration("3 conditions") { db in
            try db.execute(sql: conditions)
        }
        migrator.registerMigration("4 decisions") { db in
            try db.execute(sql: decisions)
        }
        migrator.registerMigration("5 plain indexes") { db in
            try db.execute(sql: plainIndexes)
        }
        migrator.registerMigration("6 recent") { db in
            try db.execute(sql: recent)
        }
        migrator.registerMigration("7 spelling") { db in
            let lines = try SpellingMigration.run(db)
            notes.lines.withLock { $0 += lines }
        }
        migrator.registerMigration("8 worker owners") { db in
            try db.execute(sql: workerOwners)
        }
        migrator.registerMigration("9 kind options") { db in
            try db.execute(sql: kindOptions)
        }
        migrator.registerMigration("10 clock") { db in
            try db.execute(sql: "CREATE TABLE clock (id INTEGER NOT NULL PRIMARY KEY, at INTEGER NOT NULL) STRICT")
        }
        migrator.registerMigration("11 high-water mark") { db in
            try db.execute(sql: highWater)
        }
        migrator.registerMigration("12 pages") { db in
            try db.execute(sql: pages)
        }
        migrator.registerMigration("13 pages in turn") { db in
            try db.execute(sql: pagesInTurn)
        }
        migrator.registerMigration("14 unproven times") { db in
            // Until when nothing proves whether its times have fired (`Reconcile`), in Unix milliseconds.
            try db.execute(sql: "ALTER TABLE schedules ADD COLUMN unproven_until INTEGER")
        }
        return migrator
    }

    /// - Throws: `StoreError.newer` where another program wrote it.
    static func refuseNewer(_ reader: DatabaseQueue) throws {
        try refuseNewer(reader, migrator())
    }

    private static func refuseNewer(_ writer: DatabaseQueue, _ migrator: DatabaseMigrator) throws {
        let known = Set(migrator.migrations)
        let foreign = try writer.read { try migrator.appliedIdentifiers($0) }.subtracting(known)
        if let name = foreign.sorted().first {
            throw StoreError.newer(path: writer.path, migration: name)
        }
    }

    /// Ids grow, so that `jobs` grows at its end; each index holds only the jobs of one state.
    private static let jobs = """
        CREATE TABLE jobs (
            id BLOB NOT NULL PRIMARY KEY,
            queue TEXT NOT NULL,
            kind TEXT NOT NULL,
            state INTEGER NOT NULL,
            priority INTEGER NOT NULL,
            run_at INTEGER NOT NULL,
            attempt INTEGER NOT NULL DEFAULT 0,
            failures INTEGER NOT NULL DEFAULT 0,
            max_attempts INTEGER NOT NULL,
            timeout_ms INTEGER NOT NULL,
            retry TEXT,
            unique_key TEXT,
            payload BLOB NOT NULL,
            result BLOB,
            error TEXT,
            worker TEXT,
            created_at INTEGER NOT NULL,
            finished_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 1;
        CREATE INDEX jobs_available ON jobs (queue, kind, priority DESC, id) WHERE state = 2;
        CREATE INDEX jobs_running ON jobs (id) WHERE state = 3;
        CREATE INDEX jobs_dead ON jobs (finished_at) WHERE state = 7;
        CREATE TABLE unique_keys (key TEXT NOT NULL PRIMARY KEY, job BLOB NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE attempts (
            job BLOB NOT NULL,
            attempt INTEGER NOT NULL,
            worker TEXT NOT NULL,
            ended_at INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            error TEXT NOT NULL,
            PRIMARY KEY (job, attempt)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE schedules (
            name TEXT NOT NULL PRIMARY KEY,
            definition TEXT NOT NULL,
            next_at INTEGER,
            last_nominal INTEGER
        ) STRICT, WITHOUT ROWID;
        """

    /// The ledgers of effects and firings, the three counters, and the journal that nobody can bend.
    private static let promises = """
        ALTER TABLE jobs ADD COLUMN losses INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN interruptions INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE jobs ADD COLUMN on_lost INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX jobs_parked ON jobs (id) WHERE state IN (8, 9);
        ALTER TABLE unique_keys ADD COLUMN fingerprint INTEGER;
        CREATE TABLE effects (
            key TEXT NOT NULL PRIMARY KEY,
            state INTEGER NOT NULL,
            job BLOB NOT NULL,
            attempt INTEGER NOT NULL,
            worker TEXT NOT NULL,
            begun_at INTEGER NOT NULL,
            settled_at INTEGER,
            settled_by TEXT,
            receipt BLOB
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX effects_open ON effects (job) WHERE state IN (1, 2);
        CREATE INDEX effects_begun ON effects (begun_at);
        CREATE TABLE firings (
            schedule TEXT NOT NULL,
            nominal INTEGER NOT NULL,
            job BLOB NOT NULL,
            fired_at INTEGER NOT NULL,
            PRIMARY KEY (schedule, nominal)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE journal (number INTEGER NOT NULL PRIMARY KEY, line TEXT NOT NULL) STRICT;
        CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        CREATE TRIGGER journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
        """

    /// What jobs ask for beside a worker, and what operators have said of queues and kinds. A job without conditions has NULL
    /// in each of these columns, and stands in none of these indexes; there are few of them, as each one that depends on the
    /// state is looked at whenever a job's state changes.
    private static let conditions = """
        ALTER TABLE jobs ADD COLUMN expires_at INTEGER;
        ALTER TABLE jobs ADD COLUMN deadline INTEGER;
        ALTER TABLE jobs ADD COLUMN headers BLOB;
        ALTER TABLE jobs ADD COLUMN hold INTEGER;
        ALTER TABLE jobs ADD COLUMN waits_for INTEGER;
        ALTER TABLE jobs ADD COLUMN on_parent_failed INTEGER;
        ALTER TABLE jobs ADD COLUMN concurrency_key TEXT;
        ALTER TABLE jobs ADD COLUMN concurrency INTEGER;
        ALTER TABLE jobs ADD COLUMN unique_scope INTEGER;
        ALTER TABLE jobs ADD COLUMN redact INTEGER;
        ALTER TABLE jobs ADD COLUMN keep_ms INTEGER;
        ALTER TABLE jobs ADD COLUMN released_by TEXT;
        ALTER TABLE jobs ADD COLUMN released_at INTEGER;
        CREATE INDEX jobs_expiring ON jobs (expires_at) WHERE expires_at IS NOT NULL AND state IN (1, 2, 10, 11);
        CREATE INDEX jobs_keyed ON jobs (concurrency_key, state, waits_for, priority DESC, id)
            WHERE concurrency_key IS NOT NULL;
        DROP INDEX jobs_parked;
        CREATE INDEX jobs_waiting ON jobs (state, id) WHERE state IN (8, 9, 10, 11);
        ALTER TABLE unique_keys ADD COLUMN until INTEGER;
        CREATE TABLE parents (
            child BLOB NOT NULL,
            position INTEGER NOT NULL,
            parent BLOB NOT NULL,
            standing INTEGER NOT NULL,
            PRIMARY KEY (child, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX parents_children ON parents (parent, child, standing);
        CREATE INDEX parents_failed ON parents (child, standing) WHERE standing = 2;
        CREATE TABLE controls (
            scope INTEGER NOT NULL,
            name TEXT NOT NULL,
            control BLOB NOT NULL,
            PRIMARY KEY (scope, name)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE starts (
            queue TEXT NOT NULL,
            at INTEGER NOT NULL,
            jobs INTEGER NOT NULL,
            PRIMARY KEY (queue, at)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE progress (
            job BLOB NOT NULL PRIMARY KEY,
            fraction REAL NOT NULL,
            text TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE job_log (
            job BLOB NOT NULL,
            number INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            at INTEGER NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE marks (name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;
        """

    /// What people decided, for the history of jobs and schedules; the journal tells it to auditors.
    private static let decisions = """
        CREATE TABLE decisions (
            job BLOB NOT NULL,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            what TEXT NOT NULL,
            by TEXT NOT NULL,
            PRIMARY KEY (job, number)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE triggers (
            schedule TEXT NOT NULL,
            at INTEGER NOT NULL,
            job BLOB NOT NULL,
            by TEXT NOT NULL,
            PRIMARY KEY (schedule, at, job)
        ) STRICT, WITHOUT ROWID;
        """

    /// A list of more than two values in an index's condition makes SQLite build a table of them for each row that it
    /// writes: comparisons do not. States from 8 on wait for somebody.
    private static let plainIndexes = """
        DROP INDEX jobs_waiting;
        CREATE INDEX jobs_waiting ON jobs (state, id) WHERE state >= 8;
        DROP INDEX jobs_expiring;
        CREATE INDEX jobs_expiring ON jobs (expires_at)
            WHERE expires_at IS NOT NULL AND (state <= 2 OR state >= 10);
        """

    /// What happened to jobs that have no row in `jobs` yet: a row for each batch (`RecentLog`).
    private static let recent = """
        CREATE TABLE recent (number INTEGER NOT NULL PRIMARY KEY, changes BLOB NOT NULL) STRICT;
        """

    /// What workers say of their kinds, and whose set a schedule belongs to.
    private static let kindOptions = """
        CREATE TABLE kinds (
            name TEXT NOT NULL PRIMARY KEY,
            options BLOB NOT NULL,
            said_at INTEGER NOT NULL,
            said_by TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE schedules ADD COLUMN owner TEXT NOT NULL DEFAULT '';
        """

    /// Which key owns which worker's id, and which key a worker had that began an effect. An empty key is that of a worker
    /// whose endpoint asks for none; NULL is not known.
    private static let workerOwners = """
        CREATE TABLE worker_owners (
            worker TEXT NOT NULL PRIMARY KEY,
            public_key TEXT NOT NULL,
            seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        ALTER TABLE effects ADD COLUMN worker_key TEXT;
        """

    /// How far changes of many jobs have come that are worked off in pages.
    private static let pages = """
        CREATE TABLE untold_dependents (
            job BLOB NOT NULL,
            change INTEGER NOT NULL,
            PRIMARY KEY (job, change)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE clock_correction (
            id INTEGER NOT NULL PRIMARY KEY,
            step INTEGER NOT NULL,
            run_at INTEGER NOT NULL,
            job BLOB NOT NULL,
            key TEXT NOT NULL
        ) STRICT;
        """

    /// Parents take turns in which their children hear of them, and a correction of times knows by which reading it began: one
    /// that does not begins anew.
    private static let pagesInTurn = """
        ALTER TABLE untold_dependents RENAME TO untold_dependents_by_job;
        CREATE TABLE untold_dependents (
            number INTEGER PRIMARY KEY,
            job BLOB NOT NULL,
            change INTEGER NOT NULL,
            UNIQUE (job, change)
        ) STRICT;
        INSERT INTO untold_dependents (job, change) SELECT job, change FROM untold_dependents_by_job;
        DROP TABLE untold_dependents_by_job;
        DROP TABLE clock_correction;
        CREATE TABLE clock_correction (
            id INTEGER NOT NULL PRIMARY KEY,
            step INTEGER NOT NULL,
            at INTEGER NOT NULL,
            run_at INTEGER NOT NULL,
            job BLOB NOT NULL,
            key TEXT NOT NULL
        ) STRICT;
        CREATE INDEX IF NOT EXISTS parents_standing ON parents (parent, standing, child);
        """

    /// One number, which grows now and then and stands in a file outside of the database (`HighWaterMark`).
    private static let highWater = """
        CREATE TABLE high_water (number INTEGER NOT NULL) STRICT;
        INSERT INTO high_water (number) VALUES (0);
        """
}
