/** What passes between a runner's main thread and its task threads, over one port per batch. */
import type { MessagePort } from 'node:worker_threads';
import type { RunnerOutcome } from '../ipc/from-runner.ts';
import type { PackedExecution } from '../ipc/to-runner.ts';

export interface Batch {
  readonly executions: readonly PackedExecution[];
  readonly port: MessagePort;
}

/** Why an execution is stopped from outside of itself. */
export type StopCause = 'timeout' | 'aborted';

export type ThreadReport =
  | { readonly type: 'done'; readonly key: number; readonly outcome: RunnerOutcome; readonly output: string }
  | { readonly type: 'progress'; readonly key: number; readonly fraction: number }
  | { readonly type: 'checkpoint'; readonly key: number; readonly text: string }
  | { readonly type: 'log'; readonly key: number; readonly line: string }
  /** The isolate does not stop (`timeout`), or V8 gave up (`memory`): the process has to go. */
  | { readonly type: 'stuck'; readonly key: number; readonly cause: 'timeout' | 'memory' };

export interface ThreadOrder {
  readonly type: 'abort';
  readonly key: number;
}
