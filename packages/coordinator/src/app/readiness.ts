import type { Clock } from '../ports/clock.ts';
import type { Store } from '../ports/store.ts';

/** Asking costs a write, and anybody may ask: an answer holds for so long. */
const ANSWER_MS = 1_000;

/** Answers whether requests should be sent here: null, or in words why not. */
export function createReadiness({
  store,
  clock,
  stopping,
}: {
  store: Store;
  clock: Clock;
  stopping: AbortSignal;
}): () => Promise<string | null> {
  let last: { readonly at: number; readonly answer: Promise<string | null> } | null = null;
  const probe = async (now: number): Promise<string | null> => {
    try {
      // What is there already: how long the coordinator has served is not for a question to say (I34).
      await store.keepAlive((await store.lastAliveAt()) ?? now);
      return null;
    } catch (error) {
      return `the store cannot be written (${(error as Error).message})`;
    }
  };
  return async () => {
    if (stopping.aborted) return 'the coordinator is shutting down';
    const now = clock.now();
    if (last === null || Math.abs(now - last.at) >= ANSWER_MS) last = { at: now, answer: probe(now) };
    return last.answer;
  };
}
