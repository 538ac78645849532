/**
 * Coordinator and SQLite alone: workers that answer at once over real WebSockets, 100-byte inputs and outputs, quorum 1.
 * Rate from the first lease to the last durable acknowledgement, at few and at many stored units, with the bare store beside it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { measureBareStore } from '../bare-store.ts';
import { type BenchCoordinator, startBenchCoordinator } from '../bench-coordinator.ts';
import echo from '../echo.task.ts';
import type { Experiment } from '../experiments.ts';

const INPUT = 'x'.repeat(98);

function* inputs(count: number): Generator<string> {
  for (let i = 0; i < count; i++) yield INPUT;
}

interface Drained {
  readonly firstLeaseAt: number;
  readonly lastAckAt: number;
  readonly acked: number;
}

/** Lets null workers compute a job that is already queued. */
async function drain({ url, grid }: BenchCoordinator, jobId: string, connections: number, wish: number): Promise<Drained> {
  const script = new URL('./load-generator.ts', import.meta.url).pathname;
  const generator = spawn(process.execPath, ['--conditions=source', script, url, String(connections), String(wish)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const job = grid.job(jobId);
  for await (const { state } of job.watch({ everyMs: 100 })) if (state === 'done') break;
  const report = once(generator.stdout, 'data') as Promise<[Buffer]>;
  generator.stdin.end('stop');
  return JSON.parse((await report)[0].toString()) as Drained;
}

async function queue({ grid }: BenchCoordinator, count: number): Promise<string> {
  const job = grid.map(echo, inputs(count), { title: `${count} units` });
  await job.sent;
  return await job.id;
}

export const nullWorker: Experiment = {
  summary: 'coordinator + SQLite at synchronous=FULL with workers that answer at once',
  async run(options, say) {
    const [connections, wish] = [options.get('connections') ?? 8, options.get('wish') ?? 4_000];
    const [units, many] = [options.get('units') ?? 200_000, options.get('stored') ?? 1_000_000];
    const measure = async (coordinator: BenchCoordinator, count: number) => {
      const { firstLeaseAt, lastAckAt, acked } = await drain(coordinator, await queue(coordinator, count), connections, wish);
      if (acked !== count) throw new Error(`${acked} acknowledgements for ${count} units`);
      return (count * 1000) / (lastAckAt - firstLeaseAt);
    };
    // The first ten thousand warm up.
    await using coordinator = await startBenchCoordinator();
    await measure(coordinator, 10_000);
    const few = await measure(coordinator, units);
    say(`${Math.round(few)} units/s at 10,000 stored units`);
    await coordinator[Symbol.asyncDispose]();

    await using filled = await startBenchCoordinator();
    const queued = await queue(filled, many);
    const queuedRssMB = await filled.rssMB();
    say(`${queuedRssMB} MB with ${many} units queued`);
    await drain(filled, queued, connections, wish);
    const busyRssMB = await filled.rssMB();
    const full = await measure(filled, units);
    const peakRssMB = await filled.peakRssMB();
    say(`${Math.round(full)} units/s at ${many} stored units`);
    const bare = await measureBareStore({ units, batch: 1_000, storedUnits: 10_000 });
    say(`${Math.round(bare.unitsPerSecond)} units/s by the bare store`);
    return {
      unitsPerSecond: Math.round(few),
      unitsPerSecondAtManyStored: Math.round(full),
      storedUnits: 10_000,
      manyStoredUnits: many,
      bareStoreUnitsPerSecond: Math.round(bare.unitsPerSecond),
      bareOverWhole: bare.unitsPerSecond / few,
      synchronous: bare.synchronous,
      coordinatorRssMB: queuedRssMB,
      queuedUnits: many,
      coordinatorRssMBAfterDraining: busyRssMB,
      coordinatorPeakRssMB: peakRssMB,
      connections,
      quorum: 1,
      payloadBytes: 100,
    };
  },
};
