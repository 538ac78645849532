import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED, RIGHT } from '../world/answer.ts';
import { hashPair } from '../world/draw.ts';

/** Each result is a lie with probability `share`, whatever the others do. */
export const constantLiars =
  (share: number): AdversaryMaker =>
  ({ draw }) => ({ freeIdentities: false, answer: () => (draw() < share ? COLLUDED : RIGHT) });

/** All of them lie on the same units, a share of the job. */
export const coordinatedLiars =
  (share: number): AdversaryMaker =>
  ({ secret }) => ({ freeIdentities: false, answer: (_host, unit) => (hashPair(unit, secret) < share ? COLLUDED : RIGHT) });
