/** Lines of evidence as the domain knows what they tell. */
import type { EvidenceOf, JobId, LeaseId } from '@manyhands/protocol';
import type { Replica, WorkUnit } from '../domain/work-unit.ts';

/** Leases are not told. Nothing that is counted again depends on them. */
const WITHHELD = 'lease_withheld' as LeaseId;

export function unitIn({ index, state, replicas, truth, comparisons, retractions }: EvidenceOf<'unit'>, job: JobId): WorkUnit {
  return {
    job,
    index,
    revision: 1,
    state,
    replicas: replicas.map((replica): Replica => (replica.kind === 'ready' ? replica : { ...replica, lease: WITHHELD })),
    ...(truth !== undefined && { truth }),
    ...(comparisons !== undefined && { comparisons }),
    ...(retractions !== undefined && { retractions }),
  };
}
