import { createDirectSandbox, type Runner, type Sandbox, type SandboxTask } from '@manyhands/sandbox';
import { beforeEach, expect, test } from 'vitest';
import { taskId } from '../../test/builders.ts';
import { FakeClock } from '../../test/fake-clock.ts';
import { bundleOf } from '../../test/fake-project.ts';
import { RunnerPool } from './runner-pool.ts';

let clock: FakeClock;
let opened: string[];
let closed: string[];
let paused: string[];
let pool: RunnerPool;

/** The direct sandbox, watched. */
function watched(): Sandbox {
  const inner = createDirectSandbox();
  return {
    layers: inner.layers,
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
    async openRunner(task) {
      const runner = await inner.openRunner(task);
      opened.push(task.id);
      return {
        run: (...args) => runner.run(...args),
        pause: () => {
          paused.push(task.id);
          runner.pause();
        },
        resume: () => {
          paused = paused.filter((id) => id !== task.id);
          runner.resume();
        },
        async [Symbol.asyncDispose]() {
          closed.push(task.id);
          await runner[Symbol.asyncDispose]();
        },
      };
    },
  };
}

beforeEach(() => {
  [opened, closed, paused] = [[], [], []];
  clock = new FakeClock();
  pool = new RunnerPool(watched(), clock);
});

const describe = (n: number) => async (): Promise<SandboxTask> => ({
  id: taskId(n),
  bundle: n === 9 ? 'var manyhandsTask = 1;' : bundleOf('return input;'),
  limits: { memoryMB: 64, timeoutMs: 1_000, outputBytes: 1_000 },
  math: 'native',
});
const use = <T>(n: number, work: (runner: Runner) => Promise<T>): Promise<T> => pool.use(taskId(n), describe(n), work);
const idle = async (): Promise<string> => 'done';

test('one runner per task, shared, and kept for a while when it is idle', async () => {
  expect(await Promise.all([use(1, idle), use(1, idle)])).toEqual(['done', 'done']);
  clock.advance(59_000);
  await use(1, idle);
  clock.advance(59_000);
  expect([opened, closed]).toEqual([[taskId(1)], []]);
  clock.advance(1_000);
  await expect.poll(() => closed).toEqual([taskId(1)]);
  await use(1, idle);
  expect(opened).toHaveLength(2);
});

test('of several idle runners only the last stays', async () => {
  for (const n of [1, 2, 3]) await use(n, idle);
  await expect.poll(() => closed).toEqual([taskId(1), taskId(2)]);
});

test('a runner that cannot be opened fails its users with the reason, and is tried anew by the next', async () => {
  await expect(use(9, idle)).rejects.toThrow('no task');
  await expect(use(9, idle)).rejects.toThrow('no task');
  expect(clock.timers).toBe(0);
});

test('[WK24] a pause reaches every runner, also one that opens meanwhile', async () => {
  await use(1, idle);
  pool.pause();
  await use(2, async (runner) => {
    expect(paused).toEqual([taskId(1), taskId(2)]);
    expect(runner).toBeDefined();
  });
  pool.resume();
  await expect.poll(() => paused).not.toContain(taskId(2));
});

test('closing closes all', async () => {
  const inUse = Promise.withResolvers<void>();
  const using = use(1, () => inUse.promise);
  await expect.poll(() => opened).toHaveLength(1);
  await pool[Symbol.asyncDispose]();
  expect(closed).toEqual([taskId(1)]);
  inUse.resolve();
  await using;
  expect(clock.timers).toBe(0);
});
