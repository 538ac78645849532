/**
 * Runs trusted code in this very process: for tests of everything that needs a Sandbox and not its walls. Outcomes and events are those of the real one;
 * globals are left alone, so Date is not frozen and Math is the engine's, and nothing stops a loop: time and memory limits are not enforced.
 */
import { createMouthpiece } from './child/mouthpiece.ts';
import { describeError } from './guest/describe-error.ts';
import { perform } from './guest/perform.ts';
import { createRandom } from './guest/random.ts';
import { problemOf, type TaskShape } from './guest/task-shape.ts';
import { questionOf } from './ipc/to-runner.ts';
import type { Execution, ExecutionEvents, ExecutionOutcome, Runner, Sandbox, SandboxTask } from './sandbox.ts';

export function createDirectSandbox(): Sandbox {
  return {
    layers: ['direct'],
    openRunner: async (task) => createDirectRunner(task, load(task)),
    [Symbol.asyncDispose]: async () => {},
  };
}

function load({ id, bundle }: SandboxTask): TaskShape {
  const module = evaluate(bundle);
  const problem = problemOf(module);
  if (problem !== null) throw new Error(`task ${id}: ${problem}`);
  return (module as { default: TaskShape }).default;
}

function evaluate(bundle: string): unknown {
  try {
    return new Function(`${bundle}\n;return typeof manyhandsTask === 'undefined' ? undefined : manyhandsTask;`)();
  } catch (error) {
    throw new Error(`the bundle does not load: ${describeError(error)}`);
  }
}

function createDirectRunner(task: SandboxTask, shape: TaskShape): Runner {
  const closing = new AbortController();
  let gate: PromiseWithResolvers<void> | null = null;
  return {
    async run(execution, events = {}, signal) {
      await gate?.promise;
      const ended = signal ? AbortSignal.any([signal, closing.signal]) : closing.signal;
      return Promise.race([aborted(ended), compute(task, shape, execution, events, ended)]);
    },
    pause: () => {
      gate ??= Promise.withResolvers();
    },
    resume: () => {
      gate?.resolve();
      gate = null;
    },
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      gate?.resolve();
    },
  };
}

const aborted = (signal: AbortSignal): Promise<ExecutionOutcome> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve({ status: 'aborted' });
    else signal.addEventListener('abort', () => resolve({ status: 'aborted' }), { once: true });
  });

async function compute(
  { limits }: SandboxTask,
  task: TaskShape,
  execution: Execution,
  events: ExecutionEvents,
  signal: AbortSignal,
): Promise<ExecutionOutcome> {
  if (signal.aborted) return { status: 'aborted' };
  const { entry, input, blobs, resume, seed } = execution;
  const mouthpiece = createMouthpiece(0, (report) => {
    if (signal.aborted) return;
    if (report.type === 'progress') events.onProgress?.(report.fraction);
    else if (report.type === 'checkpoint') events.onCheckpoint?.(report.text);
    else if (report.type === 'log') events.onLog?.(report.line);
  });
  const startedAt = performance.now();
  const assignment = { entry: entry.kind, input, output: questionOf(entry), resume };
  const blob = (digest: string): Uint8Array | undefined => (blobs as ReadonlyMap<string, Uint8Array>).get(digest);
  const performed = await perform(assignment, {
    task,
    outputBytes: limits.outputBytes,
    random: createRandom(seed),
    post: mouthpiece.post,
    blob,
  });
  mouthpiece.close();
  return { ...performed, elapsedMs: performance.now() - startedAt };
}
