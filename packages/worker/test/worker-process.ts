/** A worker as the real process it is, to be talked to by signals only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { WorkerEvent } from '../src/app/events.ts';

const MAIN = new URL('../src/app/main.ts', import.meta.url).pathname;

export class WorkerProcess implements AsyncDisposable {
  readonly events: WorkerEvent[] = [];
  stderr = '';
  readonly #child: ChildProcess;
  readonly #exited: Promise<number | null>;

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, ['--conditions=source', MAIN, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'close').then(([code]) => code as number | null);
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    const lines = createInterface({ input: this.#child.stdout as NodeJS.ReadableStream });
    lines.on('line', (line) => this.events.push(JSON.parse(line) as WorkerEvent));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Exit code; null when a signal ended it. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal);
    return this.#exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) await this.kill('SIGKILL');
  }
}
