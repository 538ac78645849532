import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide, history, historyJobs } from '../random-history.contract.ts';
import { describeStore } from '../store.contract.ts';
import { snapshot } from '../store-model.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';
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
