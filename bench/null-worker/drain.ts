/** Jobs for null workers, and null workers for jobs. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { BenchCoordinator, CpuUse } from '../bench-coordinator.ts';
import echo from '../echo.task.ts';
import echoTwice from '../echo-twice.task.ts';
import echoWeighed from '../echo-weighed.task.ts';

/** So many units later V8 has compiled what there is to compile. */
export const WARM_UP_UNITS = 60_000;

export const POLICIES = { 'quorum 1': echo, 'quorum 2': echoTwice, confidence: echoWeighed } as const;
export type Policy = keyof typeof POLICIES;

const INPUT = 'x'.repeat(98);

function* inputs(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield INPUT;
}

export interface QueuedJob {
  readonly id: string;
  readonly count: number;
}

export async function queue({ grid }: BenchCoordinator, count: number, policy: Policy = 'quorum 1'): Promise<QueuedJob> {
  const job = grid.map(POLICIES[policy], inputs(count), { title: `${count} units, ${policy}` });
  await job.sent;
  return { id: await job.id, count };
}

export interface Load {
  readonly connections: number;
  /** Results a worker puts in one frame. Default: 500, well below the limit of a frame. */
  readonly perFrame?: number;
  readonly profile?: boolean;
}

export interface Drained {
  /** From the first lease to the last acknowledgement. */
  readonly ms: number;
  /** Of the coordinator, from when all workers were connected. */
  readonly cpu: CpuUse;
}

/** Lets null workers compute a job of `count` units that is already queued, as fast as they are served. */
export async function drain(
  coordinator: BenchCoordinator,
  job: QueuedJob,
  { connections, perFrame = 500, profile = false }: Load,
): Promise<Drained> {
  const generator = startGenerator(new URL('./load-generator.ts', import.meta.url), coordinator.url, connections, perFrame);
  await generator.line();
  const work = async (): Promise<unknown> => {
    generator.say('go');
    for await (const { state } of coordinator.grid.job(job.id).watch({ everyMs: 100 })) if (state === 'done') break;
    generator.say('stop');
    return generator.line();
  };
  const { value, cpu } = await coordinator.measure(work, { profile });
  const { firstLeaseAt, lastAckAt, acked } = value as { firstLeaseAt: number; lastAckAt: number; acked: number };
  if (acked < job.count) throw new Error(`${acked} acknowledgements for ${job.count} units`);
  return { ms: lastAckAt - firstLeaseAt, cpu };
}

export interface LoadGenerator {
  say(line: string): void;
  /** The next one it prints, as JSON. Rejects when it ends without one. */
  line(): Promise<unknown>;
}

/** A process full of workers. */
export function startGenerator(script: URL, ...args: readonly (string | number)[]): LoadGenerator {
  const child = spawn(process.execPath, ['--conditions=source', script.pathname, ...args.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    say: (line) => child.stdin.write(`${line}\n`),
    async line() {
      const { value, done } = await lines.next();
      if (done === true) throw new Error('the workers ended before they had anything to say; see above');
      return JSON.parse(value);
    },
  };
}
