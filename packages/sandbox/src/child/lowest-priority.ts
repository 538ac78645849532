import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

const LOWEST_PRIORITY = 19;
/** Readable by the runner, for this alone. */
export const OWN_THREADS = '/proc/self/task';

/** On Linux a priority is a thread's: those that V8 has started already must be asked one by one, later ones inherit it. */
export function takeLowestPriority(): void {
  const threads = process.platform === 'linux' ? readdirSync(OWN_THREADS).map(Number) : [process.pid];
  for (const thread of threads) setPriority(thread, LOWEST_PRIORITY);
}
