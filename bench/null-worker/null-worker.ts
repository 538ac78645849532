/**
 * Coordinator and SQLite alone: workers that answer at once over real WebSockets, 100-byte inputs and outputs.
 * Rates go from the first lease to the last durable acknowledgement; beside each stands the CPU time of the coordinator per unit,
 * which a busy machine changes less. The bare store commits the same rows in the same run.
 */
import { measureBareStore } from '../bare-store.ts';
import { type BenchCoordinator, createDataFolder, startBenchCoordinator } from '../bench-coordinator.ts';
import type { Experiment } from '../experiments.ts';
import { drain, type Policy, queue, WARM_UP_UNITS } from './drain.ts';
import { fillStore } from './fill-store.ts';
import { measureLatencies } from './latencies.ts';
import { pictureOf } from './picture.ts';

const CONNECTIONS = 10;
const FEW = 10_000;

export interface Cell {
  readonly policy: Policy;
  readonly connections: number;
  /** Units in the database when it began. */
  readonly storedUnits: number;
  readonly unitsPerSecond: number;
  /** CPU time of the coordinator: of its main thread, and with V8's own threads. */
  readonly mainCpuUsPerUnit: number;
  readonly allCpuUsPerUnit: number;
}

interface Row {
  readonly count: number;
  readonly stored: number;
  readonly connections?: number;
  readonly policy?: Policy;
}

async function measureCell(coordinator: BenchCoordinator, row: Row): Promise<Cell> {
  const { count, stored, connections = CONNECTIONS, policy = 'quorum 1' } = row;
  const job = await queue(coordinator, count, policy);
  const { ms, cpu } = await drain(coordinator, job, { connections });
  return {
    policy,
    connections,
    storedUnits: stored,
    unitsPerSecond: Math.round((count * 1_000) / ms),
    mainCpuUsPerUnit: cpu.mainUs / count,
    allCpuUsPerUnit: cpu.allUs / count,
  };
}

const warmUp = async (coordinator: BenchCoordinator): Promise<unknown> =>
  drain(coordinator, await queue(coordinator, WARM_UP_UNITS), { connections: CONNECTIONS });

/** The unit count of the experiment; `stored` rises as its cells are measured. */
interface Run {
  readonly count: number;
  stored: number;
  readonly cells: Cell[];
  say(line: string): void;
}

async function add(
  run: Run,
  coordinator: BenchCoordinator,
  row: Omit<Row, 'stored' | 'count'> & { readonly count?: number },
): Promise<Cell> {
  const count = row.count ?? run.count;
  const cell = await measureCell(coordinator, { ...row, count, stored: run.stored });
  run.stored += count;
  run.cells.push(cell);
  run.say(
    `${cell.policy}, ${cell.connections} connections, ${cell.storedUnits} stored: ${cell.unitsPerSecond} units/s, ${cell.mainCpuUsPerUnit.toFixed(1)} µs of the main thread a unit`,
  );
  return cell;
}

/** Connections, policies and latencies, at few stored units. */
async function measureFew(run: Run) {
  await using coordinator = await startBenchCoordinator();
  await drain(coordinator, await queue(coordinator, FEW), { connections: CONNECTIONS });
  await warmUp(coordinator);
  run.stored = FEW + WARM_UP_UNITS;
  const few = await add(run, coordinator, {});
  for (const connections of [1, 100, 1_000]) await add(run, coordinator, { connections });
  await add(run, coordinator, { policy: 'quorum 2', count: run.count / 2 });
  await add(run, coordinator, { policy: 'confidence', count: run.count / 5 });
  return { few, latencies: await measureLatencies(coordinator, CONNECTIONS, run.say) };
}

async function measureStored(run: Run, stored: number): Promise<Cell> {
  const folder = await createDataFolder();
  {
    await using first = await startBenchCoordinator({ folder, keep: true });
    await drain(first, await queue(first, FEW), { connections: CONNECTIONS });
  }
  run.say(`filling up to ${stored} stored units`);
  fillStore(folder, stored - WARM_UP_UNITS);
  await using coordinator = await startBenchCoordinator({ folder });
  await warmUp(coordinator);
  run.stored = stored;
  return await add(run, coordinator, {});
}

/** Memory with a million units queued, when they are drained, and the most in between; then as fast as ever. */
async function measureMillion(run: Run, million: number) {
  await using coordinator = await startBenchCoordinator();
  const queued = await queue(coordinator, million);
  const queuedRssMB = await coordinator.rssMB();
  await drain(coordinator, queued, { connections: CONNECTIONS });
  const drainedRssMB = await coordinator.rssMB();
  run.stored = million;
  const cell = await add(run, coordinator, {});
  return { cell, queuedRssMB, drainedRssMB, peakRssMB: await coordinator.peakRssMB() };
}

export const nullWorker: Experiment = {
  summary: 'coordinator + SQLite at synchronous=FULL with workers that answer at once; --full: with 10,000,000 stored units too',
  async run(options, say) {
    const [count, million] = [options.get('units') ?? 100_000, options.get('stored') ?? 1_000_000];
    const run: Run = { count, stored: 0, cells: [], say };
    const { few, latencies } = await measureFew(run);
    const sizes = [few, await measureStored(run, 10 * FEW)];
    const memory = await measureMillion(run, million);
    sizes.push(memory.cell);
    if (options.has('full')) sizes.push(await measureStored(run, options.get('most') ?? 10_000_000));
    const bare = await measureBareStore({ units: Math.max(count, 50_000), batch: 1_000, storedUnits: WARM_UP_UNITS, hosts: CONNECTIONS });
    const [least, most] = [sizes[0] as Cell, sizes.at(-1) as Cell];
    return {
      unitsPerSecond: few.unitsPerSecond,
      unitsPerSecondAtManyStored: memory.cell.unitsPerSecond,
      storedUnits: few.storedUnits,
      manyStoredUnits: memory.cell.storedUnits,
      costAtMostStoredOverFew: most.mainCpuUsPerUnit / least.mainCpuUsPerUnit,
      bareStoreUnitsPerSecond: Math.round(bare.unitsPerSecond),
      bareOverWhole: bare.unitsPerSecond / few.unitsPerSecond,
      bareStoreCpuUsPerUnit: bare.cpuUsPerUnit,
      wholeOverBareCpu: few.mainCpuUsPerUnit / bare.cpuUsPerUnit,
      cells: run.cells,
      latencies,
      synchronous: bare.synchronous,
      durability: bare.durability,
      coordinatorRssMB: memory.queuedRssMB,
      queuedUnits: million,
      coordinatorRssMBAfterDraining: memory.drainedRssMB,
      coordinatorPeakRssMB: memory.peakRssMB,
      connections: CONNECTIONS,
      quorum: 1,
      payloadBytes: 100,
    };
  },
  draw: ({ cells }) => pictureOf(cells as readonly Cell[]),
};
