/**
 * The same CPU-bound source in an isolate of a real runner and in plain Node, turn by turn; the fastest run of each counts.
 * Node's process stays warm; the isolate gets a fresh context each time, as every unit does: what that costs is the same however long
 * the unit, so it is told by itself, and the ratios are given for units of a second and of a tenth.
 */
import { spawn } from 'node:child_process';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { openIsolateSandbox, type Runner } from '@manyhands/sandbox';
import { packTask } from '@manyhands/task-sdk';
import type { Experiment } from './experiments.ts';
import loads from './loads.task.ts';
import type { Load } from './spin.ts';

/** To find out how fast this machine is. */
const TRIAL_ROUNDS = { sieve: 100, mandelbrot: 50, trees: 400 } as const;
type Computed = keyof typeof TRIAL_ROUNDS;
const COMPUTED = Object.keys(TRIAL_ROUNDS) as Computed[];

/** Takes milliseconds. */
type Run = (kind: Load, rounds: number) => Promise<number>;

function openPlainNode(): Disposable & { run: Run } {
  const child = spawn(process.execPath, [new URL('./plain-node.ts', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
  // A runner's priority, so that whatever else this machine does slows both down.
  setPriority(child.pid as number, 19);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(kind, rounds) {
      child.stdin.write(`${kind} ${rounds}\n`);
      return Number((await lines.next()).value);
    },
    [Symbol.dispose]: () => child.kill(),
  };
}

let units = 0;
async function runIsolate(runner: Runner, kind: Load, rounds: number): Promise<number> {
  const id = `unit-${++units}`;
  const startedAt = performance.now();
  const outcome = await runner.run({
    id,
    entry: { kind: 'run' },
    input: JSON.stringify({ kind, rounds }),
    blobs: new Map(),
    seed: id,
    frozenAt: 0,
    resume: null,
  });
  if (outcome.status !== 'ok') throw new Error(`the isolate answered ${JSON.stringify(outcome)}`);
  return performance.now() - startedAt;
}

const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] as number;

/** Rounds that take plain Node about `targetMs`. */
async function calibrate(plain: Run, kind: Computed, targetMs: number): Promise<number> {
  const trial = TRIAL_ROUNDS[kind];
  const times: number[] = [];
  for (let i = 0; i < 5; i++) times.push(await plain(kind, trial));
  return Math.max(1, Math.round((trial * targetMs) / median(times)));
}

/** Isolate over Node, the fastest run of each: whatever else a machine does can only slow a run down. The first pair warms both up. */
async function ratioOf(isolate: Run, plain: Run, kind: Computed, rounds: number, pairs: number): Promise<number> {
  const inIsolate: number[] = [];
  const inNode: number[] = [];
  for (let i = 0; i <= pairs; i++) {
    const [a, b] = [await isolate(kind, rounds), await plain(kind, rounds)];
    if (i === 0) continue;
    inIsolate.push(a);
    inNode.push(b);
  }
  return Math.min(...inIsolate) / Math.min(...inNode);
}

export const sandboxOverhead: Experiment = {
  summary: 'a CPU-bound function in the isolate against the same function in plain Node',
  async run(options, say) {
    const [pairs, unitMs] = [options.get('pairs') ?? 9, options.get('unit') ?? 1_000];
    await using sandbox = await openIsolateSandbox({ threads: 1 });
    await using runner = await sandbox.openRunner({
      id: 'loads',
      bundle: (await packTask(loads)).bundle,
      limits: { memoryMB: 512, timeoutMs: 60_000, outputBytes: 1000 },
      math: 'native',
    });
    using node = openPlainNode();
    const isolate: Run = (kind, rounds) => runIsolate(runner, kind, rounds);
    const long: Partial<Record<Computed, number>> = {};
    const short: Partial<Record<Computed, number>> = {};
    for (const kind of COMPUTED) {
      const rounds = await calibrate(node.run, kind, unitMs);
      long[kind] = await ratioOf(isolate, node.run, kind, rounds, pairs);
      short[kind] = await ratioOf(isolate, node.run, kind, Math.ceil(rounds / 10), 3 * pairs);
      say(`${kind}: isolate over plain Node ${long[kind].toFixed(3)}, units a tenth as long ${short[kind].toFixed(3)}`);
    }
    const empty: number[] = [];
    for (let i = 0; i < 50; i++) empty.push(await isolate('nothing', 1));
    return {
      isolateOverNode: long,
      worstRatio: Math.max(...Object.values(long)),
      isolateOverNodeShort: short,
      emptyUnitMs: median(empty),
      unitMs,
      pairs,
      sandboxLayers: sandbox.layers,
    };
  },
};
