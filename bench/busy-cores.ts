/**
 * Are the cores busy with task code when every message takes 25 ms each way? A real coordinator, a real worker daemon with
 * its sandbox, units of about 100 ms, through a delaying proxy. bench/README.md says what counts as busy.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchCoordinator, startBenchCoordinator } from './bench-coordinator.ts';
import { cpuMsOf, machineCpuMs, runnersCpu } from './cpu-time.ts';
import { openDelayProxy } from './delay-proxy.ts';
import type { Experiment } from './experiments.ts';
import spin from './spin.task.ts';
import { sieve } from './spin.ts';

const WORKER = new URL('../packages/worker/src/app/main.ts', import.meta.url).pathname;
const CALIBRATION_ROUNDS = 200;
const TASKSET = '/usr/bin/taskset';

/** Rounds of the sieve that take about `targetMs` on this machine. */
function calibrate(targetMs: number): number {
  sieve(CALIBRATION_ROUNDS);
  const startedAt = performance.now();
  sieve(CALIBRATION_ROUNDS);
  return Math.max(1, Math.round((CALIBRATION_ROUNDS * targetMs) / (performance.now() - startedAt)));
}

/** The cores that daemon and runners may use, as taskset writes them; null: all. */
type Cores = string | null;

async function startWorker(url: string, threads: number, cores: Cores): Promise<AsyncDisposable & { process: ChildProcess }> {
  const dataFolder = await mkdtemp(join(tmpdir(), 'manyhands-bench-worker-'));
  const flags = ['--url', url, '--data', dataFolder, '--threads', String(threads), '--yes'];
  const command = [process.execPath, '--conditions=source', WORKER, ...flags];
  const [file = '', ...args] = cores === null ? command : [TASKSET, '-c', cores, ...command];
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'] });
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

interface Setting {
  readonly roundTripMs: number;
  readonly unitMs: number;
  readonly threads: number;
  readonly units: number;
  readonly cores: Cores;
}

/** CPU time by who used it, milliseconds. */
interface Spent {
  readonly runners: number;
  readonly runnersOwn: number;
  readonly daemon: number;
  readonly coordinator: number;
  /** This process: the author's connection and the proxy. */
  readonly bench: number;
  /** Whatever else ran on this machine: of a figure to be trusted, next to nothing. */
  readonly others: number;
}

async function spentSoFar(daemonPid: number, coordinator: BenchCoordinator, threads: number): Promise<Spent> {
  const { allMs, ownMs } = await runnersCpu(daemonPid, threads);
  const { user, system } = process.cpuUsage();
  const [daemon, coordinatorMs, machine] = await Promise.all([cpuMsOf(daemonPid), cpuMsOf(coordinator.pid), machineCpuMs()]);
  const bench = (user + system) / 1000;
  const others = machine - allMs - daemon - coordinatorMs - bench;
  return { runners: allMs, runnersOwn: ownMs, daemon, coordinator: coordinatorMs, bench, others };
}

/** Shares of `threads` cores from the first tenth of the units (it warms up) to the last (it leaves threads without work). */
async function measure({ roundTripMs, unitMs, threads, units, cores }: Setting) {
  const rounds = calibrate(unitMs);
  await using coordinator = await startBenchCoordinator();
  await using proxy = await openDelayProxy(coordinator.url, roundTripMs);
  await using worker = await startWorker(proxy.url, threads, cores);
  const job = coordinator.grid.map(
    spin,
    Array.from({ length: units }, () => ({ rounds })),
  );
  const look = async () => ({ atMs: performance.now(), spent: await spentSoFar(worker.process.pid as number, coordinator, threads) });
  const looks: Awaited<ReturnType<typeof look>>[] = [];
  let ended = 0;
  for await (const { status } of job) {
    if (status !== 'ok') throw new Error(`a unit ended as ${status}`);
    ended++;
    if (ended === Math.floor(units * 0.1) || ended === Math.floor(units * 0.9)) looks.push(await look());
  }
  const [from, to] = looks as [Awaited<ReturnType<typeof look>>, Awaited<ReturnType<typeof look>>];
  const wallMs = to.atMs - from.atMs;
  const share = (who: keyof Spent): number => (to.spent[who] - from.spent[who]) / (wallMs * threads);
  return { share, unitsPerSecond: (units * 800) / wallMs };
}

export const busyCores: Experiment = {
  summary: 'share of the cores spent in task code, units of 100 ms over a 50 ms round trip',
  async run(options, say) {
    const [roundTripMs, unitMs] = [options.get('rtt') ?? 50, options.get('unit') ?? 100];
    const threads = options.get('threads') ?? availableParallelism();
    const units = options.get('units') ?? threads * 200;
    const together = await measure({ roundTripMs, unitMs, threads, units, cores: null });
    say(`${(together.share('runners') * 100).toFixed(1)} % of ${threads} cores in the runners, coordinator on the same cores`);
    const apart = await measureApart({ roundTripMs, unitMs, units: units / 2 });
    if (apart !== null) say(`${(apart.busyShare * 100).toFixed(1)} % of the worker's cores in the runners, coordinator on another`);
    return {
      busyShare: together.share('runners'),
      busyShareApart: apart?.busyShare ?? null,
      othersShareApart: apart?.othersShare ?? null,
      runnersOwnShare: together.share('runnersOwn'),
      daemonShare: together.share('daemon'),
      coordinatorShare: together.share('coordinator'),
      benchShare: together.share('bench'),
      othersShare: together.share('others'),
      threads,
      roundTripMs,
      unitMs,
      units,
      unitsPerSecond: together.unitsPerSecond,
    };
  },
};

/** As a volunteer lives: all cores but the last are the worker's alone, the coordinator is elsewhere. null: this machine cannot do it. */
async function measureApart(
  setting: Pick<Setting, 'roundTripMs' | 'unitMs' | 'units'>,
): Promise<{ busyShare: number; othersShare: number } | null> {
  const threads = availableParallelism() - 1;
  if (threads < 1 || !existsSync(TASKSET)) return null;
  const { share } = await measure({ ...setting, threads, cores: threads === 1 ? '0' : `0-${threads - 1}` });
  return { busyShare: share('runners'), othersShare: share('others') };
}
