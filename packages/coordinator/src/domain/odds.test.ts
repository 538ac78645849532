import fc from 'fast-check';
import { expect, test } from 'vitest';
import { auditShare, checksWanted, liarOdds, wrongOdds } from './odds.ts';

test('[VF14] before anything is seen one host in twenty is taken for a liar', () => {
  expect(liarOdds({ seen: 0, convicted: 0 })).toBeCloseTo(0.05 / 0.95, 10);
});

test('[VF14] many honest hosts make liars rarer, and each that is caught makes them more', () => {
  expect(liarOdds({ seen: 270, convicted: 0 })).toBeCloseTo(0.005 / 0.995, 10);
  const share = 11.5 / 100;
  expect(liarOdds({ seen: 70, convicted: 10 })).toBeCloseTo(share / (1 - share), 10);
});

test('[VF14] no more than 45 in a hundred are ever assumed to lie', () => {
  expect(liarOdds({ seen: 1_000, convicted: 1_000 })).toBeCloseTo(0.45 / 0.55, 10);
});

test('[VF14] whoever is caught makes everybody’s word worth less, whoever is seen more', () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (convicted, others) => {
      const census = { seen: convicted + others, convicted };
      expect(liarOdds({ seen: census.seen + 1, convicted })).toBeLessThanOrEqual(liarOdds(census));
      expect(liarOdds({ seen: census.seen + 1, convicted: convicted + 1 })).toBeGreaterThanOrEqual(liarOdds(census));
    }),
  );
});

test('[VF15] figures: one host, two, three', () => {
  const phi = 0.05 / 0.95;
  expect(wrongOdds(phi, [0])).toBeCloseTo(0.0526, 4);
  expect(wrongOdds(phi, [100])).toBeCloseTo(1.94e-4, 6);
  expect(wrongOdds(phi, [10, 10])).toBeCloseTo(5.1e-5, 6);
  expect(wrongOdds(phi, [3, 3, 3])).toBeCloseTo(5.96e-6, 8);
  expect(wrongOdds(phi, [])).toBe(1);
});

test('[VF15] no share of lies pays better than the bound says, and one pays as well', () => {
  const checks = fc.array(fc.nat(50), { minLength: 1, maxLength: 4 });
  const share = fc.double({ min: 1e-6, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 0.8, noNaN: true }), checks, share, (phi, members, s) => {
      const total = members.reduce((sum, k) => sum + k, 0);
      const gain = (lies: number) => lies * phi ** members.length * Math.exp(-lies * total);
      expect(wrongOdds(phi, members)).toBeGreaterThanOrEqual(gain(s) * (1 - 1e-12));
      // Whoever lies on a share s passes k checks with probability (1 − s)^k, which is less.
      expect(gain(s)).toBeGreaterThanOrEqual(s * phi ** members.length * (1 - s) ** total);
      if (total > 0) expect(gain(1 / total)).toBeCloseTo(wrongOdds(phi, members), 12);
    }),
  );
});

test('[VF15] so many checks suffice as are wanted, and fewer do not', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.8, noNaN: true }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 10, max: 1e9 }),
      (phi, m, n) => {
        const wanted = checksWanted(phi, m, n);
        const oddsAfter = (checks: number) => wrongOdds(phi, [checks, ...Array.from({ length: m - 1 }, () => 0)]);
        fc.pre(wanted > 1);
        expect(oddsAfter(Math.ceil(wanted)) * n).toBeLessThanOrEqual(1 + 1e-9);
        expect(oddsAfter(Math.max(1, Math.ceil(wanted) - 1)) * n).toBeGreaterThan(1 - 1e-9);
      },
    ),
  );
});

test('[VF28] half of the checks that one host’s word will need are asked for while the job runs, and never fewer than 3.5 %', () => {
  const phi = 0.05 / 0.95;
  const wanted = checksWanted(phi, 1, 10_000);
  expect(wanted).toBeCloseTo(193.6, 1);
  expect(auditShare(phi, 10_000, 1_000, 1)).toBeCloseTo(wanted / 2_000, 10);
  expect(auditShare(phi, 10_000, 100, 1)).toBeCloseTo(wanted / 200, 10);
  expect(auditShare(phi, 10_000, 1e9, 1)).toBe(0.035);
  expect(auditShare(phi, 1e9, 100, 1)).toBe(1);
  expect(auditShare(phi, 1e9, 0, 1)).toBe(1);
});

test('[VF28] agreeing hosts are audited at once only when all their answers will not make their word good enough', () => {
  const phi = 0.05 / 0.95;
  const wanted = checksWanted(phi, 2, 1_000_000);
  expect(wanted).toBeCloseTo(1_019, 0);
  expect(auditShare(phi, 1_000_000, 254, 2)).toBe(1);
  expect(auditShare(phi, 1_000_000, 255, 2)).toBe(0);
  expect(auditShare(phi, 1_000_000, 0, 2)).toBe(1);
});
