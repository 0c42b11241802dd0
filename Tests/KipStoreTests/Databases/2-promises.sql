-- A database as the release before “3 conditions” left it: a job that ended, one that waits for its time, one that was
-- cancelled and woken, one with a key, a schedule. The lines of its journal are left out, as their file is not here.
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('1 jobs');
INSERT INTO grdb_migrations VALUES('2 promises');
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
, losses INTEGER NOT NULL DEFAULT 0, interruptions INTEGER NOT NULL DEFAULT 0, on_lost INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;
INSERT INTO jobs VALUES(X'01a2158b27f67000b55dd57410dc450b','default','kip-bench',4,0,1795657771053,1,0,20,0,NULL,'a',X'7b7d',X'',NULL,'01a2158b-2902-7000-b484-dfea46ec2915',1795657771053,1795657771271,0,0,0);
INSERT INTO jobs VALUES(X'01a2158b284d70008279d81658c45ae1','default','kip-bench',1,5,1827193771136,0,0,20,0,NULL,NULL,X'7b7d',NULL,NULL,NULL,1795657771136,NULL,0,0,0);
INSERT INTO jobs VALUES(X'01a2158b289e700096a09715d5b6aa31','default','other',2,0,1795657774314,0,0,20,0,NULL,NULL,X'7b7d',NULL,NULL,NULL,1795657771167,NULL,0,0,0);
INSERT INTO jobs VALUES(X'01a2158b34cc7000b1eb31709d7d4456','default','kip-bench',2,0,1795657774285,0,0,20,0,NULL,'wait',X'7b226e616d65223a224c616e227d',NULL,NULL,NULL,1795657774285,NULL,0,0,0);
CREATE TABLE unique_keys (key TEXT NOT NULL PRIMARY KEY, job BLOB NOT NULL, fingerprint INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO unique_keys VALUES('a',X'01a2158b27f67000b55dd57410dc450b',900606119824364181);
INSERT INTO unique_keys VALUES('wait',X'01a2158b34cc7000b1eb31709d7d4456',3322603975059104763);
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
INSERT INTO schedules VALUES('morning','{"catchUp":"once","cron":"30 7 * * *","kind":"k","name":"morning","paused":false,"payload":"{}","priority":0,"queue":"default","timeZone":"Asia\/Ho_Chi_Minh"}',1795739400000,NULL);
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
CREATE TABLE firings (
    schedule TEXT NOT NULL,
    nominal INTEGER NOT NULL,
    job BLOB NOT NULL,
    fired_at INTEGER NOT NULL,
    PRIMARY KEY (schedule, nominal)
) STRICT, WITHOUT ROWID;
CREATE TABLE journal (number INTEGER NOT NULL PRIMARY KEY, line TEXT NOT NULL) STRICT;
CREATE INDEX jobs_scheduled ON jobs (run_at) WHERE state = 1;
CREATE INDEX jobs_available ON jobs (queue, kind, priority DESC, id) WHERE state = 2;
CREATE INDEX jobs_running ON jobs (id) WHERE state = 3;
CREATE INDEX jobs_dead ON jobs (finished_at) WHERE state = 7;
CREATE INDEX jobs_parked ON jobs (id) WHERE state IN (8, 9);
CREATE INDEX effects_open ON effects (job) WHERE state IN (1, 2);
CREATE INDEX effects_begun ON effects (begun_at);
CREATE TRIGGER journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
CREATE TRIGGER journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal stays'); END;
