/** Thousands of workers in processes of their own, and the coordinator they connect to. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface, type Interface } from 'node:readline';
import { HEAP_FLAGS } from '../../packages/cli/src/app/heap-flags.ts';
import type { Absence } from './crowd-worker.ts';

/** A program of this folder that says one JSON object a line, and ends when its stdin does. */
class Program implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reading: Interface;

  constructor(script: URL, args: readonly (string | number)[], flags: readonly string[] = []) {
    this.#child = spawn(process.execPath, [...flags, '--conditions=source', script.pathname, ...args.map(String)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#reading = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    this.#lines = this.#reading[Symbol.asyncIterator]();
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  async next<T>(): Promise<T> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('a process of the bench ended before its time');
    return JSON.parse(value) as T;
  }

  async rssKB(): Promise<number> {
    return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${this.pid}/status`, 'utf8'))?.[1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.stdin?.end();
    await exited;
    this.#reading.close();
  }
}

export interface CrowdServer extends Program {
  readonly url: string;
}

async function serve(script: URL, args: readonly (string | number)[]): Promise<CrowdServer> {
  const program = new Program(script, args, HEAP_FLAGS);
  return Object.assign(program, await program.next<{ url: string }>());
}

/** `port` 0: any free one. */
export const startCrowdCoordinator = (folder: string, port: number | string): Promise<CrowdServer> =>
  serve(new URL('./crowd-coordinator-process.ts', import.meta.url), [folder, port]);

/** The same sockets and nothing behind them: what a connection costs at least. */
export const startBareServer = (): Promise<CrowdServer> => serve(new URL('./bare-server-process.ts', import.meta.url), []);

export interface Crowd extends AsyncDisposable {
  /** Resolves when all are connected, for the first time or again: how long each was away. */
  gathered(): Promise<Absence[]>;
}

/** `perProcess`: what the limit on open files allows one. */
export function startCrowd(url: string, count: number, perProcess: number): Crowd {
  const programs: Program[] = [];
  for (let rest = count, network = 1; rest > 0; rest -= perProcess, network++)
    programs.push(new Program(new URL('./crowd-process.ts', import.meta.url), [url, Math.min(rest, perProcess), network]));
  return {
    async gathered() {
      const news = await Promise.all(programs.map((program) => program.next<{ absences: Absence[] }>()));
      return news.flatMap(({ absences }) => absences);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(programs.map((program) => program[Symbol.asyncDispose]()));
    },
  };
}
