import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED, RIGHT } from '../world/answer.ts';

/** Right until all but a share `last` of the job is decided, then always wrong: they hope that nobody has the time to find out. */
export const defectors =
  (last: number): AdversaryMaker =>
  ({ progress }) => ({ freeIdentities: false, answer: () => (progress() >= 1 - last ? COLLUDED : RIGHT) });
