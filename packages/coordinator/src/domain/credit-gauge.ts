/**
 * What results of one job usually earn: the running median of its postings, as a histogram with four steps to a doubling. The order of
 * postings does not matter, and a cap above the median never moves it, so the capped postings themselves may be counted.
 */
import type { Posting } from './change-set.ts';

export interface CreditGauge {
  readonly results: number;
  /** How many results earned from 2^(i/4) − 1 microcredits on. */
  readonly steps: readonly number[];
}

export const EMPTY_GAUGE: CreditGauge = { results: 0, steps: [] };

/** Fewer say little. */
const ENOUGH = 20;
const STEPS_PER_DOUBLING = 4;

export function gaugePostings(gauge: CreditGauge, postings: readonly Posting[]): CreditGauge {
  const granted = postings.filter(({ kind }) => kind === 'valid-result');
  if (granted.length === 0) return gauge;
  const steps = [...gauge.steps];
  for (const { microcredits } of granted) {
    const step = Math.floor(Math.log2(1 + microcredits) * STEPS_PER_DOUBLING);
    while (steps.length <= step) steps.push(0);
    steps[step] = (steps[step] as number) + 1;
  }
  return { results: gauge.results + granted.length, steps };
}

/** Microcredits, up to a fifth more than the median; null: too few results to tell. */
export function typicalCredit({ results, steps }: CreditGauge): number | null {
  if (results < ENOUGH) return null;
  let below = 0;
  const step = steps.findIndex((count) => {
    below += count;
    return 2 * below >= results;
  });
  return 2 ** ((step + 1) / STEPS_PER_DOUBLING) - 1;
}
