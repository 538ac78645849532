import fc from 'fast-check';
import { expect, test } from 'vitest';
import { creditCeiling, creditFor, leaseSpeed, plausibleGflops, type TimedResult } from './credit.ts';

const DAY_MS = 86_400_000;
const CREDIT = 1_000_000;

const took = (returnedAt: number, speed?: number): TimedResult => ({ leasedAt: 0, returnedAt, ...(speed !== undefined && { speed }) });

const CLAIMS = [1e9, -1, 0, 1e308, Number.MAX_VALUE, Number.MIN_VALUE, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
const timeoutMs = fc.integer({ min: 10, max: 604_800_000 });
const time = fc.integer({ min: 0, max: 2e12 });
const speed = fc.double({ min: 0.05, max: 50, noNaN: true });

test('[CD1] a day of a machine of 1 GFLOPS is worth 200 credits, and a faster one earns as much more', () => {
  expect(creditFor([took(DAY_MS)], 10 * DAY_MS)).toBe(200 * CREDIT);
  expect(creditFor([took(DAY_MS, 1)], 10 * DAY_MS)).toBe(200 * CREDIT);
  expect(creditFor([took(DAY_MS, 3)], 10 * DAY_MS)).toBe(600 * CREDIT);
  expect(creditFor([took(DAY_MS / 200, 0.5)], DAY_MS)).toBe(CREDIT / 2);
});

test('[CD1] idling beyond the task’s own limit earns nothing', () => {
  expect(creditFor([took(DAY_MS, 2)], 60_000)).toBe(creditFor([took(60_000, 2)], 60_000));
});

test.each(CLAIMS)('[CD2] a claim of %d GFLOPS is clipped to what a core can be', (claim) => {
  expect(plausibleGflops(claim)).toBeGreaterThanOrEqual(0.05);
  expect(plausibleGflops(claim)).toBeLessThanOrEqual(50);
});

test('[CD2] what was not measured counts as 1 GFLOPS; what is plausible is taken as it is', () => {
  expect([null, undefined, Number.NaN].map(plausibleGflops)).toEqual([1, 1, 1]);
  expect([0.05, 2.5, 50].map(plausibleGflops)).toEqual([0.05, 2.5, 50]);
});

test.each(CLAIMS)('[CD2] whatever gets into a lease as speed, %d too, credit stays whole and within the ceiling', (wild) => {
  const credit = creditFor([took(DAY_MS, wild)], DAY_MS);
  expect(Number.isSafeInteger(credit)).toBe(true);
  expect(credit).toBeGreaterThanOrEqual(0);
  expect(credit).toBeLessThanOrEqual(creditCeiling(DAY_MS));
});

test('[CD3] of agreeing results the lower median counts', () => {
  expect(creditFor([took(DAY_MS), took(2 * DAY_MS)], 10 * DAY_MS)).toBe(200 * CREDIT);
  expect(creditFor([took(2 * DAY_MS), took(DAY_MS, 5), took(DAY_MS)], 10 * DAY_MS)).toBe(400 * CREDIT);
});

test('[CD3] one claimant among several earns at most what an honest one does', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ returnedAt: time, speed }), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(...CLAIMS),
      timeoutMs,
      (honest, claim, limitMs) => {
        const results = honest.map((result) => took(result.returnedAt, result.speed));
        const together = creditFor([...results, took(2e12, plausibleGflops(claim))], limitMs);
        expect(together).toBeLessThanOrEqual(Math.max(...results.map((result) => creditFor([result], limitMs))));
      },
    ),
  );
});

test('[CD4] alone, a claimant earns at most three times what is usual in the job', () => {
  const [unitMs, limitMs] = [86_400, 864_000];
  const usual = creditFor([took(unitMs, 2)], limitMs);
  expect(creditFor([took(limitMs, 50)], limitMs, usual)).toBe(3 * usual);
  expect(creditFor([took(2 * unitMs, 2)], limitMs, usual)).toBe(2 * usual);
  expect(creditFor([took(limitMs, 50)], limitMs)).toBe(creditCeiling(limitMs));
});

test('[CD4] a job of units too short for our clock does not starve the few that took a tick', () => {
  expect(creditFor([took(1)], 60_000, 0)).toBe(2);
  expect(creditFor([took(60_000, 50)], 60_000, 0)).toBe(6);
});

test('[CD5] leases that wait behind others are not being computed', () => {
  expect(leaseSpeed({ gflops: 3, cores: 4 }, 1)).toBe(3);
  expect(leaseSpeed({ gflops: 3, cores: 4 }, 4)).toBe(3);
  expect(leaseSpeed({ gflops: 3, cores: 4 }, 8)).toBe(1.5);
  expect(leaseSpeed({ gflops: 1e9, cores: 1 }, 0)).toBe(50);
});

test('[CD5] however many leases it holds, a host earns no more than its cores', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 2_000 }), speed, (cores, held, gflops) => {
      expect(held * leaseSpeed({ gflops, cores }, held)).toBeLessThanOrEqual(cores * gflops * (1 + 1e-12));
    }),
  );
});

test('[CD6] [WU23] never more than the ceiling, never negative, always whole, in whatever order results are given', () => {
  const results = fc.array(fc.record({ leasedAt: time, returnedAt: time, speed }), { minLength: 1, maxLength: 5 });
  const typical = fc.option(fc.nat(1e9));
  fc.assert(
    fc.property(results, timeoutMs, typical, (agreeing, limitMs, usual) => {
      const credit = creditFor(agreeing, limitMs, usual);
      expect(Number.isSafeInteger(credit)).toBe(true);
      expect(credit).toBeGreaterThanOrEqual(0);
      expect(credit).toBeLessThanOrEqual(creditCeiling(limitMs));
      expect(creditFor(agreeing.toReversed(), limitMs, usual)).toBe(credit);
    }),
  );
});
