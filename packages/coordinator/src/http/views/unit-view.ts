/** A unit with everything that ever came back for it, for `explain`. Lease ids are left out: whoever quotes one holds the lease. */
import type { Payload, UnitId } from '@manyhands/protocol';
import { unitIdOf } from '@manyhands/protocol';
import type { StoredResult } from '../../domain/change-set.ts';
import type { Replica, UnitRef, UnitState, WorkUnit } from '../../domain/work-unit.ts';

type WithoutLease<T> = T extends unknown ? Omit<T, 'lease'> : never;

export interface UnitView extends UnitRef {
  readonly id: UnitId;
  readonly input: Payload;
  readonly state: UnitState;
  readonly replicas: readonly WithoutLease<Replica>[];
  /** Oldest first. */
  readonly evidence: readonly Omit<StoredResult, 'lease' | 'job' | 'index'>[];
}

/** `unit` null: it has never been handed out. */
export function toUnitView(ref: UnitRef, input: Payload, unit: WorkUnit | null, evidence: readonly StoredResult[]): UnitView {
  return {
    id: unitIdOf(ref.job, ref.index),
    ...ref,
    input,
    state: unit?.state ?? { kind: 'open' },
    replicas: (unit?.replicas ?? []).map(withoutLease),
    evidence: evidence.map(({ lease: _lease, job: _job, index: _index, ...rest }) => rest),
  };
}

function withoutLease(replica: Replica): WithoutLease<Replica> {
  if (replica.kind === 'ready') return replica;
  const { lease: _lease, ...rest } = replica;
  return rest;
}
