/** Worlds that once went wrong, and what was found by them. They are simulated in every run of the tests. */
export const REGRESSIONS: readonly (readonly [seed: number, found: string])[] = [
  [22, 'an answer that had to be compared with a verdict was counted in it when the verdict was recounted'],
  [128, 'the same, with the comparison still to come'],
  [39, 'after the clock was set back, a lease of a final unit was taken for a canary'],
  [139, 'the same, in a job whose hosts are not known'],
  [106, 'a clock set back by hours prolongs the leases of hosts that are gone by as much; they end all the same'],
];
