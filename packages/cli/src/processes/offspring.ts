/**
 * Another `manyhands` process of which this one is the parent: it says JSON lines on its standard output, the first when it
 * is ready. It ends when asked (SIGTERM), and also when this process is gone, because its standard input ends then.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CliError } from '../failure.ts';

export interface Offspring extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** The first line it said. Rejects when it ended before; the message is its own. */
  readonly ready: Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

export interface OffspringOptions {
  /** For people, in errors. */
  readonly name: string;
  /** The `manyhands` command itself, e.g. `[node, main.js]`. */
  readonly self: readonly [string, ...string[]];
  /** `--json` is added. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly onLine?: (line: Readonly<Record<string, unknown>>) => void;
}

/** Time to end in order, before it is killed. */
const GRACE_MS = 15_000;
const KEPT_STDERR = 4_000;

export function startOffspring({ name, self, args, env, onLine }: OffspringOptions): Offspring {
  const [file, ...own] = self;
  const child = spawn(file, [...own, ...args, '--json'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...env, MANYHANDS_STOP_WITH_STDIN: '1' },
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  // The pipe breaks when the child ends first; `ended` says so.
  child.stdin.on('error', () => {});
  const stderr = lastOf(child);
  const ready = firstLine(child, onLine).then(async (line) => {
    if (line !== null) return refuseError(name, line);
    await ended;
    throw endedEarly(name, child, stderr());
  });
  // Whoever waits for it meets the error; who does not, waits for something else of this child.
  ready.catch(() => {});
  return { name, pid: child.pid ?? 0, ready, ended, [Symbol.asyncDispose]: () => stop(child, ended) };
}

/** null: it ended without saying anything. */
function firstLine(child: ChildProcess, onLine: OffspringOptions['onLine']): Promise<Record<string, unknown> | null> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess['stdout']> });
    lines.on('line', (text) => {
      const line = JSON.parse(text) as Record<string, unknown>;
      resolve(line);
      onLine?.(line);
    });
    lines.once('close', () => resolve(null));
    child.once('error', () => resolve(null));
  });
}

function refuseError(name: string, line: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { error } = line as { error?: { message?: string } };
  if (error === undefined) return line;
  throw new CliError('unavailable', `The ${name} did not start: ${error.message}`);
}

function endedEarly(name: string, { exitCode, signalCode }: ChildProcess, stderr: string): CliError {
  return new CliError('unavailable', `The ${name} ended before it was ready (${signalCode ?? `exit ${exitCode}`}). ${stderr.trim()}`);
}

function lastOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    text = (text + part).slice(-KEPT_STDERR);
  });
  return () => text;
}

async function stop(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await ended;
  clearTimeout(tooLong);
}
