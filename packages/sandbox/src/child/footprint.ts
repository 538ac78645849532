/**
 * How much memory a runner may hold, as far as the operating system counts it (resident bytes). V8's heap limit already bounds an isolate's heap,
 * with garbage that the next execution will reuse; everything else (wasm memory above all) only shows here.
 */
import type { Program } from './program.ts';

const MB = 1024 * 1024;
/** Heap that the guest script, the bundle and V8 itself need beside what the task may use. */
export const HEAP_OVERHEAD_MB = 24;
/** Of each thread: that overhead, V8's young generation (3 × 16 MB, by the runner's flags), code and fragments. */
const THREAD_MB = HEAP_OVERHEAD_MB + 64;

export interface Footprint {
  /** What may stay behind when nothing is under way. */
  readonly restBytes: number;
  /** What the process may hold with so many executions under way. */
  readonly capBytes: (underWay: number) => number;
}

/** `baseBytes`: what the process held when it was ready. */
export function footprintOf({ limits: { memoryMB } }: Program, threads: number, baseBytes: number): Footprint {
  const restBytes = baseBytes + threads * (THREAD_MB + memoryMB) * MB;
  return { restBytes, capBytes: (underWay) => restBytes + underWay * memoryMB * MB };
}
