/** Workers that go on after their coordinator was put back to what it knew some time ago. */
import { join } from 'node:path';
import { digestOf } from '@manyhands/identity';
import { expect, test } from 'vitest';
import { indexes, refOf, World } from '../../test/engine-world.ts';
import { MirroredStore } from '../../test/mirrored-store.ts';
import { fsck } from '../fsck/fsck.ts';
import type { MemoryStore } from '../store/memory/memory-store.ts';
import { openSqliteStore } from '../store/sqlite/sqlite-store.ts';
import { temporaryFolder } from '../store/sqlite/temporary-folder.contract.ts';
import { backup } from './backup.ts';
import { openDataFolder } from './data-folder.ts';
import { openProjectSecrets } from './project-secrets.ts';
import { restore } from './restore.ts';

const now = new Date('2026-11-22T12:00:00Z');

test('[OP13] leases and results that the restored books do not know do no harm, and the job ends with each unit once', async () => {
  const folder = temporaryFolder();
  const tar = join(folder, 'backup.tar');
  await openProjectSecrets(await openDataFolder(join(folder, 'data')));
  const real = await openSqliteStore(join(folder, 'data'));
  const before = await World.open({ store: new MirroredStore(real), digestText: digestOf });
  const job = await before.job({ inputs: { kind: 'index', count: 6 } });
  const early = await before.host(1);
  const known = await early.get(3);
  expect(known).toHaveLength(3);

  await backup(join(folder, 'data'), tar, { now });

  // All of this is acknowledged, and lost with the disk.
  expect(await early.submit(known.slice(0, 1))).toEqual(['recorded']);
  const late = await before.host(2);
  const unknown = await late.get(2);
  expect(unknown).toHaveLength(2);
  expect(await late.submit(unknown.slice(0, 1))).toEqual(['recorded']);
  await real[Symbol.asyncDispose]();

  // The task's code is not there: nobody computes here.
  const { check, isRestored } = await restore(tar, join(folder, 'again'), { now, despiteViolations: true });
  expect([check.found, isRestored]).toEqual([{ I38: 1 }, true]);
  await using store = await openSqliteStore(join(folder, 'again'));
  // The engine asks no more of it than of any store.
  const world = await World.reopen(before, { store: store as unknown as MemoryStore, digestText: digestOf });
  const [first, second, third] = [await world.connect(1), await world.connect(2), await world.host(3)];

  // Host 1 delivered one, which these books do not know, and holds the rest: that one it is sent again.
  await first.receive({ type: 'reconcile', leases: known.slice(1).map(refOf), more: false });
  expect(first.link.take('reconciled').drop).toEqual([]);
  expect(first.link.take('assign').leases.map(({ lease }) => lease)).toEqual(known.slice(0, 1).map(({ lease }) => lease));
  // What host 2 holds was never given, as far as the books go; what it sends for it is answered, and counts nowhere.
  await second.receive({ type: 'reconcile', leases: unknown.slice(1).map(refOf), more: false });
  expect(second.link.take('reconciled').drop).toEqual(unknown.slice(1).map(({ lease }) => lease));
  expect(await second.submit(unknown)).toEqual(['unknown', 'unknown']);
  expect(await first.submit(known.slice(0, 1))).toEqual(['recorded']);

  const given = await third.get(6);
  expect([...indexes(given), ...indexes(known)].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  const leases = new Set([...known, ...unknown, ...given].map(({ lease }) => lease));
  expect(leases.size).toBe(known.length + unknown.length + given.length);
  await third.submit(given);
  expect(await first.submit(known.slice(1))).toEqual(['recorded', 'recorded']);

  expect(await store.loadJob(job)).toMatchObject({ state: 'done', counts: { final: 6 } });
  expect((await store.results(job, 0, 100)).map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  expect(world.broken).toEqual([]);
  await world.coordinator.stop();
  expect(fsck(join(folder, 'again'), { blobs: null }).found).toEqual({});
});
