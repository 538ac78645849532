/**
 * Hosts that mean well and err: good times and bad times (Markov), half of the answers of a bad time wrong, one in a hundred over all.
 * No two errors are alike.
 */
import type { AdversaryMaker } from '../world/adversary.ts';
import { FIRST_UNIQUE, RIGHT } from '../world/answer.ts';
import { Column } from '../world/column.ts';

const WRONG_IN_BAD_TIMES = 0.5;
const WRONG_OVER_ALL = 0.01;
/** Mean length of a bad time, in units. */
const BAD_UNITS = 20;

const BAD_SHARE = WRONG_OVER_ALL / WRONG_IN_BAD_TIMES;
const TO_GOOD = 1 / BAD_UNITS;
const TO_BAD = (TO_GOOD * BAD_SHARE) / (1 - BAD_SHARE);

export const faults: AdversaryMaker = ({ draw, hosts }) => {
  const isBad = new Column(hosts);
  let errors = 0;
  return {
    freeIdentities: false,
    answer(host) {
      if (draw() < (isBad.get(host) === 1 ? TO_GOOD : TO_BAD)) isBad.set(host, 1 - isBad.get(host));
      return isBad.get(host) === 1 && draw() < WRONG_IN_BAD_TIMES ? FIRST_UNIQUE + errors++ : RIGHT;
    },
  };
};
