/** The runner's life and death: who is blamed, what is computed again, and that nothing is left behind. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { findEngineBinary } from '../../packages/sandbox/src/engine-binary.ts';
import { loadGuestScript } from '../../packages/sandbox/src/guest-script.ts';
import { openIsolateSandbox, type Runner, type Sandbox } from '../../packages/sandbox/src/index.ts';
import type { FromRunner } from '../../packages/sandbox/src/ipc/from-runner.ts';
import { packExecution } from '../../packages/sandbox/src/ipc/to-runner.ts';
import { runnerCommand } from '../../packages/sandbox/src/runner-command.ts';
import { startRunnerProcess } from '../../packages/sandbox/src/runner-process.ts';
import { bundleOf, executionOf, resultOf, taskOf } from '../../packages/sandbox/src/testing/tasks.ts';
import { guardedLayers } from './fixtures/guarded-layers.ts';
import { isAlive, prioritiesOf, runnersOf, until } from './fixtures/processes.ts';

/** A step is some microseconds of work; the state after n steps depends on every one of them. */
const TASK = bundleOf(`
  run(input, ctx) {
    const step = (hash) => { for (let i = 0; i < 3000; i++) hash = (Math.imul(hash, 31) + i) | 0; return hash; };
    const walk = (from, steps) => {
      let state = from;
      while (state.steps < steps) {
        state = { steps: state.steps + 1, hash: step(state.hash) };
        if (state.steps % 100 === 0) ctx.checkpoint(state);
      }
      return state;
    };
    ctx.log('begun');
    if (input.walk) return walk(ctx.resume ?? { steps: 0, hash: 7 }, input.walk);
    if (input.wasmMB) { const m = new WebAssembly.Memory({ initial: input.wasmMB * 16 }); return new Uint8Array(m.buffer).fill(1).length; }
    if (input.bufferMB) return new Uint8Array(input.bufferMB * 2 ** 20).fill(1).length;
    if (input.forever) for (;;);
    if (input.stuck) return String((7n ** 40000000n) % 10n);
    if (input.hoard) for (const all = []; ; ) { const m = new WebAssembly.Memory({ initial: 256 }); new Uint8Array(m.buffer).fill(1); all.push(m); }
    return input;
  }`);
const onLinux = process.platform === 'linux';

async function openRunner(threads: number, timeoutMs: number): Promise<{ sandbox: Sandbox; runner: Runner }> {
  const sandbox = await openIsolateSandbox({ threads, confinement: await guardedLayers() });
  return { sandbox, runner: await sandbox.openRunner(taskOf(TASK, { limits: { timeoutMs } })) };
}

/** An execution, and the moment at which the task says that it is at work. */
function begin(runner: Runner, input: { [key: string]: number }) {
  const begun = Promise.withResolvers<void>();
  const checkpoints: string[] = [];
  const outcome = runner.run(executionOf(input), { onLog: () => begun.resolve(), onCheckpoint: (state) => void checkpoints.push(state) });
  return { begun: begun.promise, checkpoints, outcome };
}

/** Node itself, inside of whatever it is wrapped in. */
const runnerPid = (): number => (runnersOf(process.pid).at(-1) as { pid: number }).pid;

test('[SB16] what is aborted while it waits for its turn in a batch is never begun', async () => {
  const { limits, math, bundle } = taskOf(TASK);
  const batch = [{ walk: 30_000 }, { forever: 1 }, { walk: 100 }].map((input, key) => packExecution(key, executionOf(input), null));
  const said: FromRunner[] = [];
  const ended = Promise.withResolvers<void>();
  const child = startRunnerProcess(runnerCommand(findEngineBinary()), {
    frameLimitBytes: 1_000_000,
    onReport({ message }) {
      said.push(message);
      if (message.type === 'ready') {
        child.send(
          { type: 'compute', executions: batch.map(({ header }) => header) },
          batch.flatMap(({ parts }) => parts),
        );
      }
      if (message.type === 'log' && message.key === 0) child.send({ type: 'abort', key: 1 });
      if (message.type === 'done' && message.key === 2) ended.resolve();
    },
  });
  child.send({ type: 'open', limits, math, threads: 1 }, [Buffer.from(await loadGuestScript()), Buffer.from(bundle)]);
  await ended.promise;
  child.kill();
  await child.death;
  expect(said.flatMap((message) => (message.type === 'log' ? [message.key] : []))).toEqual([0, 2]);
  expect(said.flatMap((message) => (message.type === 'done' ? [message.outcome.status] : []))).toEqual(['ok', 'aborted', 'ok']);
});

describe.runIf(onLinux)('death', () => {
  test('[SB14] an execution whose runner is killed goes on from its checkpoint in a new one, to the same result', async () => {
    const { sandbox, runner } = await openRunner(1, 60_000);
    await using _ = sandbox;
    const undisturbed = resultOf(await begin(runner, { walk: 200_000 }).outcome);
    const killed = begin(runner, { walk: 200_000 });
    await until(() => killed.checkpoints.length >= 2);
    process.kill(runnerPid(), 'SIGKILL');
    const atDeath = killed.checkpoints.length;
    expect(resultOf(await killed.outcome)).toEqual(undisturbed);
    expect(killed.checkpoints.length).toBeGreaterThan(atDeath);
    const states = killed.checkpoints.map((state) => (JSON.parse(state) as { steps: number }).steps);
    expect(states).toEqual(states.toSorted((a, b) => a - b));
  });

  test('[SB14] an execution whose runners die twice is an error, and the next one is not', async () => {
    const { sandbox, runner } = await openRunner(1, 60_000);
    await using _ = sandbox;
    let deaths = 0;
    const outcome = runner.run(executionOf({ forever: 1 }), {
      onLog: () => {
        deaths++;
        process.kill(runnerPid(), 'SIGKILL');
      },
    });
    expect(await outcome).toMatchObject({ status: 'error', kind: 'crash', message: expect.stringContaining('2 times') });
    expect(deaths).toBe(2);
    expect(resultOf(await runner.run(executionOf({ honest: 1 })))).toEqual({ honest: 1 });
  });

  test('[SB14] an execution that cannot be stopped ends with its runner; its neighbour is computed again', async () => {
    const { sandbox, runner } = await openRunner(2, 1_500);
    await using _ = sandbox;
    const stuck = begin(runner, { stuck: 1 });
    await stuck.begun;
    const neighbours = [begin(runner, { walk: 20_000 }), begin(runner, { walk: 30_000 }), begin(runner, { honest: 1 })];
    expect(await stuck.outcome).toMatchObject({ status: 'error', kind: expect.toBeOneOf(['timeout', 'memory']) });
    const outcomes = await Promise.all(neighbours.map(({ outcome }) => outcome));
    expect(outcomes.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
  });

  test('[SB13] what one execution leaves behind is not blamed on the next', async () => {
    const { sandbox, runner } = await openRunner(1, 60_000);
    await using _ = sandbox;
    for (let i = 0; i < 25; i++) expect(await runner.run(executionOf({ wasmMB: 50 }))).toMatchObject({ status: 'ok' });
    for (let i = 0; i < 25; i++) expect(await runner.run(executionOf({ bufferMB: 50 }))).toMatchObject({ status: 'ok' });
  });

  test('[SB13] of two executions under way, only the one that takes the memory is an error', async () => {
    const { sandbox, runner } = await openRunner(2, 60_000);
    await using _ = sandbox;
    const honest = begin(runner, { walk: 150_000 });
    await honest.begun;
    const greedy = begin(runner, { hoard: 1 });
    expect(await greedy.outcome).toMatchObject({ status: 'error', kind: 'memory', message: expect.any(String) });
    expect(resultOf(await honest.outcome)).toMatchObject({ steps: 150_000 });
  });
});

describe.runIf(onLinux)('pause', () => {
  test('[SB15] paused executions take no processor and no time from their limit', async () => {
    const { sandbox, runner } = await openRunner(1, 1_200);
    await using _ = sandbox;
    const work = begin(runner, { walk: 60_000 });
    await work.begun;
    runner.pause();
    await until(() => runnersOf(process.pid).every(({ state }) => state === 'T'));
    const said = work.checkpoints.length;
    const pausedAt = performance.now();
    await until(() => performance.now() > pausedAt + 1_500);
    expect(work.checkpoints.length).toBe(said);
    runner.resume();
    const outcome = await work.outcome;
    expect(resultOf(outcome)).toMatchObject({ steps: 60_000 });
    expect((outcome as { elapsedMs: number }).elapsedMs).toBeLessThan(1_200);
  });

  test('[SB15] a runner that dies while paused computes only after resume', async () => {
    const { sandbox, runner } = await openRunner(1, 60_000);
    await using _ = sandbox;
    const work = begin(runner, { walk: 100_000 });
    await work.begun;
    runner.pause();
    const pid = runnerPid();
    process.kill(pid, 'SIGKILL');
    await until(() => !isAlive(pid));
    await until(() => runnersOf(process.pid).length > 0 && runnersOf(process.pid).every(({ state }) => state === 'T'));
    runner.resume();
    expect(resultOf(await work.outcome)).toMatchObject({ steps: 100_000 });
  });
});

describe.runIf(onLinux)('processes', () => {
  test('[SB18] a task has one child, however many hold its runner; it is gone with the last of them', async () => {
    await using sandbox = await openIsolateSandbox({ threads: 1, confinement: 'none' });
    const [first, second] = await Promise.all([sandbox.openRunner(taskOf(TASK)), sandbox.openRunner(taskOf(TASK))]);
    const pids = runnersOf(process.pid).map(({ pid }) => pid);
    expect(pids).toHaveLength(1);
    await first[Symbol.asyncDispose]();
    await first[Symbol.asyncDispose]();
    expect(resultOf(await second.run(executionOf({ a: 1 })))).toEqual({ a: 1 });
    await second[Symbol.asyncDispose]();
    expect(pids.filter(isAlive)).toEqual([]);
  });

  test('[SB20] every thread of a runner has the lowest priority', async () => {
    const { sandbox, runner } = await openRunner(2, 60_000);
    await using _ = sandbox;
    await runner.run(executionOf({ a: 1 }));
    const priorities = prioritiesOf(runnerPid());
    expect(priorities.length).toBeGreaterThan(4);
    expect(new Set(priorities)).toEqual(new Set([19]));
  });

  test('[SB17] closing the sandbox leaves no process behind, whatever is under way', async () => {
    const { sandbox, runner } = await openRunner(2, 60_000);
    const [spinning, stuck] = [begin(runner, { forever: 1 }), begin(runner, { stuck: 1 })];
    await Promise.all([spinning.begun, stuck.begun]);
    const pids = runnersOf(process.pid).map(({ pid }) => pid);
    await sandbox[Symbol.asyncDispose]();
    expect(await spinning.outcome).toEqual({ status: 'aborted' });
    await until(() => !pids.some(isAlive));
    expect(pids.length).toBeGreaterThan(0);
  });

  test('[SB17] when a wrapper dies alone, what it started is killed', async () => {
    const script = `
      const inner = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
      process.stderr.write(String(inner.pid), () => process.kill(process.pid, 'SIGKILL'));`;
    const command = { file: process.execPath, args: ['-e', script], readable: [], folder: process.cwd() };
    const { stderr } = await startRunnerProcess(command, { frameLimitBytes: 1_000, onReport: () => {} }).death;
    expect(Number(stderr)).toBeGreaterThan(0);
    await until(() => !isAlive(Number(stderr)));
  });

  test.each([
    ['none', 'running'],
    ['auto', 'running'],
    ['auto', 'paused'],
    ['parent-death', 'paused'],
  ])('[SB17] a runner does not outlive a daemon that is killed (confinement %s, %s)', async (confinement, mode) => {
    const script = new URL('./fixtures/daemon.ts', import.meta.url).pathname;
    const daemon = spawn(process.execPath, ['--conditions=source', script, confinement, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: daemon.stdout })) if (line === 'under way') break;
    const pids = runnersOf(daemon.pid as number).map(({ pid }) => pid);
    expect(pids.length).toBeGreaterThan(0);
    daemon.kill('SIGKILL');
    await until(() => !pids.some(isAlive));
  });
});
