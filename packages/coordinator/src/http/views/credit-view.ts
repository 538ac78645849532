/** Credit as pages and programs see it. Pure: what must be looked up is given. */
import type { AccountLine, AccountView, HostView, TeamLine, TeamView } from '@manyhands/protocol';
import { type Balance, type CreditDay, dayOf } from '../../domain/balance.ts';
import { recentAt } from '../../domain/recent-credit.ts';
import type { Earner } from '../../ports/credit-reads.ts';

const MICROCREDITS = 1_000_000;
const DAY_MS = 86_400_000;
/** As long as anybody looks back; the ledger goes back to the beginning. */
const DAYS_SHOWN = 90;

export const firstDayShown = (now: number): number => dayOf(now) - DAYS_SHOWN + 1;

const figures = ({ microcredits, validResults, recent }: Balance, now: number) => ({
  credit: microcredits / MICROCREDITS,
  // What was taken back lately may weigh more than what was earned lately.
  recentCredit: Math.max(0, recentAt(recent, now)) / MICROCREDITS,
  validResults,
});

export const toAccountLine = (account: Earner, now: number): AccountLine => ({
  account: account.id,
  name: account.name,
  team: account.belongsTo,
  ...figures(account, now),
});

export const toTeamLine = (team: Earner, now: number): TeamLine => ({ team: team.id, accounts: team.members, ...figures(team, now) });

export interface Standings {
  readonly ranks: AccountView['ranks'];
  readonly days: readonly CreditDay[];
}

export const toAccountView = (account: Earner, { ranks, days }: Standings, now: number): AccountView => ({
  ...toAccountLine(account, now),
  hosts: account.members,
  ranks,
  ...history(account, days, now),
});

export const toTeamView = (team: Earner, members: readonly Earner[], { ranks, days }: Standings, now: number): TeamView => ({
  ...toTeamLine(team, now),
  members: members.map((member) => toAccountLine(member, now)),
  ranks,
  ...history(team, days, now),
});

export const toHostView = (host: Earner, account: string, days: readonly CreditDay[], now: number): HostView => ({
  host: host.id,
  account,
  name: host.name,
  ...figures(host, now),
  ...history(host, days, now),
});

/** One entry a day, the days without work too. */
function history({ invalidResults }: Earner, earned: readonly CreditDay[], now: number) {
  const byDay = new Map(earned.map((one) => [one.day, one]));
  const days = Array.from({ length: DAYS_SHOWN }, (_, i) => {
    const day = firstDayShown(now) + i;
    const { microcredits = 0, validResults = 0 } = byDay.get(day) ?? {};
    return { day: new Date(day * DAY_MS).toISOString().slice(0, 10), credit: microcredits / MICROCREDITS, validResults };
  });
  return { asOf: now, invalidResults, days };
}
