/** Calls to the disk that fail, of a coordinator under load: how it ends, whether it tries again, and whether it goes on when the disk does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { auditCopy } from './audit.ts';
import { CoordinatorProcess, type Ending, type Launch } from './coordinator-process.ts';
import { Load } from './load/load.ts';
import { type FailingCall, failingAt } from './strace.ts';
import { openWorkshop } from './workshop.ts';

export interface FaultOutcome {
  readonly fault: FailingCall;
  /** null: it went on, and was killed. */
  readonly ending: Ending | null;
  /** What failed, as strace tells it. */
  readonly failed: readonly string[];
  /** Calls on the database or its log after one on them had failed. */
  readonly triedAgain: readonly string[];
  readonly results: number;
  readonly violations: readonly string[];
}

/**
 * One after the other in one folder, so that each start also shows that the fault before it was survived; the last one has no fault.
 * `patienceMs`: what has not ended it by then hit nothing that its promises rest on.
 */
export async function* runIntoFaults(faults: readonly FailingCall[], patienceMs: number): AsyncGenerator<FaultOutcome, void, void> {
  await using workshop = await openWorkshop();
  const [data, log] = [join(workshop.path, 'coordinator'), join(workshop.path, 'strace.log')];
  // Blobs and keys are synced on the same thread, and refused rather than fatal (CR12).
  const database = ['', '-wal', '-shm'].map((end) => join(data, `manyhands.db${end}`));
  const load = new Load();
  for (const fault of faults) {
    const ending = await live({ data, under: failingAt(fault, log, database) }, load, patienceMs);
    const calls = (await readFile(log, 'utf8')).split('\n');
    const failed = calls.filter((line) => line.endsWith('(INJECTED)'));
    yield { fault, ending, failed, triedAgain: triesAfterFailure(calls), ...(await auditCopy(data, load.witness)) };
  }
  await using coordinator = new CoordinatorProcess({ data });
  if ((await coordinator.url) === null) throw new Error(`it does not start any more:\n${(await coordinator.ended).said}`);
}

/** null: it did not end by itself, and was killed. */
async function live(launch: Launch, load: Load, patienceMs: number): Promise<Ending | null> {
  await using coordinator = new CoordinatorProcess(launch);
  const url = await coordinator.url;
  if (url === null) return await coordinator.ended;
  await load.begin(url, launch.data);
  const patience = new AbortController();
  const ending = await Promise.race([coordinator.ended, after(patienceMs, null, patience).catch(() => null)]);
  patience.abort();
  await coordinator.kill();
  await load.end();
  return ending;
}

const ON_DATABASE = /(?:pwrite64|fsync|fdatasync|ftruncate)\(\d+<[^>]*manyhands\.db(?:-wal)?>/;

function triesAfterFailure(calls: readonly string[]): string[] {
  const failed = calls.findIndex((line) => line.endsWith('(INJECTED)') && ON_DATABASE.test(line));
  return failed === -1 ? [] : calls.slice(failed + 1).filter((line) => ON_DATABASE.test(line));
}
