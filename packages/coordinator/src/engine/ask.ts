import type { CommitQueue, Proposal, RefusalReason } from './commit-queue.ts';

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
