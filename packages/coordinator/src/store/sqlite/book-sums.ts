/**
 * What is kept as a sum, or a second time in a column of its own, counted again from the rows it stands for. Each question is one statement, so that
 * SQLite holds what it sorts in files of its own and not in memory, and it answers with what does not add up. Not counted again: the recent
 * average, which fades with every posting and is good to a few decimals only.
 */
import type { Database } from 'better-sqlite3';
import type { Violation } from '../../domain/invariants.ts';

interface BookSum {
  /** For people: what is being counted. */
  readonly what: string;
  readonly rule: string;
  readonly message: string;
  /** Gives the `subject` of each violation. */
  readonly sql: string;
}

const GRANTED = 'sum(1 - 2 * kind)';
/** Final, disputed or not. */
const IS_FINAL = 'phase IN (2, 6)';
/** A body that is no JSON is told of where units are read. */
const REPLICAS = `unit, json_each(CASE WHEN json_valid(unit.body) THEN unit.body ELSE '[]' END) AS replica`;
const HELD = `replica.type = 'array' AND replica.value ->> 0 IN ('leased', 'returned', 'judged', 'lost')`;

/** Of a job: each gave up the place of its unit in the order of endings. */
const RETRACTED = `CASE WHEN json_valid(job.body) THEN coalesce(job.body ->> '$.counts.retracted', 0) ELSE 0 END`;

const SUMS: readonly BookSum[] = [
  {
    what: 'jobs',
    rule: 'I3',
    message: 'what it is looked up by is not what it says of itself',
    sql: `SELECT id AS subject FROM job WHERE json_valid(body) AND (id IS NOT body ->> 'id' OR revision IS NOT body ->> 'revision'
            OR author IS NOT body ->> 'author' OR key IS NOT body ->> 'key' OR ended IS NOT (body ->> 'endedAt' IS NOT NULL))`,
  },
  {
    what: 'hosts',
    rule: 'I3',
    message: 'what it is looked up by is not what it says of itself',
    sql: `SELECT host.id AS subject FROM (SELECT party.id, account.id AS account, name, team, last_seen_at, body FROM host
            JOIN party ON party.party_no = host_no JOIN party AS account ON account.party_no = account_no) AS host
          WHERE NOT json_valid(body) OR id IS NOT body ->> 'id' OR account IS NOT body ->> 'account' OR name IS NOT body ->> 'displayName'
            OR team IS NOT body ->> 'team' OR last_seen_at IS NOT body ->> 'lastSeenAt'`,
  },
  {
    what: 'leases',
    rule: 'I10',
    message: 'a lease was given twice',
    sql: `SELECT replica.value ->> 2 AS subject FROM ${REPLICAS} WHERE ${HELD} GROUP BY 1 HAVING count(*) > 1`,
  },
  {
    what: 'the order of results',
    rule: 'I3',
    message:
      'the places of its units in the order of its results are not as many as it says, but for those given up by a recorded retraction',
    sql: `SELECT id AS subject FROM job LEFT JOIN (SELECT job_no, count(*) AS places, max(ending) AS last FROM unit WHERE ending IS NOT NULL GROUP BY job_no)
            USING (job_no) WHERE endings <> coalesce(places, 0) + ${RETRACTED} OR coalesce(last, 0) > endings OR (${RETRACTED} = 0 AND coalesce(last, 0) < endings)`,
  },
  {
    what: 'maps of jobs',
    rule: 'I24',
    message: 'its map counts other units than it has',
    sql: `SELECT DISTINCT id AS subject FROM
            (SELECT job_no, idx / units_per_cell AS cell, count(*) AS n, sum(${IS_FINAL}) AS f, sum(phase = 3) AS x, sum(phase = 4) AS c
             FROM unit JOIN job USING (job_no) GROUP BY 1, 2)
            FULL JOIN cell USING (job_no, cell) JOIN job USING (job_no)
          WHERE (coalesce(n, 0), coalesce(f, 0), coalesce(x, 0), coalesce(c, 0))
            <> (coalesce(rows, 0), coalesce(final, 0), coalesce(failed, 0), coalesce(cancelled, 0))`,
  },
  {
    what: 'the ledger by job',
    rule: 'I23',
    message: 'the valid results counted for a host in it are not those of the ledger',
    sql: `SELECT DISTINCT id AS subject FROM (SELECT job_no, host_no, ${GRANTED} AS granted FROM posting GROUP BY 1, 2)
            FULL JOIN job_host USING (job_no, host_no) JOIN job USING (job_no) WHERE coalesce(granted, 0) <> coalesce(valid_results, 0)`,
  },
  {
    what: 'hosts of jobs',
    rule: 'I24',
    message: 'it counts other hosts with a valid result than it has',
    sql: `SELECT id AS subject FROM job WHERE hosts <> (SELECT count(*) FROM job_host WHERE job_host.job_no = job.job_no AND valid_results > 0)`,
  },
  ...(['host', 'account'] as const).map((who) => ({
    what: `the ledger by ${who}`,
    rule: 'I23',
    message: 'its balance is not the sum of its postings',
    sql: `SELECT id AS subject FROM
            (SELECT ${who}_no AS party_no, count(*) AS n, ${GRANTED} AS granted, sum(microcredits) AS earned FROM posting GROUP BY 1)
            FULL JOIN (SELECT * FROM earner WHERE kind = ${who === 'host' ? 1 : 0}) USING (party_no) JOIN party USING (party_no)
          WHERE (coalesce(n, 0), coalesce(granted, 0), coalesce(earned, 0))
            <> (coalesce(postings, 0), coalesce(valid_results, 0), coalesce(microcredits, 0))`,
  })),
  ...(['host', 'account'] as const).map((who) => ({
    what: `the ledger by ${who} and day`,
    rule: 'I24',
    message: 'what it earned on a day is not the sum of its postings of that day',
    sql: `SELECT DISTINCT id AS subject FROM
            (SELECT ${who}_no AS party_no, at / 86400000 AS day, ${GRANTED} AS granted, sum(microcredits) AS earned FROM posting GROUP BY 1, 2)
            FULL JOIN (SELECT credit_day.* FROM credit_day JOIN earner USING (party_no) WHERE kind = ${who === 'host' ? 1 : 0}) USING (party_no, day)
            JOIN party USING (party_no)
          WHERE (coalesce(granted, 0), coalesce(earned, 0)) <> (coalesce(valid_results, 0), coalesce(microcredits, 0))`,
  })),
  {
    what: 'teams',
    rule: 'I24',
    message: 'its balance is not the sum of its accounts',
    sql: `SELECT id AS subject FROM
            (SELECT belongs_no AS party_no, count(*) AS n, sum(postings) AS p, sum(valid_results) AS v, sum(invalid_results) AS i, sum(microcredits) AS m
             FROM earner WHERE kind = 0 AND belongs_no IS NOT NULL GROUP BY 1)
            FULL JOIN (SELECT * FROM earner WHERE kind = 2) USING (party_no) JOIN party USING (party_no)
          WHERE (coalesce(n, 0), coalesce(p, 0), coalesce(v, 0), coalesce(i, 0), coalesce(m, 0))
            <> (coalesce(members, 0), coalesce(postings, 0), coalesce(valid_results, 0), coalesce(invalid_results, 0), coalesce(microcredits, 0))`,
  },
  {
    what: 'teams by day',
    rule: 'I24',
    message: 'what it earned on a day is not the sum of its accounts',
    sql: `SELECT DISTINCT id AS subject FROM
            (SELECT belongs_no AS party_no, day, sum(credit_day.valid_results) AS v, sum(credit_day.microcredits) AS m
             FROM credit_day JOIN earner USING (party_no) WHERE kind = 0 AND belongs_no IS NOT NULL GROUP BY 1, 2)
            FULL JOIN (SELECT credit_day.* FROM credit_day JOIN earner USING (party_no) WHERE kind = 2) USING (party_no, day)
            JOIN party USING (party_no)
          WHERE (coalesce(v, 0), coalesce(m, 0)) <> (coalesce(valid_results, 0), coalesce(microcredits, 0))`,
  },
  {
    what: 'hosts of accounts',
    rule: 'I24',
    message: 'it counts other hosts than it has',
    sql: `SELECT id AS subject FROM (SELECT account_no AS party_no, count(*) AS n FROM host GROUP BY 1)
            FULL JOIN (SELECT * FROM earner WHERE kind = 0) USING (party_no) JOIN party USING (party_no)
          WHERE coalesce(n, 0) <> coalesce(members, 0)`,
  },
  {
    what: 'results that were not believed',
    rule: 'I24',
    message: 'the results counted against it are not those that were judged wrong',
    // One that was judged wrong once stays counted, whatever came after; so each is looked up by where it was noted.
    sql: `SELECT id AS subject FROM
            (SELECT party_no, count(*) AS n FROM
               (SELECT replica.value ->> 3 AS party_no FROM invalid_result AS noted JOIN ${REPLICAS}
                  ON unit.job_no = noted.job_no AND unit.idx = noted.idx WHERE ${HELD} AND replica.value ->> 1 = noted.no
                UNION ALL
                SELECT replica.value ->> 4 FROM invalid_result AS noted JOIN ${REPLICAS}
                  ON unit.job_no = noted.job_no AND unit.idx = noted.idx WHERE ${HELD} AND replica.value ->> 1 = noted.no) GROUP BY 1)
            FULL JOIN (SELECT * FROM earner WHERE kind <> 2) USING (party_no) JOIN party USING (party_no)
          WHERE coalesce(n, 0) <> coalesce(invalid_results, 0)`,
  },
  {
    what: 'results judged wrong',
    rule: 'I24',
    message: 'one of its results was judged wrong and is not counted against anybody',
    sql: `SELECT DISTINCT job.id || '/' || idx AS subject FROM ${REPLICAS} JOIN job USING (job_no)
          WHERE ${HELD} AND replica.value ->> 0 = 'judged' AND replica.value ->> 8 = 0
            AND NOT EXISTS (SELECT 1 FROM invalid_result AS noted WHERE noted.job_no = unit.job_no AND noted.idx = unit.idx AND noted.no = replica.value ->> 1)`,
  },
  {
    what: 'totals',
    rule: 'I24',
    message: 'its totals are not those of its hosts, units and postings',
    sql: `SELECT 'the project' AS subject FROM store_state
          WHERE (hosts, accounts) <> (SELECT count(*), count(DISTINCT account_no) FROM host)
            OR final_units <> (SELECT count(*) FROM unit WHERE ${IS_FINAL})
            OR (valid_results, microcredits) <> (SELECT coalesce(${GRANTED}, 0), coalesce(sum(microcredits), 0) FROM posting)`,
  },
];

/** Tells of each sum before it is counted. What is read must be of one moment. */
export function* bookSumViolations(db: Database, onSum: (what: string) => void): Generator<Violation> {
  for (const { what, rule, message, sql } of SUMS) {
    onSum(what);
    for (const subject of db.prepare<[], string>(sql).pluck().iterate()) yield { rule, subject, message };
  }
}
