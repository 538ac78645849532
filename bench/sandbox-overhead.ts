/** The same CPU-bound source in an isolate of a real runner and in plain Node, turn by turn; the ratio of medians of paired runs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { openIsolateSandbox, type Runner } from '@manyhands/sandbox';
import { packTask } from '@manyhands/task-sdk';
import type { Experiment } from './experiments.ts';
import loads from './loads.task.ts';
import type { Load } from './spin.ts';

const ROUNDS: Readonly<Record<Load, number>> = { sieve: 400, mandelbrot: 160, trees: 800 };

function openPlainNode() {
  const child = spawn(process.execPath, [new URL('./plain-node.ts', import.meta.url).pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(kind: Load, rounds: number): Promise<number> {
      child.stdin.write(`${kind} ${rounds}\n`);
      return Number((await lines.next()).value);
    },
    [Symbol.dispose]: () => child.kill(),
  };
}

async function runIsolate(runner: Runner, kind: Load, rounds: number, id: string): Promise<number> {
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

export const sandboxOverhead: Experiment = {
  summary: 'a CPU-bound function in the isolate against the same function in plain Node',
  async run(options, say) {
    const pairs = options.get('pairs') ?? 7;
    await using sandbox = await openIsolateSandbox({ threads: 1 });
    await using runner = await sandbox.openRunner({
      id: 'loads',
      bundle: (await packTask(loads)).bundle,
      limits: { memoryMB: 512, timeoutMs: 60_000, outputBytes: 1000 },
      math: 'native',
    });
    using plain = openPlainNode();
    const ratios: Partial<Record<Load, number>> = {};
    for (const kind of Object.keys(ROUNDS) as Load[]) {
      const inIsolate: number[] = [];
      const inNode: number[] = [];
      // The first pair warms both up and is not counted.
      for (let i = 0; i <= pairs; i++) {
        const [a, b] = [await runIsolate(runner, kind, ROUNDS[kind], `${kind}-${i}`), await plain.run(kind, ROUNDS[kind])];
        if (i > 0) {
          inIsolate.push(a);
          inNode.push(b);
        }
      }
      ratios[kind] = median(inIsolate) / median(inNode);
      say(
        `${kind}: isolate ${median(inIsolate).toFixed(0)} ms, plain Node ${median(inNode).toFixed(0)} ms, ratio ${ratios[kind]?.toFixed(3)}`,
      );
    }
    const all = Object.values(ratios);
    return {
      isolateOverNode: ratios,
      worstRatio: Math.max(...all),
      meanRatio: all.reduce((a, b) => a + b, 0) / all.length,
      pairs,
      sandboxLayers: sandbox.layers,
    };
  },
};
