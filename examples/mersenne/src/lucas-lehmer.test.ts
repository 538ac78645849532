import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, beginTest, type LucasLehmer, modMersenne, primesBetween, residueOf, stepsOf } from './lucas-lehmer.ts';

test('[MP1] reduction by shifts equals the remainder of division', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 200 }), fc.bigInt({ min: 0n, max: 1n << 450n }), (exponent, n) => {
      const mersenne = (1n << BigInt(exponent)) - 1n;
      expect(modMersenne(n, exponent, mersenne)).toBe(n % mersenne);
    }),
  );
});

/** The definition, word for word. */
function bySchool(exponent: number): bigint {
  const mersenne = 2n ** BigInt(exponent) - 1n;
  let s = 4n;
  for (let i = 0; i < exponent - 2; i++) s = (s * s - 2n + mersenne) % mersenne;
  return s;
}

test('[MP1] residues are those of the definition, in 16 hexadecimal digits', () => {
  for (const exponent of primesBetween(3, 400)) {
    const { s } = advance(beginTest(exponent), Number.POSITIVE_INFINITY);
    expect(s).toBe(bySchool(exponent));
    const residue = residueOf({ exponent, steps: 0, s });
    expect(residue).toHaveLength(16);
    expect(BigInt(`0x${residue}`)).toBe(bySchool(exponent) & 0xffffffffffffffffn);
  }
});

test('[MP2] a test stopped after any step and gone on with ends the same', () => {
  const whole = advance(beginTest(607), stepsOf(607));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 5 }), (pauses) => {
      const paused = pauses.reduce((state: LucasLehmer, count) => advance(state, count), beginTest(607));
      expect(advance(paused, stepsOf(607))).toEqual(whole);
    }),
  );
});

test('[MP1] exponents are the prime numbers', () => {
  expect(primesBetween(0, 30)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
  expect(primesBetween(24, 29)).toEqual([]);
});
