import { expect, test } from 'vitest';
import { ACCOUNT, HOST } from '../../test/sample-messages.ts';
import { accountViewSchema, hostViewSchema, leaderboardSchema, teamViewSchema } from './credit-api.ts';

const figures = { credit: 12.5, recentCredit: 0.25, validResults: 7 };
const history = { asOf: 1, invalidResults: 1, days: [{ day: '2026-11-22', credit: 1.5, validResults: 2 }] };
const account = { account: ACCOUNT, name: 'Ada', team: 'Night shift', ...figures };
const team = { team: 'Night shift', accounts: 2, ...figures };
const ranks = { total: 1, recent: null };

const answered = [
  ['a board of accounts', leaderboardSchema, { of: 'accounts', asOf: 1, by: 'total', next: ACCOUNT, lines: [{ rank: 1, ...account }] }],
  ['a board of teams', leaderboardSchema, { of: 'teams', asOf: 1, by: 'recent', next: null, lines: [{ rank: null, ...team }] }],
  ['an account', accountViewSchema, { ...account, hosts: 2, ranks, ...history }],
  ['a team', teamViewSchema, { ...team, members: [account], ranks, ...history }],
  ['a host', hostViewSchema, { host: HOST, account: ACCOUNT, name: null, ...figures, ...history }],
] as const;

test.each(answered)('[PR11] %s that gained a field is still understood, and one that lost a field is not', (_, schema, example) => {
  expect(schema.parse({ ...example, fromTheFuture: 1 })).toEqual(example);
  for (const field of Object.keys(example)) expect(schema.safeParse({ ...example, [field]: undefined }).success).toBe(false);
});
