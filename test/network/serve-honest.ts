import { expect } from 'vitest';
import type { PlayingWorker } from '../../packages/coordinator/test/playing-worker.ts';
import { within } from './within.ts';

/** While others misbehave, an honest host is given a unit and its result is recorded. */
export async function serveHonest(worker: PlayingWorker, patienceMs: number): Promise<void> {
  worker.ask(1);
  const held = await within(worker.lease(), patienceMs, 'a lease for the honest host');
  const recorded = worker.submit(held, (input) => input);
  expect(await within(recorded, patienceMs, 'an answer to its result')).toEqual(held.map(() => 'recorded'));
}
