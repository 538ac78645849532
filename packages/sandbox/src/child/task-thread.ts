/**
 * A Piscina thread of a runner: computes batches of executions one after the other. Task code runs on isolated-vm's own thread,
 * so this one is always free to answer it, to watch it and to stop it.
 */
import { performance } from 'node:perf_hooks';
import { workerData } from 'node:worker_threads';
import type { PackedExecution } from '../ipc/to-runner.ts';
import { loadEngine } from './engine.ts';
import { footprintOf } from './footprint.ts';
import { IsolateKeeper } from './isolate-keeper.ts';
import { createMouthpiece } from './mouthpiece.ts';
import { type Ending, endingOfFailure, endingOfReply } from './outcome.ts';
import type { ThreadSetup } from './program.ts';
import { TaskIsolate } from './task-isolate.ts';
import type { Batch, ThreadOrder, ThreadReport } from './thread-messages.ts';
import { Watch } from './watch.ts';

const { program, enginePath, threads } = workerData as ThreadSetup;
const { limits } = program;
/** Every execution loads the bundle anew, in its own time; the first time takes longer, as nothing is compiled yet. */
const loadingLimitMs = Math.min(Math.max(limits.timeoutMs, 1_000), 10_000);
const engine = loadEngine(enginePath);
const now = (): number => performance.now();

let report: (message: ThreadReport) => void = () => {};
/** What is under way; null between executions. */
let current: { readonly key: number; readonly watch: Watch } | null = null;

const openIsolate = (): Promise<TaskIsolate> => TaskIsolate.open(engine, program, () => stuck('memory'));
const { restBytes } = footprintOf(program, threads, process.memoryUsage.rss());
const keeper = new IsolateKeeper(openIsolate, () => process.memoryUsage.rss() > restBytes);
keeper.ready().catch(() => {}); // `inspect` tells why

/** What is wrong with the bundle, or null. */
export async function inspect(): Promise<string | null> {
  let isolate: TaskIsolate | null = null;
  const watch = new Watch({ limitMs: loadingLimitMs, now, onStop: () => isolate?.dispose(), onStuck: endProcess });
  try {
    isolate = await keeper.ready();
    const reply = await isolate.inspect();
    keeper.renew(isolate);
    return reply === 'ok\n' ? null : reply.slice(reply.indexOf('\n') + 1);
  } catch (error) {
    const { outcome } = endingOfFailure(error, watch.cause, isolate?.disposed ?? false, limits, 0);
    if (watch.cause === 'timeout') return `the bundle did not finish loading within ${loadingLimitMs} ms`;
    return `the bundle does not load: ${outcome.status === 'error' ? outcome.message : outcome.status}`;
  } finally {
    watch.close();
  }
}

export async function compute({ executions, port }: Batch): Promise<void> {
  const aborted = new Set<number>();
  const obey = ({ key }: ThreadOrder): void => {
    if (current?.key === key) current.watch.stop('aborted');
    else aborted.add(key);
  };
  report = (message) => port.postMessage(message);
  port.on('message', obey);
  for (const execution of executions) {
    const isolate = await keeper.ready();
    const { outcome, output }: Ending = aborted.has(execution.key)
      ? { outcome: { status: 'aborted' }, output: '' }
      : await computeOne(isolate, execution);
    report({ type: 'done', key: execution.key, outcome, output });
  }
  port.close();
}

async function computeOne(isolate: TaskIsolate, execution: PackedExecution): Promise<Ending> {
  const mouthpiece = createMouthpiece(execution.key, report);
  const watch = new Watch({ limitMs: limits.timeoutMs, now, onStop: () => isolate.dispose(), onStuck: () => stuck('timeout') });
  current = { key: execution.key, watch };
  try {
    const reply = await isolate.compute(execution, mouthpiece.post);
    return endingOfReply(reply, limits, watch.close());
  } catch (error) {
    return endingOfFailure(error, watch.cause, isolate.disposed, limits, watch.close());
  } finally {
    current = null;
    mouthpiece.close();
    keeper.renew(isolate);
  }
}

/** The main thread ends the process, after it has told the daemon; should even that fail, we do. */
function stuck(cause: 'timeout' | 'memory'): void {
  if (current !== null) report({ type: 'stuck', key: current.key, cause });
  setTimeout(endProcess, current === null ? 0 : 1_000);
}

const endProcess = (): void => void process.kill(process.pid, 'SIGKILL');
