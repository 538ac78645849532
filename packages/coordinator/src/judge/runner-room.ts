/** Where questions of one kind are put to author code: a sandbox of its own, opened at the first question, and so many executions at a time. */
import type { TaskId } from '@manyhands/protocol';
import type { Execution, ExecutionOutcome, Runner, Sandbox, SandboxTask } from '@manyhands/sandbox';
import { RunnerShelf } from './runner-shelf.ts';
import { Semaphore } from './semaphore.ts';

export interface RunnerRoomOptions {
  /** Called at the first question: a coordinator that has none starts no child. */
  readonly openSandbox: () => Promise<Sandbox>;
  /** Rejects when the task is not to be had. */
  readonly loadTask: (id: TaskId) => Promise<SandboxTask>;
  /** Executions at the same time. */
  readonly concurrency: number;
  /** Runners kept open. */
  readonly runners: number;
}

export class RunnerRoom implements AsyncDisposable {
  readonly #options: RunnerRoomOptions;
  readonly #shelf: RunnerShelf;
  readonly #permits: Semaphore;
  #sandbox: Promise<Sandbox> | null = null;

  constructor(options: RunnerRoomOptions) {
    this.#options = options;
    this.#shelf = new RunnerShelf((id) => this.#openRunner(id), options.runners);
    this.#permits = new Semaphore(options.concurrency);
  }

  /** `prepare` is called when it is this question's turn, so that what waits holds no bytes. Rejects when there is no runner, or `prepare` does. */
  async run(task: TaskId, prepare: () => Promise<Execution>): Promise<ExecutionOutcome> {
    using _permit = await this.#permits.take();
    return await this.#shelf.use(task, async (runner) => runner.run(await prepare()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf[Symbol.asyncDispose]();
    await (await this.#sandbox?.catch(() => null))?.[Symbol.asyncDispose]();
  }

  async #openRunner(id: TaskId): Promise<Runner> {
    const task = await this.#options.loadTask(id);
    this.#sandbox ??= this.#options.openSandbox();
    // A machine that cannot sandbox now may be able to later, e.g. when memory is free again.
    this.#sandbox.catch(() => {
      this.#sandbox = null;
    });
    return (await this.#sandbox).openRunner(task);
  }
}
