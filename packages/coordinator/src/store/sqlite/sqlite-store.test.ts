import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, history, historyJobs } from '../random-history.contract.ts';
import { describeStore } from '../store.contract.ts';
import { snapshot } from '../store-model.contract.ts';
import { host } from '../store-rows.contract.ts';
import { openDatabase } from './open-database.ts';
import { openSqliteStore, SqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';

describeStore('SQLite in memory', () => openSqliteStore(null));
describeStore('SQLite in a file', () => openSqliteStore(temporaryFolder()));

test('[ST1] closed and opened again after any history, it answers as before', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      const folder = temporaryFolder();
      const before = await (async () => {
        await using store = await openSqliteStore(folder);
        await store.commit({ jobs: historyJobs });
        for (const step of steps) await store.commit(await decide(store, step)).catch(({ code }) => expect(code).toBe('contradiction'));
        return await snapshot(store);
      })();
      await using reopened = await openSqliteStore(folder);
      expect(await snapshot(reopened)).toEqual(before);
    }),
    { numRuns: 15 },
  );
});

test.each([false, true])('[ST13] a store that broke (%o) is not closed, for that would write its log into the database', async (breaks) => {
  using database = openDatabase(temporaryFolder());
  let closed = 0;
  const store = new SqliteStore({ ...database, [Symbol.dispose]: () => void closed++ });
  if (breaks) database.db.exec('DROP TABLE host');
  const commit = store.commit({ hosts: [host(1)] });
  if (breaks) await expect(commit).rejects.toThrow('no such table');
  else await commit;
  await store[Symbol.asyncDispose]();
  expect(closed).toBe(breaks ? 0 : 1);
  await expect(store.keepAlive(1)).rejects.toThrow(breaks ? 'no such table' : 'The store is closed.');
});
