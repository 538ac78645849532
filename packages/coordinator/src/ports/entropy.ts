import type { JobId, LeaseId } from '@manyhands/protocol';

/** The only source of chance. */
export interface Entropy {
  leaseId(): LeaseId;
  jobId(): JobId;
  /** Text that nobody outside can guess: 128 bits. */
  key(): string;
  /** Uniform in [0, 1): for jitter. */
  random(): number;
}
