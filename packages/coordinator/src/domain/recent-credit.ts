/**
 * Recent average credit: microcredits a day, each earned one weighing half as much after a week. Who earns 200 credits every day has an
 * average of 200. It is updated only when something is earned; in between it fades by itself, everybody's at the same rate.
 * It is a sum over postings, so the order in which they are added does not matter, and averages of accounts add up to that of their team.
 */
export interface RecentCredit {
  readonly perDay: number;
  /** When the average was that, epoch milliseconds. */
  readonly at: number;
}

export const NO_RECENT_CREDIT: RecentCredit = { perDay: 0, at: 0 };

const HALF_LIFE_MS = 7 * 86_400_000;
/** One credit a day, for ever, makes an average of one. */
const PER_DAY = Math.LN2 / 7;

/** `now` may lie before `recent.at`: clocks step back, and batches do not arrive in order. */
export const addRecent = (recent: RecentCredit, microcredits: number, now: number): RecentCredit =>
  sumRecent(recent, { perDay: microcredits * PER_DAY, at: now });

/** As of the later of the two. */
export function sumRecent(one: RecentCredit, other: RecentCredit): RecentCredit {
  const at = Math.max(one.at, other.at);
  return { perDay: recentAt(one, at) + recentAt(other, at), at };
}

/** The average at `now`; never more than it was. */
export const recentAt = ({ perDay, at }: RecentCredit, now: number): number => perDay * 2 ** (-Math.max(0, now - at) / HALF_LIFE_MS);

/** Orders averages of different times: the same at every time, since all fade alike. null: there is nothing to rank. */
export const recentRank = ({ perDay, at }: RecentCredit): number | null => (perDay > 0 ? Math.log2(perDay) + at / HALF_LIFE_MS : null);
