/** A sandbox whose executions end when the test says so. Keeps the contract of Sandbox: aborting ends an execution as `aborted`. */
import type { Execution, ExecutionEvents, ExecutionOutcome, Runner, Sandbox, SandboxTask } from '@manyhands/sandbox';

export interface Run {
  readonly task: SandboxTask;
  readonly execution: Execution;
  readonly events: ExecutionEvents;
  end(outcome: ExecutionOutcome): void;
}

export class GatedSandbox implements Sandbox {
  readonly layers = ['gated'];
  readonly opened: SandboxTask[] = [];
  /** Executions under way. */
  readonly runs: Run[] = [];
  isPaused = false;
  isClosed = false;

  async openRunner(task: SandboxTask): Promise<Runner> {
    this.opened.push(task);
    return {
      run: (execution, events = {}, signal) => this.#run(task, execution, events, signal),
      pause: () => {
        this.isPaused = true;
      },
      resume: () => {
        this.isPaused = false;
      },
      [Symbol.asyncDispose]: async () => this.#abort(task),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
  }

  #run(task: SandboxTask, execution: Execution, events: ExecutionEvents, signal: AbortSignal | undefined): Promise<ExecutionOutcome> {
    return new Promise((resolve) => {
      const run: Run = {
        task,
        execution,
        events,
        end: (outcome) => {
          const at = this.runs.indexOf(run);
          if (at >= 0) this.runs.splice(at, 1);
          resolve(outcome);
        },
      };
      this.runs.push(run);
      signal?.addEventListener('abort', () => run.end({ status: 'aborted' }), { once: true });
    });
  }

  #abort(task: SandboxTask): void {
    for (const run of this.runs.filter((one) => one.task === task)) run.end({ status: 'aborted' });
  }
}
