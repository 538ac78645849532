/**
 * The store alone: whole lives of units at quorum 1 (lease committed, then result, ending and posting committed), as the coordinator commits them.
 * Only the time inside `commit` counts, so what is left is what SQLite and the disk allow.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangeSet } from '../packages/coordinator/src/domain/change-set.ts';
import type { Store } from '../packages/coordinator/src/ports/store.ts';
import { openSqliteStore } from '../packages/coordinator/src/store/sqlite/sqlite-store.ts';
import { advance, type BenchHost, createBenchHosts, createBenchJob, endUnits, leaseUnits, toHost } from './bare-store-rows.ts';

export interface BareStoreFigures {
  /** Units that went from lease to durable end, per second. */
  readonly unitsPerSecond: number;
  /** SQLite's setting, as the open connection reports it. */
  readonly synchronous: string;
  readonly durability: string;
  /** Of the thread that commits, inside `commit`. */
  readonly cpuUsPerUnit: number;
  readonly batch: number;
  /** Units that were stored when the measurement began. */
  readonly storedUnits: number;
  readonly commitMs: { readonly median: number; readonly p99: number; readonly max: number };
  readonly bytesPerUnit: number;
  readonly walMB: number;
}

interface Options {
  readonly units: number;
  /** Units per commit. */
  readonly batch: number;
  readonly storedUnits: number;
  /** Each has an account of its own. */
  readonly hosts?: number;
  /** A folder on the disk to be measured; a new one inside it is used and removed. */
  readonly parent?: string;
}

export async function measureBareStore({
  units,
  batch,
  storedUnits,
  hosts: hostCount = 50,
  parent = tmpdir(),
}: Options): Promise<BareStoreFigures> {
  const folder = await mkdtemp(join(parent, 'manyhands-bare-store-'));
  try {
    await using store = await openSqliteStore(folder);
    const hosts = createBenchHosts(hostCount);
    await store.commit({ hosts: hosts.map(toHost) });
    await live(store, hosts, storedUnits, Math.min(storedUnits, 1_000));
    const { times, cpuUs } = await live(store, hosts, units, batch);
    const bytes = await stat(join(folder, 'manyhands.db'));
    const wal = await stat(join(folder, 'manyhands.db-wal'));
    return {
      unitsPerSecond: (units * 1_000) / times.reduce((sum, ms) => sum + ms, 0),
      synchronous: /synchronous=(\w+)/.exec(store.durability)?.[1] ?? 'unknown',
      durability: store.durability,
      cpuUsPerUnit: cpuUs / units,
      batch,
      storedUnits,
      commitMs: percentiles(times),
      bytesPerUnit: Math.round(bytes.size / (units + storedUnits)),
      walMB: wal.size / 1e6,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One job of `count` units from first lease to last end; answers how long each commit took, milliseconds, and what CPU time all did. */
async function live(store: Store, hosts: readonly BenchHost[], count: number, batch: number) {
  const times: number[] = [];
  let cpuUs = 0;
  const commit = async (changes: ChangeSet) => {
    const cpu = process.threadCpuUsage();
    const startedAt = performance.now();
    const { kind } = await store.commit(changes);
    times.push(performance.now() - startedAt);
    const { user, system } = process.threadCpuUsage(cpu);
    cpuUs += user + system;
    if (kind !== 'committed') throw new Error(`the bare store answered ${kind}`);
  };
  let job = createBenchJob(Math.max(1, count));
  await store.commit({ jobs: [job] });
  for (let first = 0; first < count; first += batch) {
    const size = Math.min(batch, count - first);
    const leased = leaseUnits(job.id, first, size, hosts, Date.now());
    job = advance(job, first + size, first);
    await commit({ units: leased, jobs: [job] });
    const ended = endUnits(leased, job.task, Date.now());
    job = advance(job, first + size, first + size);
    await commit({ ...ended, jobs: [job] });
  }
  return { times, cpuUs };
}

function percentiles(times: readonly number[]) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { median: at(0.5), p99: at(0.99), max: at(1) };
}
