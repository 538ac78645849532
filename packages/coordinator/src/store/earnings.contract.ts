/** Random ledgers, and what they come to by the plainest arithmetic there is. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Host, Posting } from '../domain/change-set.ts';
import type { EarnerKind } from '../ports/credit-reads.ts';
import { accountId, host, posting, takenBack } from './store-rows.contract.ts';

const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 8, 1);
const LENGTH_MS = 60 * DAY_MS;
const TEAMS = [null, 'Blue', 'Red'];

export interface Book {
  readonly hosts: readonly Host[];
  /** Postings as they are committed: revocations come after what they revoke. */
  readonly commits: readonly (readonly Posting[])[];
  /** Behind all of them. */
  readonly endAt: number;
}

const grant = fc.record({
  slot: fc.nat(79),
  by: fc.integer({ min: 1, max: 6 }),
  microcredits: fc.oneof(fc.constantFrom(0, 1_000), fc.nat(1e9)),
  at: fc.nat(LENGTH_MS - 1).map((ms) => START + ms),
  isRevoked: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
  commit: fc.nat(3),
});

/** Six hosts of three accounts, hosts two apart belonging together. */
const accountOf = (n: number) => accountId(1 + (n % 3));

export const earnings: fc.Arbitrary<Book> = fc
  .record({
    grants: fc.uniqueArray(grant, { selector: ({ slot }) => slot, maxLength: 30 }),
    teams: fc.array(fc.constantFrom(...TEAMS), { minLength: 6, maxLength: 6 }),
  })
  .map(({ grants, teams }) => {
    const rows = grants.map(({ slot, by, microcredits, at, isRevoked, commit }) => ({
      granted: posting(1, slot >> 1, by, { no: slot & 1, account: accountOf(by), microcredits, at }),
      isRevoked,
      commit,
    }));
    const revocations = rows
      .filter(({ isRevoked }) => isRevoked)
      .map(({ granted }) => ({ ...takenBack(granted), at: granted.at + DAY_MS }));
    const commits = [0, 1, 2, 3].map((n) => rows.filter(({ commit }) => commit === n).map(({ granted }) => granted));
    const hosts = teams.map((team, i) => host(i + 1, { account: accountOf(i + 1), lastSeenAt: 100 + i, team }));
    return { hosts, commits: [...commits, revocations], endAt: START + LENGTH_MS + 2 * DAY_MS };
  });

export interface Recomputed {
  readonly microcredits: number;
  readonly validResults: number;
  readonly days: readonly { readonly day: number; readonly validResults: number; readonly microcredits: number }[];
  /** Microcredits a day at the end of the book. */
  readonly recent: number;
}

/** Everybody of that kind in the book, from its postings alone. */
export function recompute({ hosts, commits, endAt }: Book, kind: EarnerKind): Map<string, Recomputed> {
  const teamOf = (account: string) =>
    hosts.filter((one) => one.account === account && one.team !== null).sort((a, b) => b.lastSeenAt - a.lastSeenAt)[0]?.team;
  const idOf = {
    host: ({ host: id }: Posting) => id,
    account: ({ account }: Posting) => account,
    team: ({ account }: Posting) => teamOf(account),
  };
  const byId = Map.groupBy(commits.flat(), (one) => idOf[kind](one) as string | undefined);
  byId.delete(undefined);
  return new Map([...byId].map(([id, postings]) => [id as string, sums(postings, endAt)]));
}

function sums(postings: readonly Posting[], endAt: number): Recomputed {
  const add = (list: readonly Posting[]) => ({
    validResults: list.filter(({ kind }) => kind === 'valid-result').length - list.filter(({ kind }) => kind === 'revocation').length,
    microcredits: list.reduce((sum, { microcredits }) => sum + microcredits, 0),
  });
  const days = [...Map.groupBy(postings, ({ at }) => Math.floor(at / DAY_MS))].map(([day, list]) => ({ day, ...add(list) }));
  const recent = postings.reduce(
    (sum, { microcredits, at }) => sum + ((microcredits * Math.LN2) / 7) * 0.5 ** ((endAt - at) / (7 * DAY_MS)),
    0,
  );
  return {
    ...add(postings),
    days: days.filter((sum) => sum.validResults !== 0 || sum.microcredits !== 0).sort((a, b) => a.day - b.day),
    recent,
  };
}

/** As equal as sums of that size in two orders can be. */
export function closeTo(one: number, other: number, { commits }: Book): void {
  const size = commits.flat().reduce((sum, { microcredits }) => sum + Math.abs(microcredits), 1);
  expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-9 * size);
}
