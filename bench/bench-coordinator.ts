/** A coordinator as a process of its own, under the flags of `manyhands serve`, and its author's connection. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect, type Grid } from '@manyhands/task-sdk';
import { HEAP_FLAGS } from '../packages/cli/src/app/heap-flags.ts';
import type { StagesUs } from './unit-profile/stages.ts';

/** Microseconds of CPU time since measuring began. */
export interface CpuUse {
  /** With V8's own threads: garbage and compiling. */
  readonly allUs: number;
  /** Of the one thread that does everything else, and bounds the throughput. */
  readonly mainUs: number;
  /** Where the main thread was; null: it was not profiled. */
  readonly stagesUs: StagesUs | null;
}

export interface BenchCoordinator extends AsyncDisposable {
  readonly url: string;
  readonly grid: Grid;
  readonly dataFolder: string;
  readonly pid: number;
  /** Resident memory of the process now, MB. */
  rssMB(): Promise<number>;
  /** The most it ever was. */
  peakRssMB(): Promise<number>;
  /** What `work` took of it. A profile costs some per cent itself. */
  measure<T>(work: () => Promise<T>, options?: { readonly profile: boolean }): Promise<{ readonly value: T; readonly cpu: CpuUse }>;
}

const ENTRY = new URL('./coordinator-process.ts', import.meta.url).pathname;

export const createDataFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'manyhands-bench-'));

/** `folder` absent: a fresh one. Whichever it is, it is gone with the coordinator, unless `keep`. */
export async function startBenchCoordinator({ folder, keep = false }: { folder?: string; keep?: boolean } = {}): Promise<BenchCoordinator> {
  const dataFolder = folder ?? (await createDataFolder());
  const child = spawn(process.execPath, [...HEAP_FLAGS, '--conditions=source', ENTRY, dataFolder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string);
  const ask = (line: string): Promise<unknown> => {
    child.stdin.write(`${line}\n`);
    return answer();
  };
  const { url } = (await answer()) as { url: string };
  return {
    url,
    dataFolder,
    pid: child.pid as number,
    grid: await connect({ url, authorFile: join(dataFolder, 'author.json') }),
    rssMB: () => memoryOf(child, 'VmRSS'),
    peakRssMB: () => memoryOf(child, 'VmHWM'),
    async measure(work, { profile } = { profile: false }) {
      await ask(profile ? 'begin-profile' : 'begin');
      const value = await work();
      return { value, cpu: (await ask('end')) as CpuUse };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
      if (!keep) await rm(dataFolder, { recursive: true });
    },
  };
}

async function memoryOf(child: ChildProcess, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024);
}
