import { expect, test } from 'vitest';
import { COLLUDED, NO_ANSWER, RIGHT } from './answer.ts';
import { FAULTY, HONEST, LIAR, Tally } from './tally.ts';

test('[SA7] an answer that was taken back is not wrong, one that was replaced counts as what it is now', () => {
  const tally = new Tally(3, 1);
  for (const unit of [0, 1, 2]) tally.accept(unit, COLLUDED);
  expect([tally.open, tally.wrong]).toEqual([0, 3]);
  tally.reopen(0);
  tally.reopen(0);
  tally.accept(1, RIGHT);
  expect([tally.open, tally.wrong, tally.accepted(0), tally.accepted(2)]).toEqual([1, 1, NO_ANSWER, COLLUDED]);
});

test('[SA7] bans and blame are counted once a host, by what it is', () => {
  const tally = new Tally(1, 3);
  const [honest, liar, faulty] = [tally.join(HONEST), tally.join(LIAR), tally.join(FAULTY)];
  for (const host of [liar, liar, faulty]) tally.ban(host);
  for (const host of [honest, honest, liar]) tally.blame(host);
  expect(tally.bannedHosts).toEqual([0, 1, 1]);
  expect(tally.blamedHosts).toEqual([1, 1, 0]);
});

test('[SA7] the delay runs from the first lie to the first time that it is found out', () => {
  const tally = new Tally(1, 2);
  const [caught, free] = [tally.join(LIAR), tally.join(LIAR)];
  for (const answer of [RIGHT, RIGHT, COLLUDED, RIGHT, COLLUDED]) tally.answered(caught, answer);
  tally.answered(free, COLLUDED);
  expect(tally.detectionDelay).toBeNull();
  tally.blame(caught);
  tally.answered(caught, COLLUDED);
  tally.ban(caught);
  expect(tally.detectionDelay).toBe(3);
  expect(tally.rightByLiars).toBe(3);
});
