import type { AdversaryMaker } from '../world/adversary.ts';
import { RIGHT } from '../world/answer.ts';

/** Nobody lies. */
export const honest: AdversaryMaker = () => ({ freeIdentities: false, answer: () => RIGHT });
