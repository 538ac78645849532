import type { JobId, LeaseId } from '@manyhands/protocol';
import { jobId, leaseId } from './ids.ts';

export interface SeededEntropy {
  leaseId(): LeaseId;
  jobId(): JobId;
  key(): string;
  random(): number;
}

/** Chance that repeats: the same seed draws the same numbers (mulberry32). Ids count up from the seed. */
export function createSeededEntropy(seed = 1): SeededEntropy {
  let state = seed >>> 0;
  let nextId = seed * 1_000_000;
  return {
    leaseId: () => leaseId(nextId++),
    jobId: () => jobId(nextId++),
    key: () => `key ${seed} ${nextId}`,
    random() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
