/** A coordinator and volunteers as real processes on a folder of their own, to be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MANYHANDS = fileURLToPath(new URL('../packages/cli/src/app/main.ts', import.meta.url));
const LYING_VOLUNTEER = fileURLToPath(new URL('./e2e/fixtures/lying-volunteer.ts', import.meta.url));

/** How a volunteer lies, and how many valid results its public record shows when it begins. */
export interface Lie {
  readonly kind: 'constant' | 'off-by-one';
  readonly wakesAt: number;
}

interface Started {
  readonly child: ChildProcess;
  readonly stderr: () => string;
}

const manyhands = (...args: readonly string[]): Started => start(MANYHANDS, ...args, '--json');

function start(...args: readonly string[]): Started {
  const child = spawn(process.execPath, ['--conditions=source', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-8_000);
  });
  return { child, stderr: () => stderr };
}

async function firstLine({ child, stderr }: Started): Promise<Record<string, unknown>> {
  const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
  const line = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => null)])) as [string] | null;
  if (line === null) throw new Error(`a process ended before it was ready:\n${stderr()}`);
  return JSON.parse(line[0]) as Record<string, unknown>;
}

export class GridProcesses implements AsyncDisposable {
  readonly folder: string;
  #port = 0;
  #coordinator: Started | null = null;
  readonly #volunteers = new Map<string, Started>();

  static async open(): Promise<GridProcesses> {
    const grid = new GridProcesses(await mkdtemp(join(tmpdir(), 'manyhands-crash-')));
    await grid.startCoordinator();
    return grid;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get coordinatorFolder(): string {
    return join(this.folder, 'coordinator');
  }

  get authorFile(): string {
    return join(this.coordinatorFolder, 'author.json');
  }

  /** On the same folder and, after the first time, on the same port. */
  async startCoordinator(): Promise<void> {
    const data = this.coordinatorFolder;
    this.#coordinator = manyhands('serve', '--data', data, '--port', String(this.#port), '--log-level', 'warn');
    const { url } = (await firstLine(this.#coordinator)) as { url: string };
    this.#port = Number(new URL(url).port);
  }

  /** On the same folder each time, so that it keeps its key, its account and its journal. */
  async startVolunteer(name: string): Promise<void> {
    await this.#begin(name, manyhands('join', this.url, '--yes', '--data', join(this.folder, name), '--name', name, '--threads', '1'));
  }

  async startLiar(name: string, { kind, wakesAt }: Lie): Promise<void> {
    await this.#begin(name, start(LYING_VOLUNTEER, this.url, join(this.folder, name), name, kind, String(wakesAt)));
  }

  async #begin(name: string, volunteer: Started): Promise<void> {
    this.#volunteers.set(name, volunteer);
    await firstLine(volunteer);
  }

  /** In order, so that its folder can be read. */
  async stopCoordinator(): Promise<void> {
    if (this.#coordinator !== null) await end(this.#coordinator);
  }

  /** Runs a command to its end, as the author. Resolves to what it said. */
  async command(...args: readonly string[]): Promise<Record<string, unknown>> {
    const said = await firstLine(manyhands(...args, '--author', this.authorFile));
    if ('error' in said) throw new Error(`manyhands ${args.join(' ')}: ${JSON.stringify(said)}`);
    return said;
  }

  async killCoordinator(): Promise<void> {
    await kill(this.#coordinator);
  }

  async killVolunteer(name: string): Promise<void> {
    await kill(this.#volunteers.get(name) ?? null);
  }

  /** Kills one runner of a volunteer, the process in which task code runs. */
  async killRunner(name: string): Promise<void> {
    const runner = await youngestDescendant(this.#volunteers.get(name)?.child.pid as number);
    if (runner === null) throw new Error(`${name} has no runner to kill`);
    process.kill(runner, 'SIGKILL');
  }

  /** What the processes said on stderr, for a failing test. */
  said(): string {
    return (
      [...this.#volunteers].map(([name, { stderr }]) => `--- ${name}\n${stderr()}`).join('\n') +
      `\n--- coordinator\n${this.#coordinator?.stderr()}`
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const volunteer of this.#volunteers.values()) await end(volunteer);
    if (this.#coordinator !== null) await end(this.#coordinator);
    await rm(this.folder, { recursive: true });
  }
}

const isRunning = (child: ChildProcess): boolean => child.exitCode === null && child.signalCode === null;

async function kill(started: Started | null): Promise<void> {
  if (started === null || !isRunning(started.child)) throw new Error('nothing to kill: the process is not running');
  const exited = once(started.child, 'exit');
  started.child.kill('SIGKILL');
  await exited;
}

async function end({ child }: Started): Promise<void> {
  if (!isRunning(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

/** The deepest process below `pid`, the youngest where there are several; null: it has none. Linux. */
async function youngestDescendant(pid: number): Promise<number | null> {
  const parents = new Map<number, number[]>();
  for (const entry of await readdir('/proc')) {
    const stat = /^\d+$/.test(entry) ? await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '') : '';
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    if (stat !== '') parents.set(parent, [...(parents.get(parent) ?? []), Number(entry)]);
  }
  let deepest: number | null = null;
  for (let children = parents.get(pid); children !== undefined; children = parents.get(deepest as number)) deepest = Math.max(...children);
  return deepest;
}
