/**
 * Layout 3: what accounts, hosts and teams earned, each day and lately, in place of `account`. Everything is derived from `posting`, `host` and
 * the judged replicas of units, and can be again. Never edit: a change is the next number.
 */
export const credit = `
ALTER TABLE host ADD COLUMN team TEXT;  -- null: none

CREATE TABLE earner (
  party_no        INTEGER PRIMARY KEY REFERENCES party,  -- a team is numbered there too, as team:NAME
  kind            INTEGER NOT NULL,     -- 0 account, 1 host, 2 team
  name            TEXT,                 -- null: none given
  belongs_no      INTEGER REFERENCES party, -- the team of an account, the account of a host; null: none
  members         INTEGER NOT NULL,     -- hosts of an account, accounts of a team
  postings        INTEGER NOT NULL,
  valid_results   INTEGER NOT NULL,
  invalid_results INTEGER NOT NULL,
  microcredits    INTEGER NOT NULL,
  recent          REAL NOT NULL,        -- microcredits a day, as of recent_at
  recent_at       INTEGER NOT NULL,
  recent_rank     REAL                  -- orders recent of different times; null: nothing to rank
) STRICT;

CREATE TABLE credit_day (
  party_no      INTEGER NOT NULL REFERENCES party,
  day           INTEGER NOT NULL,       -- since 1 January 1970, UTC
  valid_results INTEGER NOT NULL,
  microcredits  INTEGER NOT NULL,
  PRIMARY KEY (party_no, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE invalid_result (           -- replicas once judged invalid, so that each is counted once
  job_no INTEGER NOT NULL,
  idx    INTEGER NOT NULL,
  no     INTEGER NOT NULL,
  PRIMARY KEY (job_no, idx, no),
  FOREIGN KEY (job_no, idx) REFERENCES unit
) STRICT, WITHOUT ROWID;

CREATE TEMP TABLE earned AS
  SELECT account_no AS party_no, 0 AS kind, posting.kind AS revoked, microcredits, at FROM posting
  UNION ALL
  SELECT host_no, 1, posting.kind, microcredits, at FROM posting;
CREATE TEMP TABLE refuted AS
  SELECT job_no, idx, replica.value ->> 1 AS no, replica.value ->> 3 AS host_no, replica.value ->> 4 AS account_no
  FROM unit, json_each(unit.body) AS replica
  WHERE replica.type = 'array' AND replica.value ->> 0 = 'judged' AND replica.value ->> 8 = 0;
INSERT INTO invalid_result SELECT job_no, idx, no FROM refuted;

INSERT INTO earner
  SELECT party_no, kind, NULL, NULL, 0, count(*), sum(1 - 2 * revoked), 0, sum(microcredits),
    sum(microcredits * pow(2, (at - latest) / 604800000.0)) * ln(2) / 7, latest, NULL
  FROM earned JOIN (SELECT party_no AS whose, max(at) AS latest FROM earned GROUP BY party_no) ON whose = party_no
  GROUP BY party_no;
INSERT INTO earner SELECT host_no, 1, name, account_no, 0, 0, 0, 0, 0, 0, 0, NULL FROM host WHERE TRUE
  ON CONFLICT DO UPDATE SET name = excluded.name, belongs_no = excluded.belongs_no;
INSERT INTO earner SELECT account_no, 0, name, NULL, hosts, 0, 0, 0, 0, 0, 0, NULL FROM account WHERE TRUE
  ON CONFLICT DO UPDATE SET name = excluded.name, members = excluded.members;
INSERT INTO earner
  SELECT party_no, kind, NULL, NULL, 0, 0, 0, count(*), 0, 0, 0, NULL
  FROM (SELECT account_no AS party_no, 0 AS kind FROM refuted UNION ALL SELECT host_no, 1 FROM refuted) WHERE TRUE GROUP BY party_no
  ON CONFLICT DO UPDATE SET invalid_results = excluded.invalid_results;
UPDATE earner SET recent_rank = log2(recent) + recent_at / 604800000.0 WHERE recent > 0;
INSERT INTO credit_day
  SELECT party_no, at / 86400000, sum(1 - 2 * revoked), sum(microcredits) FROM earned GROUP BY party_no, at / 86400000;
DROP TABLE earned;
DROP TABLE refuted;
DROP TABLE account;

CREATE INDEX earner_total ON earner (kind, microcredits) WHERE postings > 0 AND kind <> 1;
CREATE INDEX earner_recent ON earner (kind, recent_rank) WHERE recent_rank IS NOT NULL AND kind <> 1;
CREATE INDEX earner_member ON earner (belongs_no, microcredits) WHERE kind = 0 AND belongs_no IS NOT NULL;
`;
