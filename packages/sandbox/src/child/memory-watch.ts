/**
 * isolated-vm's memory limit is no bound (SANDBOX §5). So the main thread, which is never blocked, looks at what the whole process holds:
 * above the soft cap the executions under way are stopped, above the hard cap the process ends.
 */
import { footprintOf } from './footprint.ts';
import type { Program } from './program.ts';

const TICK_MS = 20;

export interface MemoryWatch {
  /** Resident bytes at the last look. */
  readonly rssBytes: number;
  /** What the process holds at this moment is what it needs to be ready. */
  settle(): void;
}

export interface MemoryWatchOptions {
  readonly program: Program;
  readonly threads: number;
  /** How many executions are being computed. */
  readonly underWay: () => number;
  readonly onSoft: () => void;
  readonly onHard: () => void;
}

export function startMemoryWatch({ program, threads, underWay, onSoft, onHard }: MemoryWatchOptions): MemoryWatch {
  let rssBytes = process.memoryUsage.rss();
  let footprint = footprintOf(program, threads, rssBytes);
  setInterval(() => {
    rssBytes = process.memoryUsage.rss();
    if (rssBytes > footprint.hardBytes(underWay())) onHard();
    else if (rssBytes > footprint.softBytes(underWay())) onSoft();
  }, TICK_MS);
  return {
    get rssBytes() {
      return rssBytes;
    },
    settle() {
      footprint = footprintOf(program, threads, process.memoryUsage.rss());
    },
  };
}
