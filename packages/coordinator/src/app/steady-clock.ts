/**
 * The time that everything is decided by (I33). It follows the machine's clock as long as that goes forward, and never goes back: what was set back is
 * waited for, and meanwhile time goes on a little slower. So a lease lasts as long as its host was told, and at most a fifteenth longer, whatever
 * anybody sets the machine's clock to.
 */
import type { Clock, MachineClock } from '../ports/clock.ts';

/** How fast time goes on while the machine's clock is behind: an hour is made up for in sixteen. */
const WAITING_PACE = 15 / 16;
/** What a machine's clock may be behind without a word to the operator. */
const WORTH_TELLING_MS = 60_000;

export interface SteadyClockOptions {
  /** Time goes on from there at the earliest: the last moment that is on record; null: there is none. */
  readonly notBefore: number | null;
  /** The machine's clock is behind by so much. Said once for each time that it is set back. */
  onBehind(behindMs: number): void;
}

export function createSteadyClock(machine: MachineClock, { notBefore, onBehind }: SteadyClockOptions): Clock {
  // Not whole: the pace is kept exactly, however often time is asked for.
  let at = notBefore ?? Number.NEGATIVE_INFINITY;
  let elapsedMs = machine.elapsedMs();
  let isTold = false;
  const follow = (): void => {
    const [shown, elapsed] = [machine.now(), machine.elapsedMs()];
    at = Math.max(shown, at + (elapsed - elapsedMs) * WAITING_PACE);
    elapsedMs = elapsed;
    const behindMs = at - shown;
    if (behindMs > WORTH_TELLING_MS && !isTold) onBehind(Math.round(behindMs));
    isTold = behindMs > WORTH_TELLING_MS;
  };
  follow();
  return {
    now: () => {
      follow();
      return Math.floor(at);
    },
    every: machine.every,
  };
}
