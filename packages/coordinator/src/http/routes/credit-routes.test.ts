import {
  type AccountView,
  accountViewSchema,
  type HostView,
  hostViewSchema,
  type Leaderboard,
  leaderboardSchema,
  type TeamView,
  teamViewSchema,
} from '@manyhands/protocol';
import { expect, test } from 'vitest';
import { HttpBench } from '../../../test/http-bench.ts';
import { accountId, finalUnit, host, hostId, job, judged, posting, takenBack, unit } from '../../store/store-rows.contract.ts';

const DAY_MS = 86_400_000;
const TEAM = 'Nachtschicht 🌙/Süd';

/** Accounts 1 to 5 with 5, 4, … credits of yesterday; 1 and 2 on a team; 6 has earned nothing. */
async function openBench(): Promise<HttpBench> {
  const bench = await new HttpBench().open();
  const yesterday = bench.clock.now() - DAY_MS;
  const { store } = bench.coordinator;
  await store.commit({
    jobs: [job(1)],
    units: Array.from({ length: 6 }, (_, index) => unit(1, index)),
    hosts: [1, 2, 3, 4, 5, 6].map((n) => host(n, { team: n < 3 ? TEAM : null, displayName: n === 1 ? 'Ada' : null })),
    postings: [1, 2, 3, 4, 5].map((n) => posting(1, n, n, { microcredits: (6 - n) * 1e6, at: yesterday })),
  });
  return bench;
}

const lines = async (bench: HttpBench, query: string) => {
  const answer = await bench.ask('GET', `/v1/leaderboard?${query}`);
  return leaderboardSchema.parse(answer.json<Leaderboard>());
};
const ranked = ({ lines: rows }: Leaderboard) => rows.map((row) => [row.rank, 'account' in row ? row.account : row.team]);

test('[CD13] the leaderboard is paged by cursor, ranks going on', async () => {
  await using bench = await openBench();
  const first = await lines(bench, 'limit=2');
  expect(ranked(first)).toEqual([
    [1, accountId(1)],
    [2, accountId(2)],
  ]);
  expect(first).toMatchObject({
    of: 'accounts',
    by: 'total',
    next: accountId(2),
    lines: [{ name: 'Ada', team: TEAM, credit: 5 }, { name: null }],
  });
  const second = await lines(bench, `limit=2&after=${first.next}`);
  expect(ranked(second)).toEqual([
    [3, accountId(3)],
    [4, accountId(4)],
  ]);
  const last = await lines(bench, `limit=2&after=${second.next}&by=recent`);
  expect([ranked(last), last.next]).toEqual([[[5, accountId(5)]], null]);
});

test('[CD13] teams have a leaderboard of their own', async () => {
  await using bench = await openBench();
  for (const by of ['total', 'recent'])
    expect(await lines(bench, `of=teams&by=${by}`)).toMatchObject({
      of: 'teams',
      by,
      next: null,
      lines: [{ rank: 1, team: TEAM, accounts: 2, credit: 9, validResults: 2 }],
    });
});

test('[CD14] an account is shown among its neighbours, at either end and in the middle; alone when it has earned nothing', async () => {
  await using bench = await openBench();
  const around = async (n: number, limit = 3) => ranked(await lines(bench, `limit=${limit}&around=${accountId(n)}`)).map(([rank]) => rank);
  expect(await around(3)).toEqual([2, 3, 4]);
  expect(await around(1)).toEqual([1, 2, 3]);
  expect(await around(5)).toEqual([4, 5]);
  expect(await around(3, 1)).toEqual([3]);
  expect(ranked(await lines(bench, `around=${accountId(6)}`))).toEqual([[null, accountId(6)]]);
});

test.each(['after=account_9', 'around=nobody', 'of=teams&around=nobody'])(
  '[HT1] who is not in a leaderboard, ?%s, is not found',
  async (query) => {
    await using bench = await openBench();
    expect(await bench.ask('GET', `/v1/leaderboard?${query}`)).toMatchObject({ status: 404, code: 'not-found' });
  },
);

test.each(['limit=0', 'limit=101', 'by=luck', 'of=hosts', `after=${accountId(1)}&around=${accountId(1)}`, `around=${'x'.repeat(65)}`])(
  '[HT2] a leaderboard with ?%s is refused',
  async (query) => {
    await using bench = await openBench();
    expect((await bench.ask('GET', `/v1/leaderboard?${query}`)).code).toBe('bad-request');
  },
);

test('[CD12] [CD15] an account shows credit, rank, recent average, and 90 days of which today is the last', async () => {
  await using bench = await openBench();
  const view = accountViewSchema.parse((await bench.ask('GET', `/v1/accounts/${accountId(1)}`)).json<AccountView>());
  expect(view).toMatchObject({
    name: 'Ada',
    team: TEAM,
    hosts: 1,
    credit: 5,
    validResults: 1,
    invalidResults: 0,
    ranks: { total: 1, recent: 1 },
  });
  expect(view.recentCredit).toBeCloseTo(5 * (Math.LN2 / 7) * 0.5 ** (1 / 7), 6);
  expect(view.days).toHaveLength(90);
  const today = new Date(bench.clock.now()).toISOString().slice(0, 10);
  expect(view.days.slice(-2)).toMatchObject([
    { credit: 5, validResults: 1 },
    { day: today, credit: 0, validResults: 0 },
  ]);
  expect(view.days.slice(0, -2).every(({ credit }) => credit === 0)).toBe(true);
});

test('[CD7] [CD15] the recent average fades while nothing happens, and never shows less than nothing', async () => {
  await using bench = await openBench();
  const recent = async () => (await bench.ask('GET', `/v1/accounts/${accountId(1)}`)).json<AccountView>().recentCredit;
  const before = await recent();
  bench.clock.advance(7 * DAY_MS);
  expect(await recent()).toBeCloseTo(before / 2, 9);
  const at = bench.clock.now();
  await bench.coordinator.store.commit({ postings: [{ ...takenBack(posting(1, 1, 1, { microcredits: 5e6 })), at }] });
  expect(await recent()).toBe(0);
});

test('[CD10] [CD15] a team shows what its accounts have, and who they are', async () => {
  await using bench = await openBench();
  const answer = await bench.ask('GET', `/v1/teams/${encodeURIComponent(TEAM)}`);
  const view = teamViewSchema.parse(answer.json<TeamView>());
  expect(view).toMatchObject({ team: TEAM, accounts: 2, credit: 9, validResults: 2, ranks: { total: 1, recent: 1 } });
  expect(view.members).toMatchObject([
    { account: accountId(1), credit: 5 },
    { account: accountId(2), credit: 4 },
  ]);
  expect(view.days.at(-2)).toMatchObject({ credit: 9, validResults: 2 });
});

test('[CD10] the longest name a team may have is found, whatever its letters', async () => {
  await using bench = await openBench();
  const name = '🌙'.repeat(32);
  await bench.coordinator.store.commit({ hosts: [host(9, { team: name })] });
  expect((await bench.ask('GET', `/v1/teams/${encodeURIComponent(name)}`)).json()).toMatchObject({ team: name, accounts: 1 });
});

test('[CD11] [CD15] a host shows its own credit and what was not believed, and nothing of its machine', async () => {
  await using bench = await openBench();
  const wrong = { ...judged(3, 0, 1), valid: false } as ReturnType<typeof judged>;
  await bench.coordinator.store.commit({ units: [{ ...finalUnit(1, 0), replicas: [judged(1, 0), wrong] }] });
  const body = (await bench.ask('GET', `/v1/hosts/${hostId(3)}`)).json<HostView>();
  expect(Object.keys(body).sort()).toEqual(Object.keys(hostViewSchema.parse(body)).sort());
  expect(body).toMatchObject({ host: hostId(3), account: accountId(3), name: null, credit: 3, validResults: 1, invalidResults: 1 });
});

test.each([`accounts/${accountId(99)}`, `hosts/${hostId(99)}`, 'teams/Nobody'])(
  '[CD15] /v1/%s, of whom nobody has heard, is not found',
  async (path) => {
    await using bench = await openBench();
    expect(await bench.ask('GET', `/v1/${path}`)).toMatchObject({ status: 404, code: 'not-found' });
  },
);

test.each(['accounts/me', `accounts/${hostId(1)}`, 'hosts/1', `teams/${'x'.repeat(65)}`])(
  '[HT2] /v1/%s is refused for its form',
  async (path) => {
    await using bench = await openBench();
    expect((await bench.ask('GET', `/v1/${path}`)).code).toBe('bad-request');
  },
);
