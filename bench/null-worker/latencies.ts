/** From the moment a result was due to its durable acknowledgement, at shares of the load that the coordinator can take in such frames. */
import type { BenchCoordinator } from '../bench-coordinator.ts';
import { drain, queue, startGenerator } from './drain.ts';
import type { OpenLoopReport } from './open-loop.ts';

/** A frame of a worker whose units are tiny. */
const PER_FRAME = 10;
const SHARES = [0.1, 0.5, 0.9] as const;
const SECONDS = 6;
const OPEN_LOOP = new URL('./open-loop.ts', import.meta.url);

export interface Latency extends OpenLoopReport {
  /** Of what it answers a second when workers never wait. */
  readonly load: number;
}

export async function measureLatencies(
  coordinator: BenchCoordinator,
  connections: number,
  say: (line: string) => void,
): Promise<Latency[]> {
  const most = await saturation(coordinator, connections);
  say(`${Math.round(most)} units/s in frames of ${PER_FRAME} results at full load`);
  const latencies: Latency[] = [];
  for (const load of SHARES) {
    const job = await queue(coordinator, Math.ceil(most * load * SECONDS * 1.5) + 20_000);
    const generator = startGenerator(OPEN_LOOP, coordinator.url, connections, PER_FRAME, most * load, SECONDS);
    const report = (await generator.line()) as OpenLoopReport;
    await coordinator.grid.job(job.id).cancel();
    latencies.push({ load, ...report });
    say(`at ${load * 100} % load ${report.p50Ms.toFixed(1)} ms in the middle, ${report.p99Ms.toFixed(1)} ms for 99 of 100`);
  }
  return latencies;
}

async function saturation(coordinator: BenchCoordinator, connections: number): Promise<number> {
  const count = 60_000;
  const { ms } = await drain(coordinator, await queue(coordinator, count), { connections, perFrame: PER_FRAME });
  return (count * 1_000) / ms;
}
