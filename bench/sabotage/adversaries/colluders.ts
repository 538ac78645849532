import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED } from '../world/answer.ts';

/** Always the same wrong answer, and a new account whenever the old one is refused work. */
export const colluders: AdversaryMaker = () => ({ freeIdentities: true, answer: () => COLLUDED });
