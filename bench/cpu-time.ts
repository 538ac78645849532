/** CPU time used so far, milliseconds, as Linux counts it: in ticks of 10 ms on every platform Node runs on. */
import { readdir, readFile } from 'node:fs/promises';

const TICK_MS = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

const numbersIn = async (folder: string): Promise<number[]> => (await readdir(folder)).map(Number).filter((number) => number > 0);

/** Of a process with all its threads (`/proc/PID`), or of one thread (`/proc/PID/task/TID`). */
async function readStat(folder: string, pid: number): Promise<Process | null> {
  const stat = await readFile(`${folder}/stat`, 'utf8').catch(() => null); // it may have ended meanwhile
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}

export const cpuMsOf = async (pid: number): Promise<number> => (await readStat(`/proc/${pid}`, pid))?.cpuMs ?? 0;

/** Of everything on this machine, on all cores. */
export async function machineCpuMs(): Promise<number> {
  const [, user, nice, system, , , irq, softirq, steal] = (await readFile('/proc/stat', 'utf8')).split(/\s+/).map(Number);
  return [user, nice, system, irq, softirq, steal].reduce<number>((sum, ticks = 0) => sum + ticks, 0) * TICK_MS;
}

export interface RunnerCpu {
  /** Of all descendants of the daemon: task code and whatever it takes to run it. */
  readonly allMs: number;
  /** Of these, threads that never run task code, nor compile it, nor collect its garbage: main threads and Piscina's. */
  readonly ownMs: number;
}

/** Of the runners of a daemon. `threads`: what each has. */
export async function runnersCpu(daemonPid: number, threads: number): Promise<RunnerCpu> {
  const runners = await descendantsOf(daemonPid);
  const own = await Promise.all(runners.map(({ pid }) => ownThreadsCpuMs(pid, threads)));
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  return { allMs: sum(runners.map(({ cpuMs }) => cpuMs)), ownMs: sum(own) };
}

async function descendantsOf(pid: number): Promise<Process[]> {
  const all = await Promise.all((await numbersIn('/proc')).map((each) => readStat(`/proc/${each}`, each)));
  const processes = all.filter((process) => process !== null);
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const process of processes) if (family.has(process.parent)) family.add(process.pid);
  }
  family.delete(pid);
  return processes.filter((process) => family.has(process.pid));
}

/** Threads are started in this order: main, V8's own helpers (named after V8), Piscina's, the isolates'. */
async function ownThreadsCpuMs(pid: number, threads: number): Promise<number> {
  const tids = await numbersIn(`/proc/${pid}/task`).catch(() => []);
  const workers: number[] = [];
  for (const tid of tids.toSorted((a, b) => a - b)) {
    const name = await readFile(`/proc/${pid}/task/${tid}/comm`, 'utf8').catch(() => '');
    if (name.startsWith('WorkerThread')) workers.push(tid);
  }
  const own = await Promise.all([pid, ...workers.slice(0, threads)].map((tid) => readStat(`/proc/${pid}/task/${tid}`, tid)));
  return own.reduce((total, thread) => total + (thread?.cpuMs ?? 0), 0);
}
