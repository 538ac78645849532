/** One fault of each kind that can be found, planted as somebody with the `sqlite3` tool could. */
import { rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import Database, { type Database as Connection } from 'better-sqlite3';
import { blobsIn } from './blob-check.ts';

type Replica = [kind: string, no: number, lease: string, host: number, account: number, ...rest: unknown[]];
type Body = [state: unknown, ...rest: unknown[]];

/** As somebody with the sqlite3 tool could. */
export class Hand {
  readonly db: Connection;
  constructor(folder: string) {
    this.db = new Database(join(folder, 'manyhands.db'));
    this.db.pragma('foreign_keys = OFF');
    this.db.pragma('synchronous = OFF');
  }

  sql(text: string): void {
    if (this.db.prepare(text).run().changes === 0) throw new Error(`nothing was changed by ${text}`);
  }

  /** Changes the body of the first unit that meets the condition, in place, or gives it the body that `change` returns. */
  body(where: string, change: (body: Body, replicas: Replica[]) => unknown): void {
    const row = this.db
      .prepare<[], { job_no: number; idx: number; body: string }>(`SELECT job_no, idx, body FROM unit WHERE ${where}`)
      .get();
    if (row === undefined) throw new Error(`no unit is ${where}`);
    const body = JSON.parse(row.body) as Body;
    const changed = change(
      body,
      body.filter((field): field is Replica => Array.isArray(field) && typeof field[0] === 'string' && field.length > 4),
    );
    this.db
      .prepare('UPDATE unit SET body = ? WHERE job_no = ? AND idx = ?')
      .run(JSON.stringify(Array.isArray(changed) ? changed : body), row.job_no, row.idx);
  }
}

const put = (replica: Replica | undefined, field: number, value: unknown): void => {
  (replica as unknown[])[field] = value;
};

const at = (table: string, where = '1') => `(job_no, idx) = (SELECT job_no, idx FROM ${table} WHERE ${where} LIMIT 1)`;
const editJob = (path: string, value: string, where = "ended = 0 AND body ->> '$.verify.kind' = 'quorum'") =>
  `UPDATE job SET body = json_set(body, '$.${path}', ${value}) WHERE job_no = (SELECT job_no FROM job WHERE ${where})`;
const QUORUM_FINAL = `phase = 2 AND job_no = (SELECT job_no FROM job WHERE body ->> '$.verify.k' = 2 AND ended = 0)`;

export const FAULTS: readonly [rule: string, what: string, plant: (hand: Hand, folder: string) => void][] = [
  [
    'I2',
    'an output that was not sent',
    (hand) =>
      hand.sql(
        `UPDATE result SET content = content || ' ' WHERE error IS NULL AND blob_bytes IS NULL AND ${at('result', 'error IS NULL AND blob_bytes IS NULL')}`,
      ),
  ],
  ['I2', 'a result of another host', (hand) => hand.sql(`UPDATE result SET host_no = host_no + 1 WHERE ${at('result')}`)],
  ['I2', 'an answer nothing is stored of', (hand) => hand.sql(`DELETE FROM result WHERE ${at('result', 'error IS NULL')}`)],
  ['I3', 'counts of other units', (hand) => hand.sql(editJob('counts.final', '1'))],
  [
    'I3',
    'a unit that ended without an ending',
    (hand) => hand.sql(`UPDATE unit SET ending = NULL, canonical = NULL WHERE ${at('unit', 'phase = 2')}`),
  ],
  ['I3', 'a gap in the order of endings', (hand) => hand.sql('UPDATE unit SET ending = 9999 WHERE ending = 1')],
  ['I3', 'a job under another revision', (hand) => hand.sql('UPDATE job SET revision = revision + 1')],
  ['I3', 'a host under another name', (hand) => hand.sql("UPDATE host SET name = 'Eve'")],
  ['I5', 'an input that was not sent', (hand) => hand.sql("UPDATE input_chunk SET lines = replace(lines, 'one', 'two')")],
  ['I5', 'a chunk that is gone', (hand) => hand.sql('DELETE FROM input_chunk')],
  ['I5', 'units handed out that have no row', (hand) => hand.sql(editJob('nextFresh', '99'))],
  ['I7', 'a row that refers to nothing', (hand) => hand.sql('DELETE FROM job WHERE ended = 1')],
  ['I7', 'a unit that cannot be read', (hand) => hand.sql(`UPDATE unit SET body = 'oops' WHERE ${at('unit')}`)],
  ['I7', 'a job that cannot be read', (hand) => hand.sql("UPDATE job SET body = 'oops' WHERE ended = 1")],
  [
    'I7',
    'an index without its rows',
    (hand) => {
      hand.db.unsafeMode(true).pragma('writable_schema = ON');
      hand.sql("UPDATE sqlite_schema SET sql = replace(sql, 'ready > 0', 'ready >= 0') WHERE name = 'unit_ready'");
    },
  ],
  ['I8', 'another result than the one believed', (hand) => hand.sql(`UPDATE unit SET canonical = 7 WHERE ${at('unit', 'phase = 2')}`)],
  ['I8', 'an ending of a unit that goes on', (hand) => hand.sql(`UPDATE unit SET ending = 9999 WHERE ${at('unit', 'phase = 0')}`)],
  ['I9', 'an end before the end', (hand) => hand.sql(editJob('endedAt', '5'))],
  [
    'I10',
    'a lease given twice',
    (hand) => {
      // Of one without a truth: its first replica stands right behind its state.
      const isPlain = "phase = 2 AND json_type(body, '$[1]') = 'array'";
      const lease = hand.db.prepare(`SELECT body ->> '$[1][2]' FROM unit WHERE ${isPlain} ORDER BY idx DESC`).pluck().get() as string;
      hand.body('phase = 2', (_, [replica]) => put(replica, 2, lease));
    },
  ],
  ['I10', 'replicas out of order', (hand) => hand.body(QUORUM_FINAL, (_, [replica]) => put(replica, 1, 5))],
  ['I11', 'a host that was asked twice', (hand) => hand.body(QUORUM_FINAL, (_, [one, other]) => put(other, 3, one?.[3]))],
  [
    'I12',
    'a unit handed out too often',
    (hand) => hand.body('phase = 0', (body) => [...body, ...Array.from({ length: 12 }, (_, no) => no)]),
  ],
  ['I15', 'a verdict without its results', (hand) => hand.body(QUORUM_FINAL, (body) => body.slice(0, 2) as unknown as Body)],
  ['I16', 'a vote that was turned round', (hand) => hand.body(QUORUM_FINAL, (_, [replica]) => put(replica, 8, 0))],
  [
    'I19',
    'a belief in one who was convicted since',
    (hand) => {
      hand.sql('UPDATE tally SET checks = 0');
      hand.body("phase = 6 OR (phase = 2 AND json_type(body, '$[1]') = 'text')", (body, replicas) => {
        body[1] = `sha256:${'0'.repeat(64)}`;
        for (const replica of replicas) replica[7] = 9e15;
      });
    },
  ],
  ['I20', 'a ban nothing speaks for', (hand) => hand.sql('UPDATE standing SET banned = 1')],
  ['I22', 'a valid result without credit', (hand) => hand.sql(`DELETE FROM posting WHERE ${at('posting')}`)],
  [
    'I23',
    'a balance that is not the sum of its postings',
    (hand) => hand.sql('UPDATE earner SET microcredits = microcredits + 1 WHERE kind = 0'),
  ],
  ['I23', 'results of a host in a job', (hand) => hand.sql('UPDATE job_host SET valid_results = valid_results + 1')],
  ['I24', 'hosts of a job', (hand) => hand.sql('UPDATE job SET hosts = hosts + 1')],
  ['I24', 'totals', (hand) => hand.sql('UPDATE store_state SET final_units = final_units + 1')],
  ['I24', 'a map', (hand) => hand.sql('UPDATE cell SET failed = failed + 1')],
  ['I24', 'a day', (hand) => hand.sql('UPDATE credit_day SET microcredits = microcredits + 1')],
  ['I24', 'a team', (hand) => hand.sql('UPDATE earner SET valid_results = valid_results + 1 WHERE kind = 2')],
  ['I24', 'a day of a team', (hand) => hand.sql('DELETE FROM credit_day WHERE party_no = (SELECT party_no FROM earner WHERE kind = 2)')],
  ['I24', 'hosts of an account', (hand) => hand.sql('UPDATE earner SET members = members + 1 WHERE kind = 0')],
  ['I24', 'results counted against a host', (hand) => hand.sql('UPDATE earner SET invalid_results = invalid_results + 1 WHERE kind = 1')],
  ['I24', 'a wrong result that is not counted', (hand) => hand.sql('DELETE FROM invalid_result')],
  ['I25', 'credit beyond all bounds', (hand) => hand.sql(`UPDATE posting SET microcredits = 9e12 WHERE ${at('posting')}`)],
  ['I26', 'leases that are lost', (hand) => hand.sql(editJob('counts.issued', '999'))],
  ['I27', 'a job that hides its end', (hand) => hand.sql(editJob('state', "'closed'", "body ->> '$.state' = 'done'"))],
  ['I28', 'work nobody would find', (hand) => hand.sql('UPDATE unit SET ready = 0 WHERE ready > 0')],
  [
    'I28',
    'an open unit nobody will work on',
    (hand) => hand.sql(`UPDATE unit SET body = '[0]', ready = 0, deadline_at = NULL WHERE ${at('unit', 'phase = 0')}`),
  ],
  [
    'I30',
    'a deadline nobody would notice',
    (hand) => hand.sql('UPDATE unit SET deadline_at = deadline_at + 1 WHERE deadline_at IS NOT NULL'),
  ],
  [
    'I36',
    'an open unit of a cancelled job',
    (hand) => hand.sql(editJob('state', "'cancelled'").replace('SET body = json_set(body,', "SET body = json_set(body, '$.endedAt', 5,")),
  ],
  ['I37', 'a replica that is ready after the end', (hand) => hand.body(QUORUM_FINAL, (body) => [...body, 2])],
  ['I38', 'a blob that is gone', (_, folder) => rmSync([...blobsIn(join(folder, 'blobs'))][0]?.path as string)],
  ['I38', 'a blob cut short', (_, folder) => truncateSync([...blobsIn(join(folder, 'blobs'))][0]?.path as string, 1)],
];
