import { expect, test } from 'vitest';
import type { Adversary, Insight } from '../world/adversary.ts';
import { COLLUDED, NO_ANSWER, RIGHT } from '../world/answer.ts';
import { createDraw } from '../world/draw.ts';
import { canaryDetectors } from './canary-detectors.ts';
import { churn } from './churn.ts';
import { constantLiars, coordinatedLiars } from './constant-liars.ts';
import { defectors } from './defectors.ts';
import { faults } from './faults.ts';
import { framers } from './framers.ts';
import { cherryPickers, hoarders } from './hoarders.ts';
import { optimalLiars } from './optimal-liars.ts';
import { pickyAuditors } from './picky-auditors.ts';
import { sleepers } from './sleepers.ts';

const ANSWERS = 200_000;

const insight = (changes: Partial<Insight> = {}): Insight => ({
  draw: createDraw(1, 'adversary'),
  units: ANSWERS,
  hosts: 200,
  secret: 42,
  standing: () => 0,
  answers: () => 0,
  wasBlamed: () => false,
  progress: () => 0,
  ...changes,
});

const answersOf = ({ answer }: Adversary): number[] => Array.from({ length: ANSWERS }, (_, unit) => answer(unit % 10, unit));
const shareOf = (answers: readonly number[], isMeant: (answer: number) => boolean): number =>
  answers.filter(isMeant).length / answers.length;
const isLie = (answer: number): boolean => answer === COLLUDED;

test('[SA9] faults: one answer in a hundred, in bursts, no two alike', () => {
  const answers = answersOf(faults(insight()));
  const errors = answers.filter((answer) => answer !== RIGHT);
  expect(errors.length / ANSWERS).toBeCloseTo(0.01, 2);
  expect(errors.length / ANSWERS).toBeGreaterThan(0.007);
  expect(new Set(errors).size).toBe(errors.length);
  // Host by host: after an error the next answer is wrong far more often than any.
  const next = answers.filter((_, at) => at >= 10 && answers[at - 10] !== RIGHT);
  expect(shareOf(next, (answer) => answer !== RIGHT)).toBeGreaterThan(0.35);
});

test.each([0.01, 0.1])('[SA10] constant liars lie in a share of %f', (share) => {
  expect(shareOf(answersOf(constantLiars(share)(insight())), isLie) / share).toBeCloseTo(1, 0);
});

test('[SA10] coordinated liars lie on the same units, a share of them', () => {
  const { answer } = coordinatedLiars(0.1)(insight());
  const units = Array.from({ length: ANSWERS }, (_, unit) => unit);
  expect(shareOf(answersOf(coordinatedLiars(0.1)(insight())), isLie)).toBeCloseTo(0.1, 2);
  expect(units.every((unit) => answer(1, unit) === answer(2, unit))).toBe(true);
  const others = coordinatedLiars(0.1)(insight({ secret: 43 }));
  expect(units.some((unit) => answer(1, unit) !== others.answer(1, unit))).toBe(true);
});

test('[SA10] optimal liars lie in 1/(q(n+1)) of what they answer', () => {
  // 1,000 units a host, one in ten checked.
  expect(shareOf(answersOf(optimalLiars(insight())), isLie) / (1 / 100.1)).toBeCloseTo(1, 0);
});

test('[SA10] sleepers lie from their standing on, defectors from their point of the job on', () => {
  const sleeper = (standing: number) => sleepers(20)(insight({ standing: () => standing })).answer(0, 0);
  expect([19, 20, 21].map(sleeper)).toEqual([RIGHT, COLLUDED, COLLUDED]);
  const defector = (progress: number) => defectors(0.02)(insight({ progress: () => progress })).answer(0, 0);
  expect([0.97, 0.98, 1].map(defector)).toEqual([RIGHT, COLLUDED, COLLUDED]);
});

test('[SA10] canary detectors lie only on what none of them has seen, and only from their point on', () => {
  const { answer } = canaryDetectors(5)(insight({ answers: (host) => (host === 0 ? 4 : 5) }));
  expect([answer(0, 7), answer(1, 7), answer(1, 8), answer(2, 8)]).toEqual([RIGHT, RIGHT, COLLUDED, RIGHT]);
});

test('[SA11] framers drop a name that was blamed, churners one of ten answers', () => {
  const framed = (blamed: boolean) => framers(10)(insight({ wasBlamed: () => blamed })).renews?.(0);
  expect([framed(false), framed(true)]).toEqual([false, true]);
  const churned = (answers: number) => churn(insight({ answers: () => answers })).renews?.(0);
  expect([churned(9), churned(10)]).toEqual([false, true]);
});

test('[SA11] the number of churners grows tenfold within the first hour', () => {
  const starts = Array.from({ length: 50 }, (_, at) => churn(insight()).startsAt?.(at, 50) ?? Number.NaN);
  expect(starts.filter((at) => at === 0)).toHaveLength(5);
  expect(Math.max(...starts)).toBe(3_600_000);
});

test('[SA11] hoarders never answer, cherry-pickers for half of the units', () => {
  expect(hoarders(insight()).answer(0, 0)).toBe(NO_ANSWER);
  expect(shareOf(answersOf(cherryPickers(insight())), (answer) => answer === RIGHT)).toBeCloseTo(0.5, 2);
});

test('[SA11] picky auditors, once believed, give back what none of them has answered, within their measure, and repeat a fellow’s lie', () => {
  const believed = insight({ standing: () => 20 });
  const all = pickyAuditors(0.5, Number.POSITIVE_INFINITY)(believed);
  const units = Array.from({ length: 100 }, (_, unit) => unit);
  // Odd hosts work, even ones only pick.
  const said = units.map((unit) => all.answer(1, unit));
  expect(shareOf(said, isLie)).toBeGreaterThan(0.3);
  expect([all.declines?.(1, 200), all.declines?.(2, 200), all.declines?.(2, 50)]).toEqual([false, true, false]);
  expect(units.map((unit) => all.answer(2, unit))).toEqual(said);
  const thrifty = pickyAuditors(0, 0.25)(believed);
  const declined = units.filter((unit) => thrifty.declines?.(1, unit) === true || thrifty.answer(1, unit) !== RIGHT);
  expect(declined.length).toBe(20);
  const unknown = pickyAuditors(1, Number.POSITIVE_INFINITY)(insight());
  expect([unknown.declines?.(2, 7), unknown.answer(1, 7)]).toEqual([false, RIGHT]);
});
