import GRDB

/// The tables of `kip.db`.
enum Schema {
    /// Creates what is missing; a newer database than this program is refused by name.
    static func migrate(_ writer: DatabaseQueue) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs") { db in
            try db.execute(sql: jobs)
        }
        try migrator.migrate(writer)
        let known = Set(migrator.migrations)
        let foreign = try writer.read { try migrator.appliedIdentifiers($0) }.subtracting(known)
        if let name = foreign.sorted().first {
            throw StoreError.failed("it was written by a newer Kịp (migration “\(name)”); install that version")
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
}
