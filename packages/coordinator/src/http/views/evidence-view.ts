/** A job's evidence, line by line. Leases are left out: whoever quotes one holds it. Outputs are left out: they are the job's results. */
import type { EvidenceOf } from '@manyhands/protocol';
import type { StoredResult } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import type { Replica, WorkUnit } from '../../domain/work-unit.ts';
import type { EngineLimits } from '../../engine/engine-limits.ts';

/** What bounds a unit's replicas and errors. */
export type UnitBounds = Pick<EngineLimits, 'maxReplicas' | 'maxErrors'>;

export function toJobLine(job: Job, { maxReplicas, maxErrors }: UnitBounds): EvidenceOf<'job'> {
  const { id, task, title, author, verify, policyVersion = 1, state, endedAt, unitCount, counts } = job;
  return {
    type: 'job',
    format: 1,
    job: id,
    task,
    title,
    author,
    verify,
    policyVersion,
    maxReplicas,
    maxErrors,
    state,
    endedAt,
    unitCount,
    finalUnits: counts.final,
  };
}

export function toUnitLine(
  { index, state, replicas, truth, comparisons, retractions }: WorkUnit,
  results: readonly StoredResult[],
): EvidenceOf<'unit'> {
  return {
    type: 'unit',
    index,
    state,
    replicas: replicas.map(withoutLease),
    ...(truth !== undefined && { truth }),
    ...(comparisons !== undefined && { comparisons }),
    ...(retractions !== undefined && { retractions }),
    results: results.map(({ no, late, receivedAt, body }) => ({
      no,
      late,
      receivedAt,
      body: body.kind === 'ok' ? { kind: 'ok', digest: body.digest } : body,
    })),
  };
}

type ReplicaView = EvidenceOf<'unit'>['replicas'][number];

export function withoutLease(replica: Replica): ReplicaView {
  if (replica.kind === 'ready') return replica;
  const { lease: _, ...rest } = replica;
  return rest;
}
