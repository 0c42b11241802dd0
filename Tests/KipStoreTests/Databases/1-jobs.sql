-- The tables and a few rows of a database as version 0.1.0 left it, before the migration “2 promises”.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES ('1 jobs');
CREATE TABLE jobs (
    id BLOB NOT NULL PRIMARY KEY, queue TEXT NOT NULL, kind TEXT NOT NULL, state INTEGER NOT NULL,
    priority INTEGER NOT NULL, run_at INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL, timeout_ms INTEGER NOT NULL, retry TEXT,
    unique_key TEXT, payload BLOB NOT NULL, result BLOB, error TEXT, worker TEXT, created_at INTEGER NOT NULL,
    finished_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 1;
CREATE INDEX jobs_available ON jobs (queue, kind, priority DESC, id) WHERE state = 2;
CREATE INDEX jobs_running ON jobs (id) WHERE state = 3;
CREATE INDEX jobs_dead ON jobs (finished_at) WHERE state = 7;
CREATE TABLE unique_keys (key TEXT NOT NULL PRIMARY KEY, job BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
    job BLOB NOT NULL, attempt INTEGER NOT NULL, worker TEXT NOT NULL, ended_at INTEGER NOT NULL,
    outcome TEXT NOT NULL, error TEXT NOT NULL, PRIMARY KEY (job, attempt)
) STRICT, WITHOUT ROWID;
CREATE TABLE schedules (
    name TEXT NOT NULL PRIMARY KEY, definition TEXT NOT NULL, next_at INTEGER, last_nominal INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO jobs VALUES (x'018bcfe56a7b7a62aa538b4096e2f031', 'default', 'k', 2, 0, 1000, 0, 0, 20, 0, NULL, 'key',
    x'7b7d', NULL, NULL, NULL, 1000, NULL);
INSERT INTO jobs VALUES (x'018bcfe56a7b7a62aa538b4096e2f032', 'default', 'k', 3, 0, 1000, 2, 1, 20, 0, NULL, NULL,
    x'7b7d', NULL, 'once', 'worker', 1000, NULL);
INSERT INTO jobs VALUES (x'018bcfe56a7b7a62aa538b4096e2f033', 'default', 'k', 4, 0, 1000, 1, 0, 20, 0, NULL, NULL,
    x'7b7d', x'31', NULL, 'worker', 1000, 2000);
INSERT INTO unique_keys VALUES ('key', x'018bcfe56a7b7a62aa538b4096e2f031');
INSERT INTO attempts VALUES (x'018bcfe56a7b7a62aa538b4096e2f032', 1, 'worker', 1500, 'failed', 'once');
