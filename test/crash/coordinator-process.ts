/** `manyhands serve` as a process of its own, to be killed, traced, or started on a disk that fails. Linux. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { HEAP_FLAGS } from '../../packages/cli/src/app/heap-flags.ts';

const MANYHANDS = fileURLToPath(new URL('../../packages/cli/src/app/main.ts', import.meta.url));

export interface Launch {
  readonly data: string;
  /** 0: any free one. */
  readonly port?: number;
  /** The program that starts it, with its arguments: strace, prlimit, nsenter. */
  readonly under?: readonly string[];
  /** A module that is loaded before anything else. */
  readonly preload?: string;
}

export interface Ending {
  /** null: killed. */
  readonly code: number | null;
  /** What it said for people. */
  readonly said: string;
}

/** The arguments of node for a command of `manyhands`. */
export const manyhands = (args: readonly string[], preload?: string): string[] => [
  ...(preload === undefined ? [] : ['--import', preload]),
  '--conditions=source',
  ...HEAP_FLAGS,
  MANYHANDS,
  ...args,
];

export class CoordinatorProcess implements AsyncDisposable {
  /** Where it listens; null: it ended before it did. */
  readonly url: Promise<string | null>;
  readonly ended: Promise<Ending>;
  readonly #child: ChildProcess;

  constructor({ data, port = 0, under = [], preload }: Launch) {
    const serve = ['serve', '--data', data, '--port', String(port), '--log-level', 'silent', '--json'];
    const [program, ...args] = [...under, process.execPath, ...manyhands(serve, preload)] as [string, ...string[]];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
    child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text));
    this.ended = once(child, 'close').then(() => ({ code: child.exitCode, said: lines.join('\n') }));
    const line = once(reader, 'line').then(([text]) => (JSON.parse(text as string) as { url?: string }).url ?? null);
    this.url = Promise.race([line, this.ended.then(() => null)]);
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** kill −9 of the coordinator itself, not of what started it. Resolves when all has ended. */
  async kill(): Promise<Ending> {
    await this.signal('SIGKILL');
    return this.ended;
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    const { pid } = this.#child;
    if (pid === undefined || !this.isRunning) return;
    const [own = pid] = await childrenOf(pid);
    try {
      process.kill(own, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // It has ended meanwhile.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.isRunning) await this.kill();
  }
}

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}
