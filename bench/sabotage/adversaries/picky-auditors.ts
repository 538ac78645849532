import type { AdversaryMaker } from '../world/adversary.ts';
import { COLLUDED, RIGHT } from '../world/answer.ts';
import { hashPair } from '../world/draw.ts';

/** By then everybody has been told often enough that they are believed. */
const HONEST_ANSWERS = 20;
const LIE = 2;

/**
 * They choose whom they audit: all lie on the same units, a share of them, and each gives back units that none of them has answered, hoping to be
 * asked to check a fellow instead, whose lie it then repeats. `givenBack`: so many for each answer; without bound, half of them do nothing else.
 */
export const pickyAuditors =
  (share: number, givenBack: number): AdversaryMaker =>
  ({ units, standing, secret }) => {
    const said = new Uint8Array(units);
    const patience: number[] = [];
    const isPicky = (host: number) =>
      standing(host) >= HONEST_ANSWERS && (givenBack === Number.POSITIVE_INFINITY ? host % 2 === 0 : (patience[host] ?? 0) >= 1);
    const lies = (host: number, unit: number) =>
      said[unit] === 0 ? standing(host) >= HONEST_ANSWERS && hashPair(unit, secret) < share : said[unit] === LIE;
    return {
      freeIdentities: false,
      declines(host, unit) {
        if (said[unit] !== 0 || !isPicky(host)) return false;
        patience[host] = (patience[host] ?? 0) - 1;
        return true;
      },
      answer(host, unit) {
        patience[host] = (patience[host] ?? 0) + givenBack;
        const answer = lies(host, unit) ? COLLUDED : RIGHT;
        said[unit] = answer === COLLUDED ? LIE : 1;
        return answer;
      },
    };
  };
