import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED } from '../world/answer.ts';

/** Nobody keeps a name for longer, caught or not. */
const ANSWERS_A_NAME = 10;
const RAMP_MS = 3_600_000;
const SHARE_AT_FIRST = 0.1;

/** Always wrong, under names that are thrown away; their number grows tenfold within the first hour. */
export const churn: AdversaryMaker = ({ answers }) => ({
  freeIdentities: true,
  answer: () => COLLUDED,
  renews: (host) => answers(host) >= ANSWERS_A_NAME,
  startsAt: (at, count) => Math.max(0, (RAMP_MS * ((at + 1) / count - SHARE_AT_FIRST)) / (1 - SHARE_AT_FIRST)),
});
