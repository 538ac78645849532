/**
 * What speaks against a final answer never changes it (I18), but it opens an audit: the referee computes the unit, once, and what it finds may take
 * the answer back (retraction-transitions.ts). Bounded, or liars could have the coordinator compute everything: a host whose word counts pays for
 * being wrong with it; newcomers, whom another name costs little, must be two that say the same, and are heard only a few times a job.
 */
import type { Digest } from '@manyhands/protocol';
import { agrees } from './comparison.ts';
import { type Transition, type TransitionContext, toTransition } from './transition.ts';
import { toBacktrack, toEvent } from './unit-end.ts';
import type { Replica, WorkUnit } from './work-unit.ts';

type Lost = Extract<Replica, { kind: 'lost' }>;
/** It said something. */
type Word = Exclude<Replica, { kind: 'ready' | 'leased' }>;

/** `word` differs from the final answer of its unit. */
export function opensAudit(unit: WorkUnit, word: Word, { trust }: TransitionContext): boolean {
  if (unit.truth !== undefined) return false;
  if (trust.checksOf(word.host) !== null) return true;
  return trust.mayLookAgain && unit.replicas.some((other) => other.no !== word.no && digestOf(other) === digestOf(word));
}

function digestOf(replica: Replica): Digest | undefined {
  if (replica.kind === 'ready' || replica.kind === 'leased') return undefined;
  return replica.kind === 'lost' ? replica.lateDigest : replica.digest;
}

/** An answer that came after its lease had ended, and what follows from it besides being kept, which `kept` says. */
export function heardLate(
  unit: WorkUnit,
  late: Lost & { readonly lateDigest: Digest },
  context: TransitionContext,
  kept: Pick<Transition, 'results' | 'countsDelta'>,
): Transition {
  const { job, index, state, truth } = unit;
  const known = state.kind === 'final' && context.verify.kind === 'confidence' ? (truth ?? state.digest) : null;
  // Answers that must be compared to be told apart came too late for it.
  if (known === null || agrees(unit, late.lateDigest, known, context.verify) !== false) return toTransition(unit, { kind: 'late' }, kept);
  if (opensAudit(unit, late, context))
    return toTransition(
      { ...unit, truth: null },
      { kind: 'late' },
      { ...kept, countsDelta: { ...kept.countsDelta, refereed: 1 }, effects: [{ kind: 'referee', job, index }] },
    );
  if (typeof truth !== 'string' || context.trust.checksOf(late.host) === null) return toTransition(unit, { kind: 'late' }, kept);
  const told = { hostEvents: [toEvent(unit, late, 'convicted')], effects: [toBacktrack(unit, late)] };
  return toTransition(unit, { kind: 'late' }, { ...kept, ...told });
}
