/**
 * The Lucas-Lehmer test: for an odd prime p, 2^p − 1 is prime if and only if s is 0 after p − 2 steps of
 * s → s² − 2 modulo 2^p − 1, beginning with 4. A test may be stopped after any step and gone on with later.
 */

export interface LucasLehmer {
  readonly exponent: number;
  /** Steps done, 0 to exponent − 2. */
  readonly steps: number;
  /** s after these steps, 0 to 2^exponent − 2. */
  readonly s: bigint;
}

export const beginTest = (exponent: number): LucasLehmer => ({ exponent, steps: 0, s: 4n });

export const stepsOf = (exponent: number): number => exponent - 2;

/** Up to `count` steps further. */
export function advance({ exponent, steps, s }: LucasLehmer, count: number): LucasLehmer {
  const end = Math.min(stepsOf(exponent), steps + count);
  const mersenne = (1n << BigInt(exponent)) - 1n;
  for (let step = steps; step < end; step++) s = modMersenne(s * s + mersenne - 2n, exponent, mersenne);
  return { exponent, steps: end, s };
}

/** n modulo 2^p − 1 without division: 2^p is 1 there, so the bits above p are added to those below. */
export function modMersenne(n: bigint, exponent: number, mersenne: bigint): bigint {
  const shift = BigInt(exponent);
  let rest = n;
  while (rest > mersenne) rest = (rest & mersenne) + (rest >> shift);
  return rest === mersenne ? 0n : rest;
}

/** The lowest 64 bits in 16 hexadecimal digits: how GIMPS writes a residue. All zeros for a prime. */
export const residueOf = ({ s }: LucasLehmer): string => BigInt.asUintN(64, s).toString(16).toUpperCase().padStart(16, '0');

/** The prime numbers from `from` to `to` (excluded), by trial division: exponents are small. */
export function primesBetween(from: number, to: number): number[] {
  const primes = [];
  for (let n = Math.max(2, from); n < to; n++) if (isPrime(n)) primes.push(n);
  return primes;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n > 1;
}
