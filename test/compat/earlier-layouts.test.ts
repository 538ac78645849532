/** Databases as earlier versions left them, in the middle of their jobs, opened and gone on with by today's program. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import type { HostId, LeaseRef } from '@manyhands/protocol';
import { FakeClock, hostId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { backup } from '../../packages/coordinator/src/app/backup.ts';
import { openDataFolder } from '../../packages/coordinator/src/app/data-folder.ts';
import { openProjectSecrets } from '../../packages/coordinator/src/app/project-secrets.ts';
import { restore } from '../../packages/coordinator/src/app/restore.ts';
import { fsck } from '../../packages/coordinator/src/fsck/fsck.ts';
import type { Store } from '../../packages/coordinator/src/ports/store.ts';
import type { MemoryStore } from '../../packages/coordinator/src/store/memory/memory-store.ts';
import { MIGRATIONS } from '../../packages/coordinator/src/store/sqlite/migrations/migrations.ts';
import { openSqliteStore } from '../../packages/coordinator/src/store/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../../packages/coordinator/src/store/sqlite/temporary-folder.contract.ts';
import { refOf, World } from '../../packages/coordinator/test/engine-world.ts';
import { SimulatedHost } from '../../packages/coordinator/test/simulated-host.ts';
import { fromText, rowsIn } from './database-text.ts';

const LAYOUTS = MIGRATIONS.map(({ number }) => number);
/** Later than anything in a recording, and late enough that every lease in it would have ended. */
const DAYS_LATER = 1_700_900_000_000;

const recording = (layout: number): string => readFileSync(new URL(`./fixtures/layout-${layout}.sql`, import.meta.url), 'utf8');
const right = (index: number): string => `answer ${index}`;
const indexIn = (seed: string): number => Number(seed.split('/')[1]);

test('[OP14] every layout there ever was is recorded', () => {
  const recorded = readdirSync(new URL('./fixtures', import.meta.url)).filter((name) => name.endsWith('.sql'));
  expect(recorded.sort()).toEqual(LAYOUTS.map((layout) => `layout-${layout}.sql`));
});

test.each(LAYOUTS)('[OP14] layout %i opens, and loses nothing', async (layout) => {
  const folder = temporaryFolder();
  fromText(recording(layout), folder);
  const before = rowsIn(folder);
  expect(before['migration']).toHaveLength(layout);
  for (const table of ['unit', 'result', 'posting', 'input_chunk', 'job_host']) expect(before[table]?.length, table).toBeGreaterThan(0);
  await (await openSqliteStore(folder))[Symbol.asyncDispose]();
  const after = rowsIn(folder);
  expect(after['migration']).toHaveLength(MIGRATIONS.length);
  // What layout 1 kept of accounts, layout 3 keeps of all who earn.
  const { migration: _, account: accounts = [], ...kept } = before;
  for (const [table, rows] of Object.entries(kept)) expect(after[table], table).toMatchObject(rows);
  for (const { account_no, ...account } of accounts)
    expect(after['earner']).toContainEqual(
      expect.objectContaining({ party_no: account_no, valid_results: account['valid_results'], microcredits: account['microcredits'] }),
    );
  // The recorded world had no code for its tasks, and its one blob is not recorded.
  expect(fsck(folder, { blobs: null }).found).toEqual({});
});

test.each(LAYOUTS)(
  '[OP14] a backup that today’s program makes of layout %i keeps that layout, and is brought up to date when it is restored',
  async (layout) => {
    const [data, to, file] = [temporaryFolder(), temporaryFolder(), join(temporaryFolder(), 'old.tar')];
    await openProjectSecrets(await openDataFolder(data));
    fromText(recording(layout), data);
    const made = await backup(data, file, { now: new Date(DAYS_LATER) });
    expect([made.manifest.layout, made.check === null]).toEqual([layout, layout < MIGRATIONS.length]);
    const { check } = await restore(file, to, { now: new Date(DAYS_LATER), despiteViolations: true });
    expect(Object.keys(check.found)).toEqual(['I38']);
    expect(rowsIn(to)['migration']).toHaveLength(MIGRATIONS.length);
    expect(rowsIn(data)['migration']).toHaveLength(layout);
  },
);

test.each(LAYOUTS)('[OP14] and the jobs of layout %i go on to their end', async (layout) => {
  const folder = temporaryFolder();
  fromText(recording(layout), folder);
  const { result: evidence = [] } = rowsIn(folder);
  await finishJobs(folder);
  expect(rowsIn(folder)['result']).toEqual(expect.arrayContaining([...evidence]));
  expect(fsck(folder, { blobs: null }).found).toEqual({});
});

async function finishJobs(folder: string): Promise<void> {
  await using store = await openSqliteStore(folder);
  const open = await store.activeJobs();
  expect(open.length).toBeGreaterThan(0);
  const world = await openWorld(store);
  await deliverHeld(world, await store.liveLeases());
  const others = Array.from({ length: 6 }, (_, i) => new SimulatedHost(i + 20));
  for (const one of others) await one.connect(world);
  for (let round = 0; round < 100 && (await store.activeJobs()).length > 0; round++) {
    for (const one of others) {
      await one.say({ type: 'request-work', replicas: 30 });
      for (const lease of [...one.leases.values()]) await one.submit(lease, right(lease.index));
    }
    await world.advance(10_000);
  }
  await world.coordinator.stop();
  expect(world.broken).toEqual([]);
  for (const { id } of open) {
    const rows = await store.results(id, 0, 1_000);
    expect(await store.loadJob(id)).toMatchObject({
      state: 'done',
      counts: { final: rows.filter(({ status }) => status === 'ok').length },
    });
    for (const { index, status, output } of rows) if (status === 'ok') expect(output).toBe(right(index));
  }
}

/** Whoever held something when it was recorded still does, days later, and delivers. */
async function deliverHeld(world: World, held: readonly (LeaseRef & { readonly host: HostId })[]): Promise<void> {
  expect(held.length).toBeGreaterThan(0);
  for (const n of [1, 2, 3, 4, 5]) {
    const host = await world.connect(n, Math.min(n, 4));
    const own = held.filter((lease) => lease.host === hostId(n)).map(refOf);
    await host.receive({ type: 'reconcile', leases: own, more: false });
    expect(host.link.take('reconciled').drop).toEqual([]);
    if (own.length > 0) expect(new Set(await host.submit(own, ({ index }) => right(index)))).toEqual(new Set(['recorded']));
    host.session.close();
  }
}

async function openWorld(store: Store): Promise<World> {
  // The engine asks no more of it than of any store.
  const world = new World({ store: store as unknown as MemoryStore, clock: new FakeClock(DAYS_LATER), seed: 1_000, digestText: digestOf });
  world.judge.truth = (seed) => ({ kind: 'computed', digest: digestOf(right(indexIn(seed))), output: right(indexIn(seed)) });
  world.judge.answer = ({ seed, output }) => ({ kind: output === right(indexIn(seed)) ? 'valid' : 'invalid' });
  await world.coordinator.start();
  return world;
}
