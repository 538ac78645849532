/**
 * A runner's main thread: reads the daemon's frames, hands executions to the pool, writes reports. It never runs task code and never blocks,
 * because it is what watches the memory and what ends the process. It ends only by SIGKILL: `process.exit` can hang while isolates are busy (SANDBOX §3).
 *
 * Arguments: path of Piscina's main file, path of isolated-vm's binary.
 */
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFrameDecoder, encodeFrame } from '../ipc/frame.ts';
import type { FromRunner } from '../ipc/from-runner.ts';
import { type ToRunner, unpackExecutions } from '../ipc/to-runner.ts';
import { takeLowestPriority } from './lowest-priority.ts';
import { type MemoryWatch, startMemoryWatch } from './memory-watch.ts';
import { Pool } from './pool.ts';
import type { ThreadReport } from './thread-messages.ts';

const FAREWELL_MS = 100;

const [piscinaPath, enginePath] = process.argv.slice(2) as [string, string];
const threadFile = fileURLToPath(new URL(`./task-thread${extname(import.meta.url)}`, import.meta.url));
let pool: Pool | null = null;
let memory: MemoryWatch | null = null;
let ready = false;
let dying = false;

const endProcess = (): void => void process.kill(process.pid, 'SIGKILL');
const say = (message: FromRunner, text?: string, written?: () => void): void => {
  process.stdout.write(encodeFrame(message, text === undefined ? [] : [Buffer.from(text)]), written);
};

/** Tells the daemon whose fault it is, and goes. */
function die(cause: 'memory' | 'timeout', key: number | null): void {
  if (dying) return;
  dying = true;
  say({ type: 'dying', cause, key }, undefined, endProcess);
  setTimeout(endProcess, FAREWELL_MS);
}

function breakDown(error: unknown): void {
  process.stderr.write(`runner: ${error instanceof Error ? error.stack : String(error)}\n`, endProcess);
  setTimeout(endProcess, FAREWELL_MS);
}

async function open({ limits, math, threads }: Extract<ToRunner, { type: 'open' }>, guest: string, bundle: string): Promise<void> {
  // Piscina is CommonJS; its ES wrapper would be one more file to let in.
  const { Piscina } = createRequire(import.meta.url)(piscinaPath) as typeof import('piscina');
  const program = { guest, bundle, limits, math };
  const opened = new Pool(Piscina, threadFile, { setup: { program, enginePath, threads }, onReport: relay, onBroken: breakDown });
  pool = opened;
  memory = startMemoryWatch({
    program,
    threads,
    underWay: () => opened.underWay.length,
    onExceeded: () =>
      ready ? die('memory', onlyOne(opened.underWay)) : refuse(`the bundle takes more than ${limits.memoryMB} MB while it loads`),
  });
  const problem = await opened.inspect();
  if (problem !== null) {
    refuse(problem);
    return;
  }
  memory.settle();
  ready = true;
  say({ type: 'ready' });
}

/** There is nothing to compute with this bundle. */
const refuse = (message: string): void => say({ type: 'refused', message }, undefined, endProcess);

/** With several under way nobody can tell who took the memory; the daemon runs each again, alone. */
const onlyOne = (keys: readonly number[]): number | null => (keys.length === 1 ? (keys[0] as number) : null);

function relay(report: ThreadReport): void {
  if (dying) return;
  if (report.type === 'done') {
    const { key, outcome, output } = report;
    say({ type: 'done', key, outcome, worn: memory?.worn ?? false }, outcome.status === 'ok' ? output : undefined);
  } else if (report.type === 'checkpoint') say({ type: 'checkpoint', key: report.key }, report.text);
  else if (report.type === 'stuck') die(report.cause, report.key);
  else say(report);
}

function obey(message: ToRunner, parts: readonly Uint8Array[]): void {
  if (message.type === 'open') {
    const [guest, bundle] = parts.map((part) => Buffer.from(part).toString('utf8')) as [string, string];
    open(message, guest, bundle).catch(breakDown);
  } else if (message.type === 'compute') pool?.compute(unpackExecutions(message.executions, parts));
  else pool?.abort(message.key);
}

process.on('uncaughtException', breakDown);
process.on('unhandledRejection', breakDown);
takeLowestPriority();
const decoder = createFrameDecoder(Number.POSITIVE_INFINITY);
process.stdin.on('data', (chunk: Buffer) => {
  for (const { message, parts } of decoder.push(chunk)) obey(message as ToRunner, parts);
});
// The daemon is gone.
process.stdin.on('end', endProcess);
process.stdin.on('close', endProcess);
process.stdin.on('error', endProcess);
process.stdout.on('error', endProcess);
