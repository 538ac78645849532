/** Keeps the runners of the tasks last checked: opening one starts a process. The longest unused is put away when there are too many. */
import type { TaskId } from '@manyhands/protocol';
import type { Runner } from '@manyhands/sandbox';

interface Kept {
  readonly runner: Promise<Runner>;
  users: number;
}

export class RunnerShelf implements AsyncDisposable {
  readonly #open: (task: TaskId) => Promise<Runner>;
  readonly #limit: number;
  /** Longest unused first. */
  readonly #kept = new Map<TaskId, Kept>();

  constructor(open: (task: TaskId) => Promise<Runner>, limit: number) {
    this.#open = open;
    this.#limit = limit;
  }

  /** Rejects when the runner cannot be opened; the next call tries again. */
  async use<T>(task: TaskId, work: (runner: Runner) => Promise<T>): Promise<T> {
    const kept = this.#take(task);
    kept.users++;
    try {
      return await work(await kept.runner);
    } finally {
      kept.users--;
      await this.#putAwaySurplus();
    }
  }

  #take(task: TaskId): Kept {
    const kept = this.#kept.get(task) ?? { runner: this.#open(task), users: 0 };
    kept.runner.catch(() => this.#kept.delete(task));
    this.#kept.delete(task);
    this.#kept.set(task, kept);
    return kept;
  }

  async #putAwaySurplus(): Promise<void> {
    for (const [task, kept] of this.#kept) {
      if (this.#kept.size <= this.#limit) return;
      if (kept.users > 0) continue;
      this.#kept.delete(task);
      await dispose(kept);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const kept = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(kept.map(dispose));
  }
}

/** A runner that never opened has nothing to put away. */
const dispose = ({ runner }: Kept): Promise<void> =>
  runner.then(
    (open) => open[Symbol.asyncDispose](),
    () => {},
  );
