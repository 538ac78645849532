/**
 * Worlds that once went wrong, and what was found by them. What a seed draws changes when the drawing does (docs/spec/simulation.md), so what was found
 * also has a test of its own, or a mutant.
 */
export const REGRESSIONS: readonly (readonly [seed: number, found: string])[] = [
  [22, 'an answer that had to be compared with a verdict was counted when the verdict was recounted'],
  [139, 'after the clock was set back, a lease of a final unit was taken for a canary'],
  [2116, 'a coordinator stopped right after a sleep let all leases expire'],
  [3268, 'an answer first given in time and by a lower replica late could not be read, and the coordinator broke'],
  [480, 'an audit that came back while the referee was asked about others was never read again, and the job never ended'],
  [532, 'the same, with many hosts'],
  [1_891_755_554, 'ids of large seeds were no exact numbers any more'],
];
