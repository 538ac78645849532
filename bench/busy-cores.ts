/**
 * Are the cores busy with task code when every message takes 25 ms each way? A real coordinator, a real worker daemon with
 * its sandbox, units of about 100 ms, through a delaying proxy. Busy = CPU time of the runners / (threads × wall time).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBenchCoordinator } from './bench-coordinator.ts';
import { descendantsCpuMs } from './cpu-time.ts';
import { openDelayProxy } from './delay-proxy.ts';
import type { Experiment } from './experiments.ts';
import spin from './spin.task.ts';
import { sieve } from './spin.ts';

const WORKER = new URL('../packages/worker/src/app/main.ts', import.meta.url).pathname;
const CALIBRATION_ROUNDS = 200;

/** Rounds of the sieve that take about `targetMs` on this machine. */
function calibrate(targetMs: number): number {
  sieve(CALIBRATION_ROUNDS);
  const startedAt = performance.now();
  sieve(CALIBRATION_ROUNDS);
  return Math.max(1, Math.round((CALIBRATION_ROUNDS * targetMs) / (performance.now() - startedAt)));
}

async function startWorker(url: string, threads: number): Promise<AsyncDisposable & { process: ChildProcess }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'manyhands-bench-worker-'));
  const flags = ['--url', url, '--data', dataFolder, '--threads', String(threads), '--yes'];
  const child = spawn(process.execPath, ['--conditions=source', WORKER, ...flags], { stdio: ['ignore', 'ignore', 'inherit'] });
  return {
    process: child,
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
      await rm(dataFolder, { recursive: true });
    },
  };
}

export const busyCores: Experiment = {
  summary: 'share of the cores spent in task code, units of 100 ms over a 50 ms round trip',
  async run(options, say) {
    const [roundTripMs, unitMs] = [options.get('rtt') ?? 50, options.get('unit') ?? 100];
    const threads = options.get('threads') ?? availableParallelism();
    const units = options.get('units') ?? threads * 200;
    const rounds = calibrate(unitMs);
    await using coordinator = await startBenchCoordinator();
    await using proxy = await openDelayProxy(coordinator.url, roundTripMs);
    await using worker = await startWorker(proxy.url, threads);
    const job = coordinator.grid.map(
      spin,
      Array.from({ length: units }, () => ({ rounds })),
    );
    const pid = worker.process.pid as number;
    // The first tenth warms up and the last leaves threads without work: neither is counted.
    let [ended, fromMs, fromCpuMs, wallMs, cpuMs] = [0, 0, 0, 0, 0];
    for await (const { status } of job) {
      if (status !== 'ok') throw new Error(`a unit ended as ${status}`);
      ended++;
      if (ended === Math.floor(units * 0.1)) [fromMs, fromCpuMs] = [performance.now(), await descendantsCpuMs(pid)];
      if (ended === Math.floor(units * 0.9)) [wallMs, cpuMs] = [performance.now() - fromMs, (await descendantsCpuMs(pid)) - fromCpuMs];
    }
    const busyShare = cpuMs / (wallMs * threads);
    say(`${(busyShare * 100).toFixed(1)} % of ${threads} cores in the runners`);
    return { busyShare, threads, roundTripMs, unitMs, units, unitsPerSecond: (units * 800) / wallMs };
  },
};
