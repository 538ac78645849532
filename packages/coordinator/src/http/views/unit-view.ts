/** A unit with everything that ever came back for it, and its story, for `explain`. Lease ids are left out: whoever quotes one holds the lease. */
import { type Payload, type UnitView, unitIdOf } from '@manyhands/protocol';
import type { Posting, StoredResult } from '../../domain/change-set.ts';
import type { Job } from '../../domain/job.ts';
import { tellStory } from '../../domain/unit-story.ts';
import { isCanary, type UnitRef, type WorkUnit } from '../../domain/work-unit.ts';
import { withoutLease } from './evidence-view.ts';

export interface UnitFacts {
  readonly input: Payload;
  /** null: it has never been handed out. */
  readonly unit: WorkUnit | null;
  readonly results: readonly StoredResult[];
  readonly postings: readonly Posting[];
  /** What accounts go by, where they gave a name. */
  readonly names: Readonly<Record<string, string>>;
}

export function toUnitView({ index }: Pick<UnitRef, 'index'>, job: Job, { input, unit, results, postings, names }: UnitFacts): UnitView {
  const { id, title, verify } = job;
  return {
    id: unitIdOf(id, index),
    job: id,
    index,
    title,
    verify,
    input,
    state: unit?.state ?? stateOfUntouched(job),
    replicas: (unit?.replicas ?? []).map(withoutLease),
    evidence: results.map(({ lease: _lease, job: _job, index: _index, ...rest }) => rest),
    story: unit === null ? storyOfUntouched(job) : tellStory({ unit, results, postings, verify }),
    names,
  };
}

/** As others than the author may see it: who was checked on it, and how they did, is nobody's business. */
export function withoutCanaries(facts: UnitFacts): UnitFacts {
  const { unit, results, postings } = facts;
  if (unit === null) return facts;
  const replicas = unit.replicas.filter((replica) => !isCanary(unit, replica));
  const isShown = ({ no }: { readonly no: number }): boolean => replicas.some((replica) => replica.no === no);
  return { ...facts, unit: { ...unit, replicas }, results: results.filter(isShown), postings: postings.filter(isShown) };
}

const stateOfUntouched = ({ state, endedAt }: Job): UnitView['state'] =>
  state === 'cancelled' && endedAt !== null ? { kind: 'cancelled', at: endedAt } : { kind: 'open' };

const storyOfUntouched = ({ state, endedAt }: Job): UnitView['story'] =>
  state === 'cancelled' ? [{ kind: 'cancelled', at: endedAt }] : [{ kind: 'waits', at: null, for: 'turn' }];
