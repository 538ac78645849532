import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED, RIGHT } from '../world/answer.ts';

/**
 * They share what they have seen: a unit that comes a second time to one of them may be a canary, and is answered rightly; any other
 * is lied about, once the name has given `honestAnswers`. Whoever is caught comes back under a new name.
 */
export const canaryDetectors =
  (honestAnswers: number): AdversaryMaker =>
  ({ units, answers }) => {
    const seen = new Uint8Array(units);
    return {
      freeIdentities: true,
      answer(host, unit) {
        const isKnown = seen[unit] === 1;
        seen[unit] = 1;
        return isKnown || answers(host) < honestAnswers ? RIGHT : COLLUDED;
      },
    };
  };
