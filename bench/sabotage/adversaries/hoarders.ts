import type { AdversaryMaker } from '../world/adversary.ts';
import { NO_ANSWER, RIGHT } from '../world/answer.ts';
import { hashPair } from '../world/draw.ts';

/** They take units and never answer. */
export const hoarders: AdversaryMaker = () => ({ freeIdentities: false, answer: () => NO_ANSWER });

/** They answer, rightly, for the half of the units that they like. */
export const cherryPickers: AdversaryMaker = ({ secret }) => ({
  freeIdentities: false,
  answer: (_host, unit) => (hashPair(unit, secret) < 0.5 ? RIGHT : NO_ANSWER),
});
