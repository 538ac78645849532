/**
 * A process of its own that commits until it is killed or its disk gives out: `node … FOLDER JOB`.
 * One line per acknowledged commit: how many units of the job have ended so far. What it says last is what must be there afterwards.
 */
import { writeSync } from 'node:fs';
import { finalChange, host, job, leasedUnit, merge } from '../store-rows.contract.ts';
import { openSqliteStore } from './sqlite-store.ts';

const BATCH = 20;
const folder = process.argv[2] ?? '';
const n = Number(process.argv[3]);
const say = (line: string) => writeSync(1, `${line}\n`);

await using store = await openSqliteStore(folder);
await store.commit({ hosts: [host(1)], jobs: [job(n, { unitCount: 1_000_000 })] });
for (let from = 0; ; from += BATCH) {
  const indexes = Array.from({ length: BATCH }, (_, i) => from + i);
  const outcome = await attempt(async () => {
    await store.commit({ units: indexes.map((index) => leasedUnit(n, index)) });
    await store.commit(merge(...indexes.map((index) => finalChange(n, index))));
  });
  say(outcome ?? String(from + BATCH));
  if (outcome === null) continue;
  // The disk gave out: nothing may be tried again (ST13).
  say((await attempt(() => store.keepAlive(1))) ?? 'went on');
  break;
}

/** The code of the failure; null: none. */
async function attempt(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
}
