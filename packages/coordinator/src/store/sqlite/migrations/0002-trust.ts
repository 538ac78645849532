/** Layout 2: what hosts earned, and units whose answer may still be reopened (phase 5, provisional) or is disputed (phase 6, final). Never edit: a change is the next number. */
export const trust = `
CREATE TABLE standing (             -- of a host, for a task
  task_no         INTEGER NOT NULL REFERENCES party,  -- a task's id is numbered there too
  host_no         INTEGER NOT NULL REFERENCES party,
  account_no      INTEGER NOT NULL REFERENCES party,
  passed          INTEGER NOT NULL,
  verified        INTEGER NOT NULL,
  convictions     INTEGER NOT NULL,
  quota           INTEGER NOT NULL,
  setbacks        INTEGER NOT NULL,
  suspended_until INTEGER NOT NULL, -- 0: never suspended
  banned          INTEGER NOT NULL, -- 0 or 1
  PRIMARY KEY (task_no, host_no)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (                -- of a host, in a job
  job_no      INTEGER NOT NULL REFERENCES job,
  host_no     INTEGER NOT NULL REFERENCES party,
  checks      INTEGER NOT NULL,
  convictions INTEGER NOT NULL,
  PRIMARY KEY (job_no, host_no)
) STRICT, WITHOUT ROWID;

CREATE INDEX unit_provisional ON unit (job_no, idx) WHERE phase = 5;
CREATE INDEX unit_disputed ON unit (job_no, idx) WHERE phase = 6;
`;
