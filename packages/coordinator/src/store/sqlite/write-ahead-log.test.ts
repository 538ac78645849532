import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { finalChange, job, merge } from '../store-rows.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

const MEGABYTE = 2 ** 20;

test('[ST20] the log beside the database stays small however much is written', async () => {
  const folder = temporaryFolder();
  await using store = await openSqliteStore(folder);
  await store.commit({ jobs: [job(1, { unitCount: 1_000_000 })] });
  const sizeOf = (name: string) => statSync(join(folder, name)).size;
  for (let first = 0; first < 40_000; first += 1_000) {
    await store.commit(merge(...Array.from({ length: 1_000 }, (_, i) => finalChange(1, first + i, 1, 1))));
    expect(sizeOf('manyhands.db-wal')).toBeLessThan(8 * MEGABYTE);
  }
  expect(sizeOf('manyhands.db')).toBeGreaterThan(12 * MEGABYTE);
});

test('[ST7] an empty change writes nothing', async () => {
  const folder = temporaryFolder();
  await using store = await openSqliteStore(folder);
  const before = statSync(join(folder, 'manyhands.db-wal')).size;
  await store.commit({});
  await store.commit({ units: [], endings: [] });
  expect(statSync(join(folder, 'manyhands.db-wal')).size).toBe(before);
});
