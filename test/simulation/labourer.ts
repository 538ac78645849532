/** A thread of `labour.ts`: one world, or one hunt, at a time. */
import { parentPort } from 'node:worker_threads';
import { huntMutant } from './hunt.ts';
import type { Chore, Done } from './labour.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { simulate } from './simulation.ts';

async function work(chore: Chore): Promise<Done> {
  if (chore.kind === 'hunt') return { kind: 'hunt', hunt: await huntMutant(MUTANTS[chore.mutant] as Mutant, chore.hunts) };
  const outcome = await simulate(chore.seed);
  // What led to nothing need not travel.
  return { kind: 'seed', outcome: outcome.violations.length > 0 ? outcome : { ...outcome, lastLines: [] } };
}

parentPort?.on('message', (chore: Chore) => void work(chore).then((done) => parentPort?.postMessage(done)));
