/** One runner per task, opened when its first unit runs and closed when it has been idle for a while: an idle child still takes memory. */
import type { TaskId } from '@manyhands/protocol';
import type { Runner, Sandbox, SandboxTask } from '@manyhands/sandbox';
import type { Clock } from '../ports/clock.ts';

const IDLE_MS = 60_000;
/** Runners without work that may stay open until their time is over. */
const MAX_IDLE = 1;

interface Entry {
  readonly runner: Promise<Runner>;
  users: number;
  /** null: in use. */
  idle: Disposable | null;
}

export class RunnerPool implements AsyncDisposable {
  readonly #sandbox: Sandbox;
  readonly #clock: Clock;
  readonly #entries = new Map<TaskId, Entry>();
  #isPaused = false;

  constructor(sandbox: Sandbox, clock: Clock) {
    this.#sandbox = sandbox;
    this.#clock = clock;
  }

  /** Rejects when the runner cannot be opened or `work` rejects. `describe` is asked only when a runner has to be opened. */
  async use<T>(task: TaskId, describe: () => Promise<SandboxTask>, work: (runner: Runner) => Promise<T>): Promise<T> {
    const entry = this.#entries.get(task) ?? this.#open(task, describe);
    entry.users++;
    entry.idle?.[Symbol.dispose]();
    entry.idle = null;
    try {
      return await work(await entry.runner);
    } finally {
      if (--entry.users === 0) this.#rest(task, entry);
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#each((runner) => runner.pause());
  }

  resume(): void {
    this.#isPaused = false;
    this.#each((runner) => runner.resume());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entries = [...this.#entries];
    await Promise.all(entries.map(([task, entry]) => this.#close(task, entry)));
    await this.#sandbox[Symbol.asyncDispose]();
  }

  #open(task: TaskId, describe: () => Promise<SandboxTask>): Entry {
    const runner = describe().then((described) => this.#sandbox.openRunner(described));
    const entry: Entry = { runner, users: 0, idle: null };
    this.#entries.set(task, entry);
    runner.then(
      (opened) => this.#isPaused && opened.pause(),
      () => this.#entries.delete(task),
    );
    return entry;
  }

  #rest(task: TaskId, entry: Entry): void {
    if (this.#entries.get(task) !== entry) return;
    entry.idle = this.#clock.after(IDLE_MS, () => void this.#close(task, entry));
    const idle = [...this.#entries].filter(([, { users }]) => users === 0);
    for (const [old, its] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) void this.#close(old, its);
  }

  async #close(task: TaskId, entry: Entry): Promise<void> {
    this.#entries.delete(task);
    entry.idle?.[Symbol.dispose]();
    // A runner that never opened has told its users why.
    const runner = await entry.runner.catch(() => null);
    await runner?.[Symbol.asyncDispose]();
  }

  #each(act: (runner: Runner) => void): void {
    for (const { runner } of this.#entries.values()) runner.then(act, () => undefined);
  }
}
