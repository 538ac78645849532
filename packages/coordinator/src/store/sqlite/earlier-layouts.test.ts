/** Databases as earlier versions left them, row by row: none of this program's writing code is used to make one. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { ZERO_COUNTS } from '../../domain/job.ts';
import type { Replica, WorkUnit } from '../../domain/work-unit.ts';
import { leadersOf } from '../leaders.contract.ts';
import {
  accountId,
  digest,
  endedAt,
  finalUnit,
  holder,
  host,
  hostId,
  job,
  jobId,
  judged,
  leased,
  leaseId,
  posting,
  provisionalUnit,
  result,
  standing,
  takenBack,
  tally,
  taskId,
  unit,
} from '../store-rows.contract.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { APPLICATION_ID } from './open-database.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

const { provisional: _provisional, refereed: _refereed, ...layoutOneCounts } = { ...ZERO_COUNTS, running: 1, final: 1, results: 2 };
const storedJob = { ...job(1), counts: layoutOneCounts };

const returned: Replica = { kind: 'returned', no: 0, digest: digest(1), returnedAt: 7, ...holder(2, 1) };
const errored: Replica = { kind: 'lost', no: 0, cause: 'errored', error: 'timeout', lateDigest: digest(9), ...holder(1, 3) };
const expired: Replica = { kind: 'lost', no: 1, cause: 'expired', ...holder(2, 3, 1) };
const units: readonly WorkUnit[] = [
  unit(1, 0, { revision: 4, replicas: [leased(1, 0, 900), { kind: 'ready', no: 1 }] }),
  unit(1, 1, { state: { kind: 'verifying' }, replicas: [returned] }),
  finalUnit(1, 2, 1),
  unit(1, 3, { state: { kind: 'failed', reason: 'no-consensus', message: 'None agreed.', at: endedAt }, replicas: [errored, expired] }),
  unit(1, 4, { state: { kind: 'cancelled', at: endedAt }, replicas: [] }),
];

/** A folder whose database has layout 1, with a job in the middle of its life. */
function layoutOneFolder(): string {
  const folder = temporaryFolder();
  const db = new Database(join(folder, 'manyhands.db'));
  db.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(db, MIGRATIONS.slice(0, 1));
  const insert = (table: string, ...rows: (string | number | null)[][]) => {
    for (const row of rows) db.prepare(`INSERT INTO ${table} VALUES (${row.map(() => '?').join(', ')})`).run(row);
  };
  insert('party', [11, hostId(1)], [12, accountId(1)], [13, hostId(2)], [14, accountId(2)]);
  insert('host', [11, 12, null, 2_000, JSON.stringify(host(1))]);
  insert('account', [12, null, 1, 1, 1, 1_000]);
  insert('job', [5, jobId(1), 1, 'ada', 'key-number-1', 0, JSON.stringify(storedJob), 3, 1, 16]);
  const at = holder(1, 0).leasedAt;
  insert(
    'unit',
    [5, 0, 4, 0, 1, 900, null, null, `[0,["leased",0,"${leaseId(0)}",11,12,${at},900],1]`, null],
    [5, 1, 1, 1, 0, null, null, null, `[0,["returned",0,"${leaseId(100)}",13,14,${at + 1},"${digest(1)}",7]]`, null],
    [
      ...[5, 2, 2, 2, 0, null, 1, 0],
      `[[0,${endedAt}],["judged",0,"${leaseId(200)}",11,12,${at + 2},"${digest(2)}",1763838050000,1]]`,
      null,
    ],
    [
      ...[5, 3, 1, 3, 0, null, 3, null],
      `[["no-consensus","None agreed.",${endedAt}],["lost",0,"${leaseId(300)}",11,12,${at + 3},"errored","timeout","${digest(9)}"],["lost",1,"${leaseId(301)}",13,14,${at + 3},"expired",0,0]]`,
      null,
    ],
    [5, 4, 1, 4, 0, null, 2, null, `[[${endedAt}]]`, null],
  );
  insert('result', [5, 2, 0, 0, leaseId(200), 11, 12, 1_763_838_050_000, 12.5, null, digest(2), '"output 2"', null]);
  insert('posting', [5, 2, 0, 0, 11, 12, 1_000, 1_763_838_050_000]);
  insert('job_host', [5, 11, 1]);
  insert('cell', [5, 0, 5, 1, 1, 1, '[12]']);
  db.exec('UPDATE store_state SET alive_at = 77, hosts = 1, accounts = 1, final_units = 1, valid_results = 1, microcredits = 1000');
  db.close();
  return folder;
}

test('[ST25] a database of layout 1 opens with everything that is in it', async () => {
  await using store = await openSqliteStore(layoutOneFolder());
  const ref = { job: jobId(1), index: 0 };
  for (const each of units) expect(await store.loadUnit(each)).toEqual(each);
  expect(await store.loadJob(jobId(1))).toEqual({ ...storedJob, counts: { ...layoutOneCounts, provisional: 0, refereed: 0 } });
  for (const found of [await store.activeJobs(), await store.listJobs(9, null), [await store.findJobByKey('ada', 'key-number-1')]])
    expect(found).toMatchObject([{ id: jobId(1), counts: { running: 1, provisional: 0, refereed: 0 } }]);
  expect(await store.loadHost(hostId(1))).toEqual(host(1));
  expect(await store.evidence({ ...ref, index: 2 })).toEqual([result(1, 2)]);
  expect((await store.results(jobId(1), 0, 9)).map(({ index, status, output }) => [index, status, output])).toEqual([
    [2, 'ok', '"output 2"'],
    [4, 'cancelled', undefined],
    [3, 'failed', undefined],
  ]);
  expect(await store.totals()).toEqual({ hosts: 1, accounts: 1, finalUnits: 1, validResults: 1, microcredits: 1_000 });
  expect(await leadersOf(store, 9)).toEqual([{ account: accountId(1), name: null, validResults: 1, microcredits: 1_000 }]);
  expect(await store.hostsOf(jobId(1))).toBe(1);
  const cell = { cell: 0, final: 1, failed: 1, cancelled: 1, active: 2, accounts: [accountId(1)] };
  expect(await store.cells(jobId(1))).toEqual({ unitsPerCell: 16, cells: [cell] });
  expect(await store.lastAliveAt()).toBe(77);
  expect(await store.readyUnits(jobId(1), -1, 9)).toEqual([units[0]]);
  expect(await store.unsettledUnits(jobId(1), -1, 9)).toEqual([units[0], units[1]]);
  expect(await store.expiredUnits(900, 9)).toEqual([ref]);
  expect(await store.liveLeases(hostId(1))).toMatchObject([{ ...ref, lease: leaseId(0), deadlineAt: 900 }]);
  expect(await store.provisionalUnits(jobId(1), -1, 9)).toEqual([]);
  expect(await store.loadTallies(jobId(1))).toEqual([]);
  expect(await store.loadStandings(taskId(1))).toEqual([]);
});

test('[ST25] and goes on from there', async () => {
  const folder = layoutOneFolder();
  const believed = { ...provisionalUnit(1, 0), revision: 5 };
  const canary: WorkUnit = { ...finalUnit(1, 2, 1, 3), replicas: [judged(1, 2), leased(2, 2, 5_000, 1)] };
  {
    await using store = await openSqliteStore(folder);
    const outcome = await store.commit({
      jobs: [job(1, { revision: 2, counts: { ...ZERO_COUNTS, provisional: 1 } })],
      units: [believed, canary],
      postings: [takenBack(posting(1, 2))],
      standings: [standing(2)],
      tallies: [tally(1, 2)],
    });
    expect(outcome).toEqual({ kind: 'committed' });
  }
  await using store = await openSqliteStore(folder);
  expect((await store.loadJob(jobId(1)))?.counts).toEqual({ ...ZERO_COUNTS, provisional: 1 });
  expect(await store.provisionalUnits(jobId(1), -1, 9)).toEqual([believed]);
  expect(await store.loadUnit(canary)).toEqual(canary);
  expect(await store.liveLeases()).toMatchObject([{ index: 2, host: hostId(2) }]);
  expect(await store.loadStandings(taskId(1))).toEqual([standing(2)]);
  expect(await store.loadTallies(jobId(1))).toEqual([tally(1, 2)]);
  expect(await store.totals()).toMatchObject({ finalUnits: 1, validResults: 0, microcredits: 0 });
  expect((await store.cells(jobId(1))).cells).toMatchObject([{ accounts: [] }]);
});
