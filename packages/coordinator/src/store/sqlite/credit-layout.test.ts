/** Credit of before layout 3 is summed up by the migration itself. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recentAt } from '../../domain/recent-credit.ts';
import { closeTo, earnings } from '../earnings.contract.ts';
import { createMemoryStore } from '../memory/create-memory-store.ts';
import { accountId, finalUnit, hostId, job, judged, merge, unit } from '../store-rows.contract.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/migrations.ts';
import { APPLICATION_ID } from './open-database.ts';
import { Parties } from './parties.ts';
import { openSqliteStore } from './sqlite-store.ts';
import { temporaryFolder } from './temporary-folder.contract.ts';
import { encodeBody } from './unit-codec.ts';

const wrong = { ...judged(2, 0, 1), valid: false } as ReturnType<typeof judged>;
const refuting = { ...finalUnit(1, 0, 1, 1), replicas: [judged(1, 0), wrong] };
const units = [refuting, ...Array.from({ length: 39 }, (_, i) => unit(1, i + 1))];

test('[CD8] [ST9] what was earned before there were sums is summed up, by account, host, day, and lately', async () => {
  await fc.assert(
    fc.asyncProperty(earnings, async (book) => {
      // Nobody was on a team then.
      const hosts = book.hosts.map((one) => ({
        ...one,
        team: null,
        displayName: one.lastSeenAt > 103 ? `host at ${one.lastSeenAt}` : null,
      }));
      const model = createMemoryStore();
      await model.commit(merge({ jobs: [job(1)], units, hosts }));
      for (const postings of book.commits) await model.commit({ postings });

      const folder = temporaryFolder();
      const db = new Database(join(folder, 'manyhands.db'));
      db.pragma(`application_id = ${APPLICATION_ID}`);
      migrate(db, MIGRATIONS.slice(0, 2));
      const parties = new Parties(db);
      const insert = (table: string, ...values: (string | number | null)[]) =>
        db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(values);
      insert('job', 5, job(1).id, 1, 'ada', 'key-number-1', 0, JSON.stringify(job(1)), 0, 0, 1);
      for (const one of units) insert('unit', 5, one.index, 1, 0, 0, null, null, null, encodeBody(one, parties), null);
      for (const one of hosts) {
        insert('host', parties.numberOf(one.id), parties.numberOf(one.account), one.displayName, one.lastSeenAt, JSON.stringify(one));
        const account = await model.earner('account', one.account);
        db.prepare('INSERT OR REPLACE INTO account VALUES (?, ?, ?, 0, 0, 0)').run(
          parties.numberOf(one.account),
          account?.name,
          account?.members,
        );
      }
      for (const { index, no, kind, host, account, microcredits, at } of book.commits.flat())
        insert(
          'posting',
          5,
          index,
          no,
          kind === 'valid-result' ? 0 : 1,
          parties.numberOf(host),
          parties.numberOf(account),
          microcredits,
          at,
        );
      db.close();

      await using store = await openSqliteStore(folder);
      for (const n of [1, 2, 3, 4, 5, 6])
        for (const [kind, id] of [
          ['account', accountId(n)],
          ['host', hostId(n)],
        ] as const) {
          const [kept, told] = [await store.earner(kind, id), await model.earner(kind, id)];
          expect({ ...kept, recent: null }).toEqual({ ...told, recent: null });
          if (kept !== null && told !== null) closeTo(recentAt(kept.recent, book.endAt), recentAt(told.recent, book.endAt), book);
          expect(await store.creditDays(kind, id, 0)).toEqual(await model.creditDays(kind, id, 0));
        }
      const ranked = async (each: typeof model) =>
        (await each.ranking('account', 'total', { limit: 9, after: null })).map(({ microcredits }) => microcredits);
      expect(await ranked(store)).toEqual(await ranked(model));
      expect((await store.ranking('account', 'recent', { limit: 9, after: null })).length).toBe(
        (await model.ranking('account', 'recent', { limit: 9, after: null })).length,
      );
      // A result that is judged once more after the migration is not counted again.
      await store.commit({ units: [{ ...refuting, revision: 2 }] });
      expect((await store.earner('host', hostId(2)))?.invalidResults).toBe(1);
    }),
    { numRuns: 20 },
  );
});
