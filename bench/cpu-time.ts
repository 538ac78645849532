import { readdir, readFile } from 'node:fs/promises';

/** Linux counts process time in ticks of 10 ms on every platform Node runs on. */
const TICK_MS = 10;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly cpuMs: number;
}

async function readProcess(pid: number): Promise<Process | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null); // it may have ended meanwhile
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS };
}

/** CPU time used so far by all descendants of a process, itself left out, milliseconds. Linux only. */
export async function descendantsCpuMs(pid: number): Promise<number> {
  const pids = (await readdir('/proc')).map(Number).filter((number) => number > 0);
  const processes = (await Promise.all(pids.map(readProcess))).filter((process) => process !== null);
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const process of processes) if (family.has(process.parent)) family.add(process.pid);
  }
  family.delete(pid);
  return processes.filter((process) => family.has(process.pid)).reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}
