import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED, RIGHT } from '../world/answer.ts';

/** They out-vote honest hosts: each name earns some trust, then gives the common wrong answer until it is blamed, and is thrown away. */
export const framers =
  (honestAnswers: number): AdversaryMaker =>
  ({ answers, wasBlamed }) => ({
    freeIdentities: true,
    answer: (host) => (answers(host) >= honestAnswers ? COLLUDED : RIGHT),
    renews: wasBlamed,
  });
