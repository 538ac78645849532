import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED, RIGHT } from '../world/answer.ts';

/** Right until they have a standing of `answers`, then always wrong, until they lose it. */
export const sleepers =
  (answers: number): AdversaryMaker =>
  ({ standing }) => ({ freeIdentities: false, answer: (host) => (standing(host) >= answers ? COLLUDED : RIGHT) });
