/** Worlds and hunts on several threads: each is given the next one when it is done with the one before, so what comes back is in no order. */
import { Worker } from 'node:worker_threads';
import type { Hunt } from './hunt.ts';
import type { SeedOutcome } from './simulation.ts';

export type Chore =
  | { readonly kind: 'seed'; readonly seed: number }
  | { readonly kind: 'hunt'; readonly mutant: number; readonly hunts: number };
export type Done = { readonly kind: 'seed'; readonly outcome: SeedOutcome } | { readonly kind: 'hunt'; readonly hunt: Hunt };

/** Rejects when a thread dies: then not everything was done. */
export async function* doAll(chores: Iterator<Chore>, threads: number): AsyncGenerator<Done, void, void> {
  const done: Done[] = [];
  let wake: (error?: Error) => void = () => {};
  let busy = 0;
  const give = (worker: Worker): void => {
    const { value, done: isOver } = chores.next();
    if (isOver === true) return;
    busy++;
    worker.postMessage(value);
  };
  const workers = Array.from({ length: threads }, () => new Worker(new URL('./labourer.ts', import.meta.url)));
  try {
    for (const worker of workers) {
      worker.on('message', (result: Done) => {
        busy--;
        done.push(result);
        give(worker);
        wake();
      });
      worker.on('error', (error) => wake(error as Error));
      give(worker);
    }
    while (busy > 0 || done.length > 0) {
      yield* done.splice(0);
      if (busy > 0 && done.length === 0)
        await new Promise<void>((resolve, reject) => {
          wake = (error) => (error === undefined ? resolve() : reject(error));
        });
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

export function* seedsFrom(from: number, count: number): Generator<Chore> {
  for (let seed = from; seed < from + count; seed++) yield { kind: 'seed', seed };
}

export function* huntsOf(mutants: number, hunts: number): Generator<Chore> {
  for (let mutant = 0; mutant < mutants; mutant++) yield { kind: 'hunt', mutant, hunts };
}
