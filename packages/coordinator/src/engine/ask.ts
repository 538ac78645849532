import type { UnitRef } from '../domain/work-unit.ts';
import type { CommitQueue, Proposal, RefusalReason } from './commit-queue.ts';
import type { Draft } from './draft.ts';

export type Answered<Answer> =
  | { readonly kind: 'durable'; readonly answer: Answer }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

export type Question<Answer> = Pick<Proposal<Answer>, 'units' | 'jobs' | 'weight' | 'isSheddable' | 'decide'> & {
  /** Runs in the order of the queue (CQ5), before the promise settles. */
  readonly speak?: (answer: Answer) => void;
};

/** Proposes and waits until it is durable or refused. One promise for a whole message, never one a unit. */
export function ask<Answer>(queue: Pick<CommitQueue, 'propose'>, question: Question<Answer>): Promise<Answered<Answer>> {
  return new Promise((resolve) => {
    queue.propose<Answer>({
      ...question,
      decide: (draft) => question.decide(draft),
      speak(answer) {
        question.speak?.(answer);
        resolve({ kind: 'durable', answer });
      },
      refuse: (reason) => resolve({ kind: 'refused', reason }),
    });
  });
}

/** One decision on each of these units, all in one batch. False: refused, because the coordinator is stopping or broken; a restart finds them again. */
export async function applyToEach<Unit extends UnitRef>(
  queue: Pick<CommitQueue, 'propose'>,
  units: readonly Unit[],
  decide: (draft: Draft, unit: Unit) => void,
): Promise<boolean> {
  if (units.length === 0) return true;
  const settled = await ask(queue, {
    units,
    jobs: [],
    weight: units.length,
    isSheddable: false,
    decide: (draft) => {
      for (const unit of units) decide(draft, unit);
    },
  });
  return settled.kind === 'durable';
}
