import type { JobId, LeaseId } from '@manyhands/protocol';

/** The only source of chance. */
export interface Entropy {
  leaseId(): LeaseId;
  jobId(): JobId;
  /** Uniform in [0, 1): for jitter. */
  random(): number;
}
