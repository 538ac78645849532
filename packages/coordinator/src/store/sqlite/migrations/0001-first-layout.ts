/**
 * Layout 1; the reasons are in docs/adr/0005-sqlite-layout.md. Times are epoch milliseconds. Never edit: a change is the next number.
 * Ids of jobs, hosts and accounts are written once, in `job` and `party`; everywhere else stands their number.
 */
export const firstLayout = `
CREATE TABLE store_state (
  one           INTEGER PRIMARY KEY CHECK (one = 1),
  epoch         INTEGER NOT NULL,
  alive_at      INTEGER,            -- null: never served
  hosts         INTEGER NOT NULL,
  accounts      INTEGER NOT NULL,   -- accounts with a host
  final_units   INTEGER NOT NULL,
  valid_results INTEGER NOT NULL,
  microcredits  INTEGER NOT NULL
) STRICT;
INSERT INTO store_state VALUES (1, 1, NULL, 0, 0, 0, 0, 0);

CREATE TABLE party (                -- a host or an account
  party_no INTEGER PRIMARY KEY,
  id       TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE host (
  host_no      INTEGER PRIMARY KEY REFERENCES party,
  account_no   INTEGER NOT NULL REFERENCES party,
  name         TEXT,                -- null: not given
  last_seen_at INTEGER NOT NULL,
  body         TEXT NOT NULL        -- JSON of Host
) STRICT;
CREATE INDEX host_account ON host (account_no);

CREATE TABLE task (
  id           TEXT PRIMARY KEY,
  published_at INTEGER NOT NULL,
  body         TEXT NOT NULL        -- JSON of PublishedTask
) STRICT;
CREATE INDEX task_published ON task (published_at);

CREATE TABLE author (
  name TEXT PRIMARY KEY,
  body TEXT NOT NULL                -- JSON of Author
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
  job_no         INTEGER PRIMARY KEY,
  id             TEXT NOT NULL UNIQUE,
  revision       INTEGER NOT NULL,
  author         TEXT NOT NULL,
  key            TEXT NOT NULL,
  ended          INTEGER NOT NULL,  -- 0 or 1
  body           TEXT NOT NULL,     -- JSON of Job
  endings        INTEGER NOT NULL DEFAULT 0,  -- units ended: the last cursor of the job's results
  hosts          INTEGER NOT NULL DEFAULT 0,  -- hosts with a valid result
  units_per_cell INTEGER NOT NULL DEFAULT 1,
  UNIQUE (author, key)
) STRICT;
CREATE INDEX job_active ON job (job_no) WHERE ended = 0;

CREATE TABLE input_chunk (          -- one row for thousands of inputs
  job_no      INTEGER NOT NULL REFERENCES job,
  chunk       INTEGER NOT NULL,
  first_index INTEGER NOT NULL,
  count       INTEGER NOT NULL,
  digest      TEXT NOT NULL,
  lines       TEXT NOT NULL,
  UNIQUE (job_no, chunk),
  UNIQUE (job_no, first_index)
) STRICT;

CREATE TABLE unit (
  job_no      INTEGER NOT NULL REFERENCES job,
  idx         INTEGER NOT NULL,
  revision    INTEGER NOT NULL,
  phase       INTEGER NOT NULL,     -- 0 open, 1 verifying, 2 final, 3 failed, 4 cancelled
  ready       INTEGER NOT NULL,     -- replicas that may be handed out
  deadline_at INTEGER,              -- the earliest of its live leases; null: none
  ending      INTEGER,              -- its place in the order of endings; null: not ended
  canonical   INTEGER,              -- the replica whose output is believed; null unless final
  body        TEXT NOT NULL,        -- see unit-codec.ts
  must_exist  INTEGER REFERENCES job, -- see units.ts; null in every row
  PRIMARY KEY (job_no, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX unit_ready ON unit (job_no, idx) WHERE ready > 0;
CREATE INDEX unit_unsettled ON unit (job_no, idx) WHERE deadline_at IS NOT NULL OR phase = 1;
CREATE INDEX unit_deadline ON unit (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE UNIQUE INDEX unit_ending ON unit (job_no, ending) WHERE ending IS NOT NULL;

CREATE TABLE result (               -- evidence: append-only
  job_no      INTEGER NOT NULL,
  idx         INTEGER NOT NULL,
  no          INTEGER NOT NULL,
  late        INTEGER NOT NULL,     -- 0 or 1
  lease       TEXT NOT NULL,
  host_no     INTEGER NOT NULL,
  account_no  INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  elapsed_ms  REAL NOT NULL,
  error       TEXT,                 -- the kind of error; null: it has an output
  digest      TEXT,                 -- null: an error
  content     TEXT NOT NULL,        -- the output, the name of the blob that holds it, or the error's message
  blob_bytes  INTEGER,              -- null: content is the output itself
  PRIMARY KEY (job_no, idx, no, late),
  FOREIGN KEY (job_no, idx) REFERENCES unit
) STRICT, WITHOUT ROWID;

CREATE TABLE posting (              -- the ledger: append-only
  job_no       INTEGER NOT NULL,
  idx          INTEGER NOT NULL,
  no           INTEGER NOT NULL,
  kind         INTEGER NOT NULL,    -- 0 valid-result, 1 revocation
  host_no      INTEGER NOT NULL,
  account_no   INTEGER NOT NULL,
  microcredits INTEGER NOT NULL,
  at           INTEGER NOT NULL,
  PRIMARY KEY (job_no, idx, no, kind),
  FOREIGN KEY (job_no, idx) REFERENCES unit
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
  account_no    INTEGER PRIMARY KEY REFERENCES party,
  name          TEXT,               -- null: none of its hosts gives one
  hosts         INTEGER NOT NULL DEFAULT 0,
  postings      INTEGER NOT NULL DEFAULT 0,
  valid_results INTEGER NOT NULL DEFAULT 0,
  microcredits  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX account_rank ON account (microcredits) WHERE postings > 0;

CREATE TABLE job_host (
  job_no        INTEGER NOT NULL,
  host_no       INTEGER NOT NULL,
  valid_results INTEGER NOT NULL,
  PRIMARY KEY (job_no, host_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE cell (
  job_no    INTEGER NOT NULL,
  cell      INTEGER NOT NULL,
  rows      INTEGER NOT NULL,       -- units with a row
  final     INTEGER NOT NULL,
  failed    INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  accounts  TEXT NOT NULL,          -- JSON: numbers of up to three accounts that verified it
  PRIMARY KEY (job_no, cell)
) STRICT, WITHOUT ROWID;
`;
