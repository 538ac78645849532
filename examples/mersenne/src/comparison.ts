import { KNOWN_EXPONENTS } from './known-exponents.ts';
import type { Tested } from './mersenne.task.ts';

/** Results against what mathematicians know. Each list ascending. */
export interface Comparison {
  readonly found: readonly number[];
  /** Known in the range, and not found. */
  readonly missing: readonly number[];
  /** Found, and not known: a discovery, or a mistake. */
  readonly unknown: readonly number[];
}

/** `from` to `to` (excluded): the exponents searched. */
export function compare(tested: Iterable<Tested>, from: number, to: number): Comparison {
  const found = [...tested].filter((test) => test.isPrime).map((test) => test.exponent);
  found.sort((a, b) => a - b);
  const known = KNOWN_EXPONENTS.filter((exponent) => exponent >= from && exponent < to);
  return {
    found,
    missing: known.filter((exponent) => !found.includes(exponent)),
    unknown: found.filter((exponent) => !known.includes(exponent)),
  };
}
