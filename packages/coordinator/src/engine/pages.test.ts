import { jobId } from '@manyhands/testkit';
import { expect, test } from 'vitest';
import { createUnit } from '../domain/work-unit.ts';
import { eachPage } from './pages.ts';

const PAGE_UNITS = 2;

/** A store that has so many units, and answers at once. */
const reading = (units: number) => async (after: number, limit: number) =>
  Array.from({ length: Math.min(limit, units - after - 1) }, (_, i) => createUnit({ job: jobId(1), index: after + 1 + i }, 1));

test('between two pages everybody else has a turn, however quick the store is', async () => {
  let turns = 0;
  const seen: number[] = [];
  setImmediate(function turn() {
    turns++;
    if (seen.length < 7) setImmediate(turn);
  });
  for await (const page of eachPage(reading(7), PAGE_UNITS, () => false)) seen.push(...page.map(({ index }) => index));
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(turns).toBeGreaterThanOrEqual(3);
});

test('[EN31] nothing more is read once the coordinator stops', async () => {
  const seen: number[] = [];
  for await (const page of eachPage(reading(7), PAGE_UNITS, () => seen.length > 0)) seen.push(...page.map(({ index }) => index));
  expect(seen).toEqual([0, 1]);
});
