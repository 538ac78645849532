/** A coordinator as a process of its own, under the flags of `manyhands serve`, on a fresh data folder, and its author's connection. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, type Grid } from '@manyhands/task-sdk';
import { HEAP_FLAGS } from '../packages/cli/src/app/heap-flags.ts';

export interface BenchCoordinator extends AsyncDisposable {
  readonly url: string;
  readonly grid: Grid;
  readonly dataFolder: string;
  readonly pid: number;
  /** Resident memory of the process now, MB. */
  rssMB(): Promise<number>;
  /** The most it ever was. */
  peakRssMB(): Promise<number>;
}

const ENTRY = new URL('./coordinator-process.ts', import.meta.url).pathname;

export async function startBenchCoordinator(): Promise<BenchCoordinator> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'manyhands-bench-'));
  const child = spawn(process.execPath, [...HEAP_FLAGS, '--conditions=source', ENTRY, dataFolder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { url } = JSON.parse(line) as { url: string };
  return {
    url,
    dataFolder,
    pid: child.pid as number,
    grid: await connect({ url, authorFile: join(dataFolder, 'author.json') }),
    rssMB: () => memoryOf(child, 'VmRSS'),
    peakRssMB: () => memoryOf(child, 'VmHWM'),
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
      await rm(dataFolder, { recursive: true });
    },
  };
}

async function memoryOf(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
}
