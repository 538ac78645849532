/**
 * Keeps one isolate of a thread ready for its next execution. It is replaced when it was disposed of, when it does not come to rest after an
 * execution (leftover microtasks would be paid for by the next one), and when memory stays behind (the next one would be blamed for it).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskIsolate } from './task-isolate.ts';

const REST_MS = 1_000;

export class IsolateKeeper {
  readonly #open: () => Promise<TaskIsolate>;
  readonly #isWorn: () => boolean;
  #ready: Promise<TaskIsolate>;

  /** `isWorn`: asked after each execution whether memory stayed behind. */
  constructor(open: () => Promise<TaskIsolate>, isWorn: () => boolean) {
    this.#open = open;
    this.#isWorn = isWorn;
    this.#ready = this.#fresh();
  }

  /** An isolate at rest with a context at hand. */
  ready(): Promise<TaskIsolate> {
    return this.#ready;
  }

  /** After an execution: makes ready for the next one, in the time in which the daemon hears of this one. */
  renew(isolate: TaskIsolate): void {
    this.#ready = this.#renewed(isolate);
    // Whoever asks for the isolate next gets the error; until then nobody waits for it.
    this.#ready.catch(() => {});
  }

  async #renewed(isolate: TaskIsolate): Promise<TaskIsolate> {
    if (!isolate.disposed && !this.#isWorn() && (await comesToRest(isolate))) return isolate;
    isolate.dispose();
    return this.#fresh();
  }

  async #fresh(): Promise<TaskIsolate> {
    const isolate = await this.#open();
    await isolate.prepare();
    return isolate;
  }
}

async function comesToRest(isolate: TaskIsolate): Promise<boolean> {
  const patience = new AbortController();
  const prepared = isolate.prepare().then(
    () => true,
    () => false, // it ran into its heap limit: as good as gone
  );
  const late = sleep(REST_MS, false, { signal: patience.signal }).catch(() => false);
  const rests = await Promise.race([prepared, late]);
  patience.abort();
  return rests;
}
