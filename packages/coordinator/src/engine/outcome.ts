/** Refusals of the facade, in words for people. */
import type { RefusalReason } from './commit-queue.ts';
import type { Outcome } from './coordinator.ts';

export type Refused = Extract<Outcome<never>, { ok: false }>;

export const granted = <T>(value: T): Outcome<T> => ({ ok: true, value });
export const refuse = (code: Refused['code'], message: string): Refused => ({ ok: false, code, message });

const WHY: Readonly<Record<RefusalReason, string>> = {
  overloaded: 'The coordinator has too much to do. Nothing was changed; try again in a few seconds.',
  draining: 'The coordinator is restarting. Nothing was changed; try again in a few seconds.',
  broken: 'The coordinator cannot write to its store and is stopping. Whether this was stored is not known; ask again when it is back.',
};

/** What the commit queue would not take. */
export const refusedBy = (reason: RefusalReason): Refused => refuse('overloaded', WHY[reason]);
