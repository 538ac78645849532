/**
 * isolated-vm's memory limit is no bound (SANDBOX §5). So the main thread, which is never blocked, looks at what the whole process holds, and above
 * the cap the process ends: memory that a disposed isolate gives back late would be blamed on the next execution, and the kernel gives it back at once.
 */
import { footprintOf } from './footprint.ts';
import type { Program } from './program.ts';

const TICK_MS = 20;
const WORN_TICKS = 250;

export interface MemoryWatch {
  /** For a while now the process has held more than executions within their limits can explain. */
  readonly worn: boolean;
  /** What the process holds at this moment is what it needs to be ready. */
  settle(): void;
}

export interface MemoryWatchOptions {
  readonly program: Program;
  readonly threads: number;
  /** How many executions are being computed. */
  readonly underWay: () => number;
  readonly onExceeded: () => void;
}

export function startMemoryWatch({ program, threads, underWay, onExceeded }: MemoryWatchOptions): MemoryWatch {
  let footprint = footprintOf(program, threads, process.memoryUsage.rss());
  let ticksAboveRest = 0;
  setInterval(() => {
    const rssBytes = process.memoryUsage.rss();
    ticksAboveRest = rssBytes > footprint.restBytes ? ticksAboveRest + 1 : 0;
    if (rssBytes > footprint.capBytes(underWay())) onExceeded();
  }, TICK_MS);
  return {
    get worn() {
      return ticksAboveRest > WORN_TICKS;
    },
    settle() {
      footprint = footprintOf(program, threads, process.memoryUsage.rss());
    },
  };
}
