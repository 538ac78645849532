/**
 * What the rest of the house knows of running a stranger's code: open a runner for a task, give it executions, dispose of it.
 * `isolate-sandbox.ts` is the real one (child process, Piscina threads, isolates); `direct-sandbox.ts` runs trusted code in tests.
 */
import type { Agreement, Digest, ErrorKind, TaskLimits } from '@manyhands/protocol';

/** Everything about a task that its isolates depend on. One runner child per task. */
export interface SandboxTask {
  /** Names the task in logs and errors. */
  readonly id: string;
  /** One script that leaves the task's definition in the global `manyhandsTask` (`manyhandsTask.default`). */
  readonly bundle: string;
  readonly limits: TaskLimits;
  readonly math: 'deterministic' | 'native';
}

/** Which of these outputs agree? Pairs name them by their place. */
export interface Comparison {
  readonly agreement: Exclude<Agreement, { kind: 'exact' }>;
  readonly outputs: readonly string[];
  readonly pairs: readonly (readonly [number, number])[];
}

/** One computation. Texts are canonical JSON (protocol/value.ts). */
export interface Execution {
  /** Unique among the executions under way in this runner. */
  readonly id: string;
  /**
   * `run(input, ctx)` gives an output text · `check(input, output)` gives `true` or `false` as its output text ·
   * `agree` gives a `1` or a `0` for each pair, and does not look at the input.
   */
  readonly entry:
    | { readonly kind: 'run' }
    | { readonly kind: 'check'; readonly output: string }
    | { readonly kind: 'agree'; readonly comparison: Comparison };
  readonly input: string;
  /** The bytes of every blob that input or outputs name. */
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
  /** Seeds Math.random and ctx.random: the unit's id, so that every replica draws the same numbers. */
  readonly seed: string;
  /** What Date shows, epoch milliseconds. */
  readonly frozenAt: number;
  /** The last checkpoint's text, or null to start from the beginning. */
  readonly resume: string | null;
}

export interface ExecutionEvents {
  readonly onProgress?: (fraction: number) => void;
  readonly onCheckpoint?: (state: string) => void;
  readonly onLog?: (line: string) => void;
}

/** `elapsedMs` is compute time, paused time not counted. */
export type ExecutionOutcome =
  | { readonly status: 'ok'; readonly output: string; readonly elapsedMs: number }
  | { readonly status: 'error'; readonly kind: ErrorKind; readonly message: string; readonly elapsedMs: number }
  | { readonly status: 'aborted' };

/** A locked-down child that computes one task. It may die at any time; the executions it takes along end as errors or are run again. */
export interface Runner extends AsyncDisposable {
  /** Never rejects. Aborting the signal ends the execution as `aborted`. */
  run(execution: Execution, events?: ExecutionEvents, signal?: AbortSignal): Promise<ExecutionOutcome>;
  /** Stops all computing at once, keeping it in memory, and lets it go on. */
  pause(): void;
  resume(): void;
}

export interface Sandbox extends AsyncDisposable {
  /** Starts at most one child a task; rejects with a message for people when the bundle holds no task. */
  openRunner(task: SandboxTask): Promise<Runner>;
  /** What this sandbox can promise here, for `doctor` and logs: e.g. `isolate, bubblewrap`. */
  readonly layers: readonly string[];
}
