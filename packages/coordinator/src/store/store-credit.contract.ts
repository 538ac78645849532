/** Who earned what: by account, host, team and day, in total and lately. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Posting } from '../domain/change-set.ts';
import { recentAt } from '../domain/recent-credit.ts';
import type { EarnerKind, Ranked, Ranking } from '../ports/credit-reads.ts';
import type { ReadStore } from '../ports/read-store.ts';
import { type Book, closeTo, earnings, recompute } from './earnings.contract.ts';
import type { OpenStore } from './store.contract.ts';
import { accountId, finalUnit, host, hostId, job, judged, merge, posting, takenBack, unit } from './store-rows.contract.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 86_400_000;
const units = (count: number) => ({ jobs: [job(1)], units: Array.from({ length: count }, (_, index) => unit(1, index)) });

/** One commit for each list of postings, hosts first. */
async function fill(store: Awaited<ReturnType<OpenStore>>, { hosts, commits }: Pick<Book, 'hosts' | 'commits'>): Promise<void> {
  await store.commit(merge(units(40), { hosts }));
  for (const postings of commits) await store.commit({ postings });
}

async function idsOf(store: ReadStore, kind: Ranked, by: Ranking): Promise<string[]> {
  return (await store.ranking(kind, by, { limit: 99, after: null })).map(({ id }) => id);
}

export function describeCredit(open: OpenStore): void {
  describe('credit', () => {
    test('[CD8] everything shown is the fold of the ledger; what left the mint is what accounts, and what hosts, hold', async () => {
      await fc.assert(
        fc.asyncProperty(earnings, async (book) => {
          await using store = await open();
          await fill(store, book);
          const minted = (await store.totals()).microcredits;
          for (const kind of ['account', 'host', 'team'] as const) {
            const expected = recompute(book, kind);
            for (const [id, { days, microcredits, validResults, recent }] of expected) {
              const earner = await store.earner(kind, id);
              expect(earner).toMatchObject({ id, microcredits, validResults });
              closeTo(recentAt(earner?.recent ?? { perDay: Number.NaN, at: 0 }, book.endAt), recent, book);
              expect(await store.creditDays(kind, id, 0)).toEqual(days);
            }
            // I23: the two sides of all postings sum to zero.
            const held = [...expected.values()].reduce((sum, { microcredits }) => sum + microcredits, 0);
            if (kind !== 'team') expect(held - minted).toBe(0);
          }
        }),
        { numRuns: 40 },
      );
    });

    test('[CD9] no order of postings, and no portioning into commits, changes what anybody has', async () => {
      await fc.assert(
        fc.asyncProperty(earnings, async (book) => {
          const granted = book.commits.flat().filter(({ kind }) => kind === 'valid-result');
          const revoked = book.commits.flat().filter(({ kind }) => kind === 'revocation');
          await using store = await open();
          await using other = await open();
          await fill(store, book);
          await fill(other, { hosts: book.hosts.toReversed(), commits: [granted.toReversed(), ...revoked.reverse().map((one) => [one])] });
          for (const kind of ['account', 'host', 'team'] as const)
            for (const id of recompute(book, kind).keys()) {
              const [one, two] = [await store.earner(kind, id), await other.earner(kind, id)];
              expect({ ...two, recent: null }).toEqual({ ...one, recent: null });
              closeTo(recentAt(one?.recent as never, book.endAt), recentAt(two?.recent as never, book.endAt), book);
              expect(await other.creditDays(kind, id, 0)).toEqual(await store.creditDays(kind, id, 0));
            }
        }),
        { numRuns: 20 },
      );
    });

    test('[CD8] nobody is somebody else, or of another kind; who was never heard of is null', async () => {
      await using store = await open();
      await fill(store, { hosts: [host(1, { team: 'Blue' })], commits: [[posting(1, 0, 1)]] });
      for (const [kind, id] of [
        ['account', hostId(1)],
        ['host', accountId(1)],
        ['team', accountId(1)],
        ['account', 'team:Blue'],
        ['account', 'Blue'],
        ['team', 'Red'],
        ['host', hostId(9)],
      ] as const) {
        expect(await store.earner(kind, id)).toBeNull();
        expect(await store.creditDays(kind, id, 0)).toEqual([]);
      }
      expect(await store.earner('host', hostId(1))).toMatchObject({ belongsTo: accountId(1), members: 0 });
      expect(await store.earner('account', accountId(1))).toMatchObject({ belongsTo: 'Blue', members: 1 });
      expect(await store.earner('team', 'Blue')).toMatchObject({ id: 'Blue', name: 'Blue', belongsTo: null, members: 1 });
    });

    test('[CD8] somebody who has earned nothing yet is known, and in no ranking', async () => {
      await using store = await open();
      await store.commit({ hosts: [host(1, { team: 'Blue', displayName: 'Ada' })] });
      expect(await store.earner('account', accountId(1))).toMatchObject({
        name: 'Ada',
        microcredits: 0,
        validResults: 0,
        invalidResults: 0,
      });
      for (const kind of ['account', 'team'] as const) expect(await idsOf(store, kind, 'total')).toEqual([]);
      expect((await store.membersOf('Blue', 9)).map(({ id }) => id)).toEqual([accountId(1)]);
    });

    test('[CD10] an account is on the team of its host seen last among those that name one, and takes its whole past along', async () => {
      await using store = await open();
      const seen = (n: number, lastSeenAt: number, team: string | null, account = 1) =>
        host(n, { account: accountId(account), lastSeenAt, team });
      const teams = async () => Promise.all(['Blue', 'Red'].map(async (team) => (await store.earner('team', team))?.microcredits ?? null));
      await fill(store, {
        hosts: [seen(1, 100, 'Blue'), seen(2, 200, null), seen(3, 100, 'Blue', 3)],
        commits: [[posting(1, 0, 1), posting(1, 1, 3, { microcredits: 5 })]],
      });
      expect(await teams()).toEqual([1_005, null]);
      await store.commit({ hosts: [seen(2, 300, 'Red')] });
      expect(await teams()).toEqual([5, 1_000]);
      expect(await store.creditDays('team', 'Red', 0)).toEqual(await store.creditDays('account', accountId(1), 0));
      await store.commit({ postings: [posting(1, 2, 1, { microcredits: 10 })] });
      expect(await teams()).toEqual([5, 1_010]);
      expect((await store.membersOf('Red', 9)).map(({ id, microcredits }) => [id, microcredits])).toEqual([[accountId(1), 1_010]]);
      await store.commit({ hosts: [seen(1, 400, null), seen(2, 400, null)] });
      expect(await teams()).toEqual([5, null]);
      expect(await idsOf(store, 'team', 'total')).toEqual(['Blue']);
    });

    test('[CD10] a team without accounts is gone, and begins anew when somebody names it again', async () => {
      await using store = await open();
      await fill(store, { hosts: [host(1, { team: 'Blue' })], commits: [[posting(1, 0, 1)]] });
      await store.commit({ hosts: [host(1, { team: 'Red' })] });
      expect(await store.earner('team', 'Blue')).toBeNull();
      await store.commit({ hosts: [host(2, { team: 'Blue' })], postings: [posting(1, 1, 2, { microcredits: 7 })] });
      expect(await store.earner('team', 'Blue')).toMatchObject({ microcredits: 7, members: 1, validResults: 1 });
    });

    test('[CD11] a result judged invalid counts once against host, account and team, however often its unit changes', async () => {
      await using store = await open();
      const wrong = { ...judged(2, 0, 1), valid: false } as ReturnType<typeof judged>;
      const counted = async () =>
        Promise.all(
          (
            [
              ['host', hostId(2)],
              ['account', accountId(2)],
              ['team', 'Blue'],
              ['account', accountId(1)],
            ] as [EarnerKind, string][]
          ).map(async ([kind, id]) => (await store.earner(kind, id))?.invalidResults),
        );
      await store.commit({ jobs: [job(1)], hosts: [host(1), host(2, { team: 'Blue' })], units: [unit(1, 0)] });
      await store.commit({ units: [{ ...finalUnit(1, 0), replicas: [judged(1, 0), wrong] }] });
      expect(await counted()).toEqual([1, 1, 1, 0]);
      await store.commit({ units: [{ ...finalUnit(1, 0, 1, 3), replicas: [judged(1, 0), wrong, { kind: 'ready', no: 2 }] }] });
      expect(await counted()).toEqual([1, 1, 1, 0]);
      await store.commit({ hosts: [host(2, { team: null })] });
      expect(await counted()).toEqual([1, 1, undefined, 0]);
    });

    test('[CD12] a day begins at midnight UTC, and a revocation counts on the day it was posted', async () => {
      await using store = await open();
      const midnight = NOON + DAY_MS / 2;
      const [before, at] = [posting(1, 0, 1, { at: midnight - 1 }), posting(1, 1, 1, { at: midnight })];
      await fill(store, { hosts: [host(1)], commits: [[before, at], [{ ...takenBack(before), at: midnight + DAY_MS }]] });
      const day = midnight / DAY_MS;
      const days = [
        { day: day - 1, validResults: 1, microcredits: 1_000 },
        { day, validResults: 1, microcredits: 1_000 },
        { day: day + 1, validResults: -1, microcredits: -1_000 },
      ];
      expect(await store.creditDays('account', accountId(1), 0)).toEqual(days);
      expect(await store.creditDays('host', hostId(1), day)).toEqual(days.slice(1));
    });

    test('[CD13] rankings have most first: all that was ever earned, or what was earned lately', async () => {
      await using store = await open();
      const [ago, now] = [NOON - 60 * DAY_MS, NOON];
      const commits: Posting[][] = [
        [
          posting(1, 0, 1, { microcredits: 900, at: ago }),
          posting(1, 1, 2, { microcredits: 500, at: now }),
          posting(1, 2, 3, { microcredits: 0, at: now }),
        ],
      ];
      await fill(store, { hosts: [host(1, { team: 'Blue' }), host(2, { team: 'Red' }), host(3, { team: 'Red' }), host(4)], commits });
      expect(await idsOf(store, 'account', 'total')).toEqual([1, 2, 3].map(accountId));
      expect(await idsOf(store, 'account', 'recent')).toEqual([2, 1].map(accountId));
      expect(await idsOf(store, 'team', 'total')).toEqual(['Blue', 'Red']);
      expect(await idsOf(store, 'team', 'recent')).toEqual(['Red', 'Blue']);
      expect(await Promise.all([2, 1, 3, 4, 9].map((n) => store.rank('account', 'recent', accountId(n))))).toEqual([
        1,
        2,
        null,
        null,
        null,
      ]);
      expect(await store.rank('team', 'total', 'Red')).toBe(2);
    });

    test('[CD13] [CD14] pages joined are the whole ranking, ranks count along it, and neighbours above come nearest first', async () => {
      await fc.assert(
        fc.asyncProperty(earnings, fc.integer({ min: 1, max: 4 }), async (book, limit) => {
          await using store = await open();
          await fill(store, book);
          for (const [kind, by] of [
            ['account', 'total'],
            ['account', 'recent'],
            ['team', 'total'],
          ] as const) {
            const all = await idsOf(store, kind, by);
            const paged: string[] = [];
            for (let page = await store.ranking(kind, by, { limit, after: null }); page.length > 0; ) {
              paged.push(...page.map(({ id }) => id));
              page = await store.ranking(kind, by, { limit, after: page.at(-1)?.id as string });
            }
            expect(paged).toEqual(all);
            for (const [i, id] of all.entries()) {
              expect(await store.rank(kind, by, id)).toBe(i + 1);
              const above = await store.ranking(kind, by, { limit, after: id, direction: 'above' });
              expect(above.map((earner) => earner.id)).toEqual(all.slice(Math.max(0, i - limit), i).reverse());
            }
          }
          expect(await store.ranking('account', 'total', { limit, after: 'nobody' })).toEqual([]);
        }),
        { numRuns: 15 },
      );
    });
  });
}
