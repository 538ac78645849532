import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isShed, type Strain, strainOf, type WorkClass } from './load-shedding.ts';

const limits = { delayMs: 100, queued: 1_000 };
const CLASSES: WorkClass[] = ['page', 'hello', 'work-request', 'heartbeat', 'result'];
const anyLoad = fc.record({ delayMs: fc.nat({ max: 2_000 }), queued: fc.nat({ max: 20_000 }) });
const anyStrain = fc.constantFrom<Strain[]>(0, 1, 2, 3);

test.each([
  [99, 0],
  [100, 1],
  [101, 1],
  [199, 1],
  [200, 2],
  [399, 2],
  [400, 3],
  [9_999, 3],
])('[GW21] a loop that waits %i ms is strain %i, and so is a queue ten times as long', (value, strain) => {
  expect(strainOf({ delayMs: value, queued: 0 }, limits, 0)).toBe(strain);
  expect(strainOf({ delayMs: 0, queued: value * 10 }, limits, 0)).toBe(strain);
});

test.each<[Strain, WorkClass[]]>([
  [0, []],
  [1, ['page', 'hello']],
  [2, ['page', 'hello', 'work-request']],
  [3, ['page', 'hello', 'work-request', 'heartbeat']],
])('[GW21] under strain %i these are refused: %j', (strain, refused) => {
  expect(CLASSES.filter((work) => isShed(work, strain))).toEqual(refused);
});

test('[GW21] a result is never refused, and under more load nothing is taken that was not taken under less', () => {
  fc.assert(
    fc.property(anyLoad, anyLoad, anyStrain, (load, more, before) => {
      const heavier = { delayMs: load.delayMs + more.delayMs, queued: load.queued + more.queued };
      const [strain, worse] = [strainOf(load, limits, before), strainOf(heavier, limits, before)];
      expect(isShed('result', worse)).toBe(false);
      for (const work of CLASSES) expect(isShed(work, strain) && !isShed(work, worse)).toBe(false);
    }),
  );
});

test('[GW21] strain falls only when the load is below half of what raised it', () => {
  const at = (delayMs: number, before: Strain) => strainOf({ delayMs, queued: 0 }, limits, before);
  expect([at(50, 1), at(49, 1), at(100, 2), at(99, 2), at(50, 3), at(0, 3)]).toEqual([1, 0, 2, 1, 1, 0]);
});
