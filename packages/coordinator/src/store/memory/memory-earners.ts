/** Who earned what, told from the ledger each time: what kept sums are held against (I24). */
import type { AccountId } from '@manyhands/protocol';
import { balanceOf } from '../../domain/balance.ts';
import type { Posting } from '../../domain/change-set.ts';
import { recentRank } from '../../domain/recent-credit.ts';
import type { Earner, EarnerKind, Ranked, Ranking } from '../../ports/credit-reads.ts';
import { type MemoryTables, nameOf, teamOf } from './memory-tables.ts';

/** Everybody of that kind who has a host, or was credited, or refuted. */
export function earnersOf(tables: MemoryTables, kind: EarnerKind): Earner[] {
  const hosts = [...tables.hosts.values()];
  const seen = [...tables.postings.values(), ...tables.invalid.values()];
  if (kind === 'host') return distinct([...hosts.map(({ id }) => id), ...seen.map(({ host }) => host)]).map((id) => toHost(tables, id));
  const accounts = distinct([...hosts, ...seen].map(({ account }) => account));
  if (kind === 'account') return accounts.map((id) => toAccount(tables, id));
  return distinct(accounts.map((account) => teamOf(tables, account)).filter((team) => team !== null)).map((team) => ({
    id: team,
    name: team,
    belongsTo: null,
    members: accounts.filter((account) => teamOf(tables, account) === team).length,
    ...earnings(tables, 'team', team),
  }));
}

/** Most first. */
export function rankedEarners(tables: MemoryTables, kind: Ranked, by: Ranking): Earner[] {
  const rankedBy = ({ id, microcredits, recent }: Earner): number | null => {
    if (by === 'recent') return recentRank(recent);
    return postingsOf(tables, kind, id).length > 0 ? microcredits : null;
  };
  return earnersOf(tables, kind)
    .filter((earner) => rankedBy(earner) !== null)
    .sort((a, b) => (rankedBy(b) as number) - (rankedBy(a) as number) || (a.id < b.id ? -1 : 1));
}

export const postingsOf = (tables: MemoryTables, kind: EarnerKind, id: string): Posting[] =>
  [...tables.postings.values()].filter((posting) => isOf(tables, kind, id, posting));

function toHost(tables: MemoryTables, id: string): Earner {
  const host = [...tables.hosts.values()].find((known) => known.id === id);
  return { id, name: host?.displayName ?? null, belongsTo: host?.account ?? null, members: 0, ...earnings(tables, 'host', id) };
}

function toAccount(tables: MemoryTables, id: AccountId): Earner {
  const members = [...tables.hosts.values()].filter(({ account }) => account === id).length;
  return { id, name: nameOf(tables, id), belongsTo: teamOf(tables, id), members, ...earnings(tables, 'account', id) };
}

function earnings(tables: MemoryTables, kind: EarnerKind, id: string) {
  const invalidResults = [...tables.invalid.values()].filter((result) => isOf(tables, kind, id, result)).length;
  return { ...balanceOf(postingsOf(tables, kind, id)), invalidResults };
}

const isOf = (tables: MemoryTables, kind: EarnerKind, id: string, { host, account }: Pick<Posting, 'host' | 'account'>): boolean =>
  kind === 'team' ? teamOf(tables, account) === id : id === (kind === 'host' ? host : account);

const distinct = <T>(values: readonly T[]): T[] => [...new Set(values)];
