/**
 * One runner child from its start to its death: frames in, reports out, signals to its whole process group (a signal to the child alone would only hit
 * a wrapper like bwrap). Whoever breaks the protocol is killed.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Command } from './confinement/layer.ts';
import { createFrameDecoder, encodeFrame } from './ipc/frame.ts';
import { parseReport, type Report } from './ipc/from-runner.ts';
import type { ToRunner } from './ipc/to-runner.ts';

const ENVIRONMENT = { TZ: 'UTC', LANG: 'C' };
const STDERR_CHARS = 4_000;

/** How a runner ended. */
export interface Death {
  /** For logs: the signal or exit code, and what was broken if we killed it for that. */
  readonly reason: string;
  /** The end of what it wrote to stderr. */
  readonly stderr: string;
}

/** What the supervisor needs of a child; tests bring their own. */
export interface RunnerChild {
  send(message: ToRunner, parts?: readonly Uint8Array[]): void;
  /** Stops and continues all computing. Without SIGSTOP (Windows) these do nothing. */
  freeze(): void;
  thaw(): void;
  kill(): void;
  readonly death: Promise<Death>;
}

export interface RunnerChildOptions {
  /** The largest frame the child may send, bytes. */
  readonly frameLimitBytes: number;
  readonly onReport: (report: Report) => void;
}

export function startRunnerProcess(command: Command, { frameLimitBytes, onReport }: RunnerChildOptions): RunnerChild {
  const child = spawn(command.file, command.args, {
    cwd: '/',
    env: ENVIRONMENT,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let broken: string | null = null;
  const kill = (): void => signalGroup(child, 'SIGKILL');
  readReports(child.stdout, frameLimitBytes, onReport, (problem) => {
    broken ??= problem;
    kill();
  });
  const stderr = collectTail(child.stderr);
  // The child may be gone before it has read everything; its death says so.
  child.stdin.on('error', () => {});
  const death = new Promise<Death>((resolve) => {
    child.once('error', (error) => resolve({ reason: `could not be started: ${error.message}`, stderr: '' }));
    child.once('close', (code, signal) =>
      resolve({ reason: broken ?? (signal === null ? `exit code ${code}` : signal), stderr: stderr() }),
    );
    // A wrapper may die alone and leave the rest of its group behind.
    child.once('exit', kill);
  });
  return {
    send: (message, parts) => void (child.stdin as Writable).write(encodeFrame(message, parts)),
    freeze: () => signalGroup(child, 'SIGSTOP'),
    thaw: () => signalGroup(child, 'SIGCONT'),
    kill,
    death,
  };
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function signalGroup(child: Child, signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (process.platform !== 'win32') process.kill(-pid, signal);
    else if (signal === 'SIGKILL') child.kill(signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // already gone
  }
}

function readReports(stdout: Readable, limitBytes: number, onReport: (report: Report) => void, onBroken: (problem: string) => void): void {
  const decoder = createFrameDecoder(limitBytes);
  const read = (chunk: Buffer): void => {
    let reports: Report[];
    try {
      reports = decoder.push(chunk).map(parseReport);
    } catch (error) {
      stdout.off('data', read);
      stdout.resume();
      onBroken(`it broke the protocol: ${(error as Error).message}`);
      return;
    }
    reports.forEach(onReport);
  };
  stdout.on('data', read);
}

function collectTail(stream: Readable): () => string {
  let tail = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    tail = (tail + text).slice(-STDERR_CHARS);
  });
  return () => tail.trim();
}
